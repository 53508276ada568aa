"""A bare aiohttp webhook: the form in sqlite3, one durable commit an update, replies without an outbox."""

import hmac
import json
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web

from tests.benchmarks.form import EXPORTED, FORM, SECTORS
from tests.benchmarks.peers.placement import SECRET, TOKEN, WEBHOOK_PATH, Placement


def _keyboard(options: dict[str, str]) -> dict[str, Any]:
    return {
        "inline_keyboard": [[{"text": label, "callback_data": value} for value, label in options.items()]]
    }


KEYBOARDS = {1: _keyboard(SECTORS), 4: _keyboard(EXPORTED)}


def open_database(path: Path) -> sqlite3.Connection:
    """A database whose every commit is on the disk before it returns."""
    database = sqlite3.connect(path, isolation_level=None)
    database.execute("pragma journal_mode = wal")
    database.execute("pragma synchronous = full")
    database.execute("create table form (person integer primary key, step integer, answers text)")
    return database


def keep_answer(database: sqlite3.Connection, person: int, answer: str) -> int:
    """Store a person's answer and return the step it was the answer to."""
    database.execute("begin immediate")
    step, answers = 0, []
    row = database.execute("select step, answers from form where person = ?", (person,)).fetchone()
    if row is not None and answer != "/start":
        step, answers = row[0] + 1, json.loads(row[1])
    answers.append(answer)
    database.execute("insert or replace into form values (?, ?, ?)", (person, step, json.dumps(answers)))
    database.execute("commit")
    return step


class Bot:
    """The webhook and what it needs to answer."""

    def __init__(self, api: str, database: sqlite3.Connection) -> None:
        self._methods = f"{api}/bot{TOKEN}"
        self._database = database
        self._session: ClientSession | None = None

    async def keep_session(self, _: web.Application) -> AsyncIterator[None]:
        """Have a client session for as long as the server runs."""
        async with ClientSession() as self._session:
            yield

    async def take_update(self, request: web.Request) -> web.Response:
        """Commit the answer, send the next question, and only then say 200."""
        if not hmac.compare_digest(request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), SECRET):
            return web.Response(status=403)
        update = await request.json()
        tap = update.get("callback_query")
        person, answer = (
            (tap["from"]["id"], tap["data"])
            if tap
            else (update["message"]["chat"]["id"], update["message"]["text"])
        )
        step = keep_answer(self._database, person, answer)
        if tap:
            await self._call("answerCallbackQuery", {"callback_query_id": tap["id"]})
        message = {"chat_id": person, "text": FORM[step].reply}
        if step in KEYBOARDS:
            message["reply_markup"] = KEYBOARDS[step]
        await self._call("sendMessage", message)
        return web.Response()

    async def _call(self, method: str, parameters: dict[str, Any]) -> None:
        assert self._session is not None
        async with self._session.post(f"{self._methods}/{method}", json=parameters) as answer:
            content = await answer.json()
        assert content["ok"], content


def main() -> None:
    """Serve until told to stop."""
    placement = Placement.from_command_line()
    bot = Bot(placement.api, open_database(placement.data / "bare.sqlite3"))
    application = web.Application()
    application.cleanup_ctx.append(bot.keep_session)
    application.router.add_post(WEBHOOK_PATH, bot.take_update)
    web.run_app(application, host="127.0.0.1", port=placement.port, access_log=None, print=None)


if __name__ == "__main__":
    main()
