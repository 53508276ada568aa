"""Telegram's Bot API on the wire: `telegram.Bot` over an aiohttp session, its errors turned into ours.

The Bot is never told the token, so nothing it logs or raises can give it away: only `BotApi` puts it into an
address.
"""

from __future__ import annotations

import io
import json
import logging
import os
from datetime import timedelta
from functools import cache
from typing import Any, Final

import aiohttp
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import BaseRequest, RequestData

from bot.channels.base import Action, SendError

TIMEOUT: Final = 20.0
"""Seconds a call may take in all, well below the dispatcher's lease."""
CONNECT_SHARE: Final = 0.5
"""How much of that may pass before the request is on its way: running out of this is surely not sent."""

GONE: Final = (
    "chat not found",
    "user not found",
    "user is deactivated",
    "peer_id_invalid",
    "bot was blocked",
)
"""What a 400 says of a person who cannot be reached, in lower case."""
TOO_LARGE: Final = ("request entity too large", "file is too big")
"""What Telegram says of a file over its limits, in lower case."""

os.environ.setdefault("PTB_TIMEDELTA", "true")
# At DEBUG it logs what people write.
logging.getLogger("telegram").setLevel(logging.INFO)


class InDoubtError(NetworkError):
    """The request left, and what came of it is not known."""


class BotApi:
    """Calls the Bot API's methods; every failure is a `SendError`."""

    def __init__(
        self, token: str, session: aiohttp.ClientSession, api: str, timeout: float = TIMEOUT
    ) -> None:
        self.account = token.partition(":")[0]
        self._session = session
        self._files = f"{api}/file/bot{token}"
        self._timeout = timeout
        request = _AiohttpRequest(session, f"{api}/bot{token}", timeout)
        self._bot = Bot(self.account, base_url="", request=request, get_updates_request=request)

    async def call(self, method: str, parameters: dict[str, Any], waiting: float = 0.0) -> Any:
        """Call a method and return its raw result; it may take `waiting` seconds longer than others.

        Its name begins with a capital letter, as `do_api_request` warns of names the Bot has methods for;
        these read every result into objects, at ten times the cost.
        """
        try:
            return await self._bot.do_api_request(method, parameters, read_timeout=self._timeout + waiting)
        except TelegramError as error:
            raise _send_error(error) from None
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # The Bot trusts the shape of an answer's parts.
            raise SendError(Action.UNKNOWN, f"unreadable answer: {type(error).__name__}") from None

    async def download(self, path: str, limit: int) -> bytes:
        """Download a file by the path `getFile` gave, reading no more than about `limit` bytes."""
        content = bytearray()
        timeout = aiohttp.ClientTimeout(self._timeout)
        try:
            async with self._session.get(
                f"{self._files}/{path}", timeout=timeout, allow_redirects=False
            ) as answer:
                if answer.status != 200:
                    passing = answer.status >= 500 or answer.status == 429
                    action = Action.RETRY if passing else Action.REJECT
                    raise SendError(action, f"HTTP {answer.status}")
                async for chunk in answer.content.iter_any():
                    content += chunk
                    if len(content) > limit:
                        raise SendError(Action.REJECT, "too_large")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise SendError(Action.RETRY, type(error).__name__) from None
        return bytes(content)


class _AiohttpRequest(BaseRequest):
    """The Bot's requests on an aiohttp session: JSON bodies, or a form where there is a file."""

    __slots__ = ("_root", "_session", "_timeout")

    def __init__(self, session: aiohttp.ClientSession, root: str, timeout: float) -> None:
        self._session = session
        self._root = root
        self._timeout = timeout

    @property
    def read_timeout(self) -> float:
        return self._timeout

    async def initialize(self) -> None:
        """Do nothing: the session is opened by whoever lends it."""

    async def shutdown(self) -> None:
        """Do nothing: the session is closed by whoever lends it."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: object = BaseRequest.DEFAULT_NONE,
        write_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - one timeout is for all
        connect_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
        pool_timeout: object = BaseRequest.DEFAULT_NONE,  # noqa: ARG002
    ) -> tuple[int, bytes]:
        """Make one request; raises NetworkError if it was not taken and InDoubtError if it may have been."""
        name = url.rpartition("/")[2]
        total = read_timeout if isinstance(read_timeout, int | float) else self._timeout
        try:
            async with self._session.request(
                method,
                f"{self._root}/{name[:1].lower()}{name[1:]}",
                data=_encode(request_data),
                headers=None if request_data and request_data.contains_files else JSON_HEADERS,
                timeout=_timeout_of(total, self._timeout),
                allow_redirects=False,
            ) as answer:
                status, payload = answer.status, await answer.read()
        except NOT_SENT as error:
            raise NetworkError(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise InDoubtError(type(error).__name__) from None
        return _meant_status(status, payload), payload


@cache
def _timeout_of(total: float, usual: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total, connect=usual * CONNECT_SHARE)


JSON_HEADERS: Final = {"Content-Type": "application/json"}
NOT_SENT: Final = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ServerFingerprintMismatch,
    aiohttp.InvalidURL,
)
"""What goes wrong before a request is on its way."""


def _encode(request_data: RequestData | None) -> bytes | aiohttp.FormData:
    if request_data is None:
        return b"{}"
    if not request_data.contains_files:
        return json.dumps(request_data.parameters).encode()
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (file_name, content, mime) in request_data.multipart_data.items():
        # Bytes would be copied to the socket in one go, while everybody waits.
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, file, filename=file_name, content_type=mime)
    return form


def _meant_status(status: int, payload: bytes) -> int:
    """The status of an answer as Telegram means it: a refusal may come with HTTP 200.

    Raises NetworkError for a refusal that is not Telegram's own, such as a proxy's page, and TelegramError
    for a success that cannot be read. One that begins as Telegram's own do is read once, by the Bot.
    """
    if status == 200 and payload.startswith(b'{"ok":true,"result":'):
        return status
    try:
        answer = json.loads(payload)
    except ValueError:
        answer = None
    match answer:
        case {"ok": True, "result": _} if 200 <= status < 300:
            return status
        case {"ok": False, "error_code": int(code)} if code >= 400:
            return code
        case {"ok": False}:
            raise NetworkError(f"HTTP {status}, refused")
    if 200 <= status < 300:
        raise TelegramError("unreadable answer")
    raise NetworkError(f"HTTP {status}")


def _send_error(error: TelegramError) -> SendError:
    """What a failure asks of us.

    A 5xx, or a proxy's page, is tried again: a gateway answers so when it could not hand the call on, and a
    rare message seen twice is better than one never sent.
    """
    # An error that was not foreseen is quoted by the Bot, and may quote a person.
    code = type(error.__cause__).__name__ if error.__cause__ else error.message[:100]
    text = code.lower()
    match error:
        case RetryAfter(retry_after=timedelta() | int() as after):
            seconds = after if isinstance(after, int) else after.total_seconds()
            return SendError(Action.THROTTLE, code, seconds)
        case Forbidden():
            return SendError(Action.SUPPRESS, code)
        case InvalidToken() | EndPointNotFound() | Conflict():
            return SendError(Action.ALARM, code)
        case BadRequest() if any(said in text for said in GONE):
            return SendError(Action.SUPPRESS, code)
        case NetworkError() if any(said in text for said in TOO_LARGE):
            return SendError(Action.REJECT, "too_large")
        case BadRequest() | ChatMigrated():
            return SendError(Action.REJECT, code)
        case NetworkError() if not isinstance(error, InDoubtError):
            return SendError(Action.RETRY, code)
        case _:
            return SendError(Action.UNKNOWN, code)
