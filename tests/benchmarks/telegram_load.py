"""People who fill in the form through a bot's webhook, each waiting for the reply before going on."""

import asyncio
import itertools
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple

from tests.benchmarks.form import FORM, Tap
from tests.benchmarks.http1 import HttpMessage, KeepAliveProtocol
from tests.benchmarks.peers.placement import SECRET, WEBHOOK_PATH
from tests.benchmarks.telegram_api import BOT, FakeBotApi, Reply

FIRST_PERSON: Final = 100_000_001
PATIENCE_SECONDS: Final = 30.0
SETTLE_SECONDS: Final = 0.1


class WrongReplyError(Exception):
    """A contestant did not answer every update with exactly the one reply that was due."""


class Load(NamedTuple):
    """What one run did: the seconds each turn took (webhook sent to reply accepted) and the wall seconds."""

    turns: list[float]
    wall_seconds: float


class Webhook(KeepAliveProtocol):
    """One connection to a bot's webhook, with at most one update in flight."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self._head = (
            f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Length: "
        ).encode()
        self._status: asyncio.Future[int] | None = None

    def post(self, update: dict[str, Any]) -> asyncio.Future[int]:
        """Send an update; the future is the HTTP status of the answer."""
        body = json.dumps(update).encode()
        self._status = asyncio.get_running_loop().create_future()
        self.write(b"%b%d\r\n\r\n%b" % (self._head, len(body), body))
        return self._status

    def received(self, message: HttpMessage) -> None:
        """Hand the status to the one who posted."""
        if self._status is not None and not self._status.done():
            self._status.set_result(int(message.start.split(b" ")[1]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail the update in flight, if there is one."""
        if self._status is not None and not self._status.done():
            self._status.set_exception(ConnectionError("the webhook closed the connection"))


class People:
    """Those who write to one bot; every form is filled in by somebody new."""

    def __init__(self, api: FakeBotApi, port: int, replies: tuple[str, ...]) -> None:
        """`replies` is what the reply to each step says; where it is empty, replies are only counted."""
        self._api = api
        self._port = port
        self._replies = replies
        self._persons = itertools.count(FIRST_PERSON)
        self._updates = itertools.count(1)

    @asynccontextmanager
    async def connected(self, count: int) -> AsyncIterator[list[Webhook]]:
        """Open a connection for each of `count` people at a time."""
        loop = asyncio.get_running_loop()
        webhooks = []
        for _ in range(count):
            _, webhook = await loop.create_connection(lambda: Webhook(self._port), "127.0.0.1", self._port)
            webhooks.append(webhook)
        try:
            yield webhooks
        finally:
            for webhook in webhooks:
                webhook.close()

    async def fill_forms(self, webhooks: list[Webhook], seconds: float) -> Load:
        """Start forms for `seconds`, all connections at once, and finish those that were begun.

        Raises WrongReplyError when a reply is missing, doubled or wrong, or the webhook says no.
        """
        turns: list[float] = []
        began = time.perf_counter()

        async def keep_filling(webhook: Webhook) -> None:
            while time.perf_counter() < began + seconds:
                await self._fill_form(webhook, turns)

        try:
            async with asyncio.timeout(seconds + PATIENCE_SECONDS), asyncio.TaskGroup() as group:
                for webhook in webhooks:
                    group.create_task(keep_filling(webhook))
        except TimeoutError:
            raise WrongReplyError(f"a reply did not come within {PATIENCE_SECONDS:.0f} s") from None
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None
        wall_seconds = time.perf_counter() - began
        await asyncio.sleep(SETTLE_SECONDS)
        if self._api.unawaited:
            raise WrongReplyError(
                f"one too many: {self._api.unawaited[0]!r} ({len(self._api.unawaited)} such)"
            )
        return Load(turns, wall_seconds)

    async def _fill_form(self, webhook: Webhook, turns: list[float]) -> None:
        person = next(self._persons)
        reply: Reply | None = None
        for number, step in enumerate(FORM):
            update = _update(next(self._updates), person, step.sends, reply)
            awaited = self._api.await_reply(person)
            sent_at = time.perf_counter()
            status = await webhook.post(update)
            if status != 200:
                raise WrongReplyError(f"the webhook answered {status} to step {number + 1}")
            reply = await awaited
            if self._replies and self._replies[number] not in reply.text:
                raise WrongReplyError(f"step {number + 1} got {reply.text!r}, not {self._replies[number]!r}")
            turns.append(reply.accepted_at - sent_at)


def _update(update_id: int, person: int, sends: str | Tap, reply: Reply | None) -> dict[str, Any]:
    """The update Telegram would send for a message or for a tap on a button of the last reply."""
    sender = {
        "id": person,
        "is_bot": False,
        "first_name": "Sari",
        "username": f"sari{person}",
        "language_code": "en",
    }
    chat = {"id": person, "type": "private", "first_name": "Sari", "username": f"sari{person}"}
    now = int(time.time())
    if isinstance(sends, str):
        message: dict[str, Any] = {
            "message_id": update_id,
            "from": sender,
            "chat": chat,
            "date": now,
            "text": sends,
        }
        if sends.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(sends)}]
        return {"update_id": update_id, "message": message}
    if reply is None or len(reply.buttons) <= sends.button:
        raise WrongReplyError(f"there is no button {sends.button} to tap under {reply and reply.text!r}")
    return {
        "update_id": update_id,
        "callback_query": {
            "id": str(update_id),
            "from": sender,
            "chat_instance": str(person),
            "data": reply.buttons[sends.button],
            "message": {
                "message_id": reply.message_id,
                "from": BOT,
                "chat": chat,
                "date": now,
                "text": reply.text,
                "reply_markup": {
                    "inline_keyboard": [[{"text": data, "callback_data": data}] for data in reply.buttons]
                },
            },
        },
    }
