"""The fake Bot API itself."""

from __future__ import annotations

import asyncio
import json
import re
from collections import defaultdict, deque
from types import TracebackType
from typing import Any, Final, Self

from aiohttp import web
from pydantic import ValidationError

from tests.fakes.bot_api import rules
from tests.fakes.bot_api.faults import Answer, Cut, Fault, Silence, error_body
from tests.fakes.bot_api.person import PATIENCE
from tests.fakes.bot_api.updates import ConflictError
from tests.fakes.bot_api.world import UPLOAD_LIMIT, RefusalError, World

TOKEN: Final = "700000001:AAtest-token_of-no-bot-whatever-0123456"


class FakeBotApi(World):
    """A bot's world, served as the Bot API on a free port of the loopback address, in an async context.

    `calls` has every call with its raw parameters, and `refusals` what was refused and why, for a test to
    hold empty.
    """

    def __init__(self, token: str = TOKEN, any_chat: bool = False) -> None:
        super().__init__(int(token.partition(":")[0]), any_chat)
        self.token = token
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refusals: list[str] = []
        self.port = 0
        self._faults: dict[str, deque[Fault | None]] = defaultdict(deque)
        self._new_call = asyncio.Condition()
        self._closing = asyncio.Event()
        self._runner: web.AppRunner | None = None

    # --- the test's side --------------------------------------------------------------------------

    @property
    def url(self) -> str:
        """Where a bot finds this API."""
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=UPLOAD_LIMIT + 1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._answer_call)
        app.router.add_get("/file/bot{token}/{path:.+}", self._answer_download)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        await self.updates.close()
        if self._runner is not None:
            await self._runner.cleanup()

    def script(self, method: str, *faults: Fault | None) -> None:
        """Let the next calls of a method fail one after the other, None standing for one that goes well.

        Downloads go by the name of `file`.
        """
        self._faults[method.lower()].extend(faults)

    def called(self, method: str) -> list[dict[str, Any]]:
        """The raw parameters of every call of one method."""
        return [parameters for name, parameters in self.calls if name == method]

    async def until_called(self, method: str) -> None:
        """Wait until the bot has called a method, ever."""
        async with asyncio.timeout(PATIENCE), self._new_call:
            await self._new_call.wait_for(lambda: self.called(method))

    # --- the bot's side ---------------------------------------------------------------------------

    async def _answer_call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"].lower()
        fault = self._faults[method].popleft() if self._faults[method] else None
        if isinstance(fault, Cut) and fault.when == "before":
            return _cut(request)
        parameters = await _read_parameters(request)
        if fault is None:
            return await self._carry_out(request, method, parameters)
        if fault.taken:
            await self._carry_out(request, method, parameters)
        return await self._fail(request, fault)

    async def _answer_download(self, request: web.Request) -> web.StreamResponse:
        if self._faults["file"] and (fault := self._faults["file"].popleft()) is not None:
            return await self._fail(request, fault)
        file = self.files.get(request.match_info["path"].rpartition("/")[2])
        if request.match_info["token"] != self.token or file is None:
            return _refusal(404, "Not Found")
        return web.Response(body=file.content, content_type="application/octet-stream")

    async def _fail(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        match fault:
            case Answer():
                return web.Response(status=fault.status, body=fault.body, content_type=fault.content_type)
            case Cut():
                return _cut(request)
            case Silence():
                await self._closing.wait()
                return _cut(request)

    async def _carry_out(self, request: web.Request, method: str, raw: dict[str, Any]) -> web.StreamResponse:
        try:
            self._check_token(request.match_info["token"])
            model = rules.METHODS.get(method)
            if model is None:
                raise RefusalError(404, "Not Found")
            self.calls.append((f"{model.__name__[0].lower()}{model.__name__[1:]}", raw))
            async with self._new_call:
                self._new_call.notify_all()
            result = await self.act(model.model_validate(raw))
        except ValidationError as error:
            return self._refuse(400, f"Bad Request: {rules.describe(error)}")
        except ConflictError as error:
            return self._refuse(409, f"Conflict: {error}")
        except RefusalError as error:
            return self._refuse(error.code, error.description)
        return web.json_response({"ok": True, "result": result})

    def _refuse(self, code: int, description: str) -> web.Response:
        self.refusals.append(f"{code} {description}")
        return _refusal(code, description)

    def _check_token(self, token: str) -> None:
        if token != self.token:
            well_formed = re.fullmatch(r"\d+:[A-Za-z0-9_-]{35}", token)
            raise RefusalError(401, "Unauthorized") if well_formed else RefusalError(404, "Not Found")


def _refusal(code: int, description: str) -> web.Response:
    return web.Response(status=code, body=error_body(code, description), content_type="application/json")


def _cut(request: web.Request) -> web.Response:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _read_parameters(request: web.Request) -> dict[str, Any]:
    """A call's parameters, from JSON, a form or the address."""
    if request.content_type == "application/json":
        body = json.loads(await request.read() or b"{}")
        assert isinstance(body, dict)
        return body
    parameters: dict[str, Any] = dict(request.query)
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            content = value.file.read()
            parameters[name] = rules.Upload(name=value.filename, mime=value.content_type, content=content)
        else:
            parameters[name] = value
    return parameters
