"""A person on WhatsApp, who writes to our number and taps what it sends her."""

from tests.fakes.graph.server import FakeGraph
from tests.fakes.graph.webhooks import Json, envelope, given


class Person:
    """Someone on WhatsApp who writes to our number.

    Each thing she does is delivered as a webhook and returned as its payload. Without a `phone` she shows her
    user id only, as people with a username do.
    """

    def __init__(
        self, graph: FakeGraph, phone: str = "6281234567890", name: str = "Siti", user_id: str = ""
    ) -> None:
        self.graph, self.phone, self.name, self.user_id = graph, phone, name, user_id

    @property
    def inbox(self) -> list[Json]:
        """The bodies she was sent."""
        mine = {self.phone, self.user_id} - {""}
        return [body for body in self.graph.sent if body.get("to", body.get("recipient")) in mine]

    def choices(self) -> dict[str, tuple[str, str]]:
        """What she can tap on the last message with options: kind and id by title."""
        for body in reversed(self.inbox):
            action = body.get("interactive", {}).get("action", {})
            buttons = [button["reply"] for button in action.get("buttons", [])]
            rows = [row for section in action.get("sections", []) for row in section["rows"]]
            if buttons or rows:
                kind = "button_reply" if buttons else "list_reply"
                return {choice["title"]: (kind, choice["id"]) for choice in buttons or rows}
        return {}

    async def say(self, text: str) -> Json:
        """Type a text."""
        return await self.send("text", {"body": text})

    async def tap(self, title: str) -> Json:
        """Tap an option of the last message that had any; a tick in front of it may be left out."""
        choices = self.choices()
        shown = title if title in choices else f"✓ {title}"
        if shown not in choices:
            raise AssertionError(f"{title!r} is not among {list(choices)}")
        kind, identifier = choices[shown]
        return await self.send("interactive", {"type": kind, kind: {"id": identifier, "title": shown}})

    async def send_image(self, content: bytes, caption: str = "", mime: str = "image/jpeg") -> Json:
        """Send a photo."""
        media = self.graph.add_media(content, mime)
        return await self.send("image", {"id": media, "mime_type": mime, **given(caption=caption)})

    async def send_document(self, content: bytes, name: str, mime: str, caption: str = "") -> Json:
        """Send a file."""
        media = self.graph.add_media(content, mime, name)
        part = {"id": media, "mime_type": mime, "filename": name, **given(caption=caption)}
        return await self.send("document", part)

    async def share_location(self, latitude: float, longitude: float) -> Json:
        """Share where she is."""
        return await self.send("location", {"latitude": latitude, "longitude": longitude})

    async def share_contact(self, phone: str) -> Json:
        """Share a contact of her address book."""
        return await self.send("contacts", [{"phones": [{"phone": phone, "wa_id": phone.lstrip("+")}]}])

    async def change_number(self, phone: str) -> Json:
        """Move to another phone number."""
        system = {"type": "user_changed_number", "wa_id": phone, "body": "changed"}
        payload = envelope(self.graph.phone_number_id, messages=[self._message("system", system)])
        self.phone = phone
        await self.graph.deliver(payload)
        return payload

    async def choose_announcements(self, wants: bool) -> Json:
        """Stop or resume marketing messages in WhatsApp's own settings."""
        item = {
            **given(wa_id=self.phone, user_id=self.user_id),
            "category": "marketing_messages",
            "value": "resume" if wants else "stop",
            "timestamp": int(self.graph.clock()),
        }
        payload = envelope(self.graph.phone_number_id, "user_preferences", user_preferences=[item])
        await self.graph.deliver(payload)
        return payload

    async def send(self, kind: str, part: object) -> Json:
        """Send a message of any type."""
        payload = self.payload(kind, part)
        await self.graph.deliver(payload)
        return payload

    def payload(self, kind: str, part: object) -> Json:
        """Make a message without sending it, for batches and repeats."""
        contact = {"profile": {"name": self.name}, **given(wa_id=self.phone, user_id=self.user_id)}
        return envelope(self.graph.phone_number_id, contacts=[contact], messages=[self._message(kind, part)])

    def _message(self, kind: str, part: object) -> Json:
        return {
            **given(**{"from": self.phone, "from_user_id": self.user_id}),
            "id": self.graph.next_id(),
            "timestamp": str(int(self.graph.clock())),
            "type": kind,
            kind: part,
        }
