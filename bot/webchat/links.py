"""Addresses of a chat's files that stop working after a day or two.

A phone opens and saves a file best from a plain address, and a plain address cannot carry the token. So the
address is signed: only someone who was shown the entry with the file has it, and it does not last.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote

LIFETIME: Final = timedelta(days=1)
"""How long an address works at the least. It changes once in that time: a browser keeps what it fetched."""

_SECONDS: Final = re.compile(r"[0-9]{1,12}")
_UNSAFE: Final = re.compile(r"[\x00-\x1f/\\]+")


@dataclass(frozen=True)
class MediaLinks:
    """Makes and checks the addresses; every process that serves the page needs the same secret."""

    secret: bytes

    def make(self, media: str, name: str, now: datetime) -> str:
        """Give the address of a file, relative to the page; its last part is the name it is saved by."""
        lifetime = int(LIFETIME.total_seconds())
        until = (int(now.timestamp()) // lifetime + 2) * lifetime
        name = _UNSAFE.sub("_", name).lstrip(".") or "file"
        sign = self._sign(media, name, until)
        return f"chat/media/{media}/{quote(name, safe='')}?until={until}&sign={sign}"

    def allows(self, media: str, name: str, until: str, sign: str, now: datetime) -> bool:
        """Tell whether an address is ours and still works."""
        if not _SECONDS.fullmatch(until) or int(until) < now.timestamp():
            return False
        expected = self._sign(media, name, int(until))
        return hmac.compare_digest(expected.encode(), sign.encode(errors="replace"))

    def _sign(self, media: str, name: str, until: int) -> str:
        said = f"{media}\n{name}\n{until}".encode(errors="replace")
        return hmac.new(self.secret, said, hashlib.sha256).hexdigest()[:32]
