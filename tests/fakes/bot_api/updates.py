"""Updates on their way to the bot: kept for its next poll, or posted to its webhook."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

import aiohttp

from tests.fakes.bot_api.rules import GetUpdates, SetWebhook

ATTEMPTS: Final = 200
PAUSE: Final = 0.02
"""Seconds between two tries at a webhook; Telegram waits longer, and for a day."""
NEVER_BY_DEFAULT: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


class ConflictError(Exception):
    """Two ways of getting updates at once."""


class Updates:
    """The bot's queue of updates, each kept until the bot has taken it.

    `take_answer` carries out the method a webhook may answer with. With `duplicating`, every update comes twice.
    `hold` keeps updates back until `release`, which can turn their order round.
    """

    def __init__(self, take_answer: Callable[[dict[str, Any]], Awaitable[object]]) -> None:
        self._take_answer = take_answer
        self.pending: list[dict[str, Any]] = []
        self.duplicating = False
        self.webhook: SetWebhook | None = None
        self.last_error = ""
        self.allowed: list[str] = []
        self._held: list[dict[str, Any]] | None = None
        self._news = asyncio.Event()
        self._polls = 0
        self._flush: asyncio.Task[None] | None = None

    async def put(self, update: dict[str, Any]) -> None:
        """Deliver an update; with a webhook, return once that took it."""
        kind = next(key for key in update if key != "update_id")
        if kind not in self.allowed if self.allowed else kind in NEVER_BY_DEFAULT:
            return
        if self._held is not None:
            self._held.append(update)
            return
        for _ in range(2 if self.duplicating else 1):
            await self._deliver(update)

    def hold(self) -> None:
        """Keep updates back until `release`."""
        self._held = []

    async def release(self, reverse: bool = False) -> None:
        """Deliver what was kept back, the last first if told so."""
        held, self._held = self._held or [], None
        for update in reversed(held) if reverse else held:
            await self.put(update)

    async def poll(self, asked: GetUpdates) -> list[dict[str, Any]]:
        """Answer getUpdates; raises ConflictError if there is a webhook, or once another poll begins."""
        if self.webhook is not None:
            raise ConflictError(
                "can't use getUpdates method while webhook is active; use deleteWebhook first"
            )
        self.allow(asked.allowed_updates)
        self._polls += 1
        this_poll = self._polls
        self._news.set()
        if asked.offset < 0:
            self.pending = self.pending[asked.offset :]
        else:
            self.pending = [update for update in self.pending if update["update_id"] >= asked.offset]
        try:
            async with asyncio.timeout(asked.timeout):
                while not self.pending:
                    self._news = asyncio.Event()
                    await self._news.wait()
                    if self._polls != this_poll:
                        raise ConflictError("terminated by other getUpdates request")
        except TimeoutError:
            pass
        return self.pending[: asked.limit]

    def allow(self, kinds: list[str] | None) -> None:
        """Deliver only these kinds from now on; None leaves it as it was, none at all is the default set."""
        if kinds is not None:
            self.allowed = kinds

    def set_webhook(self, webhook: SetWebhook | None, drop_pending: bool) -> None:
        """Post updates from now on, beginning with those that wait; without a webhook, keep them."""
        self.webhook = webhook
        self.last_error = ""
        if drop_pending:
            self.pending.clear()
        if webhook is not None:
            self.allow(webhook.allowed_updates)
            self._flush = asyncio.create_task(self._post_pending())

    async def close(self) -> None:
        """Stop delivering."""
        self._polls += 1
        self._news.set()
        if self._flush is not None:
            self._flush.cancel()
            await asyncio.gather(self._flush, return_exceptions=True)

    async def _deliver(self, update: dict[str, Any]) -> None:
        self.pending.append(update)
        if self.webhook is None:
            self._news.set()
        else:
            await self._post(update)

    async def _post_pending(self) -> None:
        for update in list(self.pending):
            await self._post(update)

    async def _post(self, update: dict[str, Any]) -> None:
        """Post an update until the webhook takes it, or is gone."""
        async with aiohttp.ClientSession() as session:
            for _ in range(ATTEMPTS):
                if self.webhook is None:
                    return
                if await self._post_once(session, self.webhook, update):
                    if update in self.pending:  # a new webhook may have taken it meanwhile
                        self.pending.remove(update)
                    return
                await asyncio.sleep(PAUSE)
        raise AssertionError(f"the webhook never took update {update['update_id']}: {self.last_error}")

    async def _post_once(
        self, session: aiohttp.ClientSession, to: SetWebhook, update: dict[str, Any]
    ) -> bool:
        secret = {} if to.secret_token is None else {"X-Telegram-Bot-Api-Secret-Token": to.secret_token}
        try:
            async with session.post(to.url, json=update, headers=secret) as answer:
                if 200 <= answer.status < 300:
                    if answer.content_type == "application/json":
                        await self._take_answer(await answer.json())
                    return True
                self.last_error = f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except aiohttp.ClientError as error:
            self.last_error = f"{type(error).__name__}"
        return False
