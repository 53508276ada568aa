"""The terminal: a chat in a shell, for trying a flow, for scripts, and for writing dialogue tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

from bot.channels.base import Action, Address, Event, Inbound, Remote, SendError
from flows.message import Message, Said, Started, Tapped
from locales.language import Language

_START: Final = "/start"


class TerminalChannel:
    """Hands each message to `show`, with the person it is for and its key."""

    name = "terminal"
    account = "shell"
    tells_fate = False

    def __init__(
        self,
        show: Callable[[str, Message, str], None],
        language: Language | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._show = show
        self._language = language
        self._now = now

    def parse(self, payload: Mapping[str, Any]) -> Sequence[Event]:
        """Read a line: `person`, `line`, perhaps `option` (the id of what was tapped) and `id`."""
        line: str = payload["line"]
        if option := payload.get("option"):
            content: Said | Tapped | Started = Tapped(option, line)
        elif line.split(" ")[0] == _START:
            content = Started(line.removeprefix(_START).strip())
        else:
            content = Said(line)
        address = Address(self.name, self.account, "terminal", payload["person"])
        id_ = payload.get("id") or uuid4().hex
        return (Inbound(id_, (address,), content, self._now(), language=self._language),)

    async def send(self, to: Address, message: Message, key: str) -> str:
        """Show a message."""
        self._show(to.value, message, key)
        return key

    async def fetch(self, remote: Remote) -> bytes:  # noqa: ARG002
        """Refuse: there are no files to fetch."""
        raise SendError(Action.REJECT, "nothing-remote")

    def acknowledge(self, inbound: Inbound, *, slow: bool) -> None:  # noqa: ARG002
        """Do nothing: the line she typed stands there already."""
        return
