"""What a refusal of Graph asks of us, by its code.

Codes from Meta's Cloud API error reference. HTTP 200 and an id only mean *accepted*: most failures come
later, as a `failed` status with one of the same codes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from bot.channels.base import Action, SendError

BROKEN_UPLOAD: Final = "131053"
"""Retried, with a new upload."""

UNREACHABLE: Final = frozenset({"131026"})
"""Codes of a failed status by which nobody answers at that number; the others of SUPPRESS concern marketing only."""

_DAY: Final = 24 * 60 * 60.0
_THROTTLED: Final = 30.0

_ACCOUNT_WIDE: Final = frozenset({4, 80007, 130429})
"""Limits of the app, the business account and the number: a refusal now concerns every other message too."""

_ACTIONS: Final[Mapping[Action, frozenset[int]]] = {
    Action.RETRY: frozenset({2, 131000, 131016, 131056, 131057, int(BROKEN_UPLOAD)}) | _ACCOUNT_WIDE,
    Action.TEMPLATE: frozenset({131047}),
    Action.SUPPRESS: frozenset({130472, 131026, 131049, 131050}),
    Action.STOP_BROADCAST: frozenset(
        {368, 131031, 131042, 131048, 131064, 132000, 132001, 132007, 132012, 132015, 132016}
    ),
    Action.ALARM: frozenset({0, 3, 10, 190, *range(200, 300), 131005, 131045}),
}
_BY_CODE: Final = {code: action for action, codes in _ACTIONS.items() for code in codes}

_PAUSES: Final[Mapping[int, float]] = {
    131049: _DAY,
    131056: 6.0,
    **dict.fromkeys(_ACCOUNT_WIDE, _THROTTLED),
}


def action_of(code: int | str) -> Action:
    """Tell what an error code asks for; one we do not know is a message Graph will never take."""
    return _BY_CODE.get(_number(code), Action.REJECT)


def pause_of(code: int | str) -> float:
    """Tell how many seconds to leave between this error and the next try, 0 where the code says nothing."""
    return _PAUSES.get(_number(code), 0.0)


def refusal_of(status: int, answer: Mapping[str, Any], retry_after: str | None = None) -> SendError:
    """Name the error of an answer that is not an acceptance.

    The code in the body decides where it is known, then the HTTP status.
    """
    error = answer.get("error")
    error = error if isinstance(error, Mapping) else {}
    code = _number(error.get("code"))
    name = str(code) if code >= 0 else f"http_{status}"
    if status == 429 or code in _ACCOUNT_WIDE:
        wait = float(retry_after) if retry_after and retry_after.isdecimal() else _THROTTLED
        return SendError(Action.THROTTLE, name, wait)
    if code in _BY_CODE:
        marketing = _BY_CODE[code] is Action.SUPPRESS and name not in UNREACHABLE
        return SendError(_BY_CODE[code], name, pause_of(code), marketing=marketing)
    if status >= 500 or error.get("is_transient") is True:
        return SendError(Action.RETRY, name)
    if status in {401, 403} or 300 <= status < 400:
        return SendError(Action.ALARM, name)
    return SendError(Action.REJECT, name)


def _number(code: object) -> int:
    try:
        return int(str(code))
    except ValueError:
        return -1
