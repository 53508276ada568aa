"""Telegram, through its Bot API: one module for what comes in, one for what goes out, one for the wire."""

from bot.channels.telegram.channel import TelegramChannel

__all__ = ["TelegramChannel"]
