"""WhatsApp through Meta's Cloud API (Graph), with our own thin client.

`channel` talks with Graph over `graph`; `parse` reads webhooks, `shape` builds outgoing bodies within
`limits`, `errors` says what a refusal asks for, and `webhook` proves that a webhook is Meta's.
"""

from bot.channels.whatsapp.channel import WhatsAppChannel
from bot.channels.whatsapp.errors import action_of, pause_of
from bot.channels.whatsapp.webhook import challenge, is_signed

__all__ = ["WhatsAppChannel", "action_of", "challenge", "is_signed", "pause_of"]
