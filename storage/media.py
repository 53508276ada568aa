"""The media folder: the photos and documents people sent, each under the sha-256 of its bytes."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

from storage.uploads import Rejected, examine

_SHA: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Kept:
    """A file in the media folder; `bytes`, width and height are those of the file as it was kept."""

    sha: str
    mime: str
    bytes: int
    width: int | None
    height: int | None
    kind: Literal["photo", "document"]
    name: str


class MediaFolder:
    """A folder of files named by their content, so that one sent twice is kept once.

    Its functions wait for the disk, and `keep` for the processor too: call them with `asyncio.to_thread`.
    """

    def __init__(self, path: Path) -> None:
        self._root = path

    def keep(self, data: bytes, name: str) -> Kept | Rejected:
        """Check, clean and keep a file; when this returns `Kept`, it is on the disk."""
        upload = examine(data, name)
        if isinstance(upload, Rejected):
            return upload
        sha = hashlib.sha256(upload.data).hexdigest()
        self._write(self.path(sha), upload.data)
        return Kept(sha, upload.mime, len(upload.data), upload.width, upload.height, upload.kind, upload.name)

    def put(self, data: bytes) -> str:
        """Keep a file of our own making as it is, and return its address."""
        sha = hashlib.sha256(data).hexdigest()
        self._write(self.path(sha), data)
        return sha

    def path(self, sha: str) -> Path:
        """Tell where a file lies, whether or not it does; raises ValueError for what is no sha-256."""
        if not _SHA.fullmatch(sha):
            raise ValueError("not a sha-256 in hexadecimal")
        return self._root / sha[:2] / sha[2:4] / sha

    def open(self, sha: str) -> bytes:
        """Read a file; raises FileNotFoundError."""
        return self.path(sha).read_bytes()

    def delete(self, sha: str) -> None:
        """Delete a file, if it is there."""
        self.path(sha).unlink(missing_ok=True)

    def sweep(self, wanted: Collection[str], before: datetime) -> int:
        """Delete what was last kept `before` a moment and is not `wanted`; returns how many files that were.

        So end files whose turn was never stored, and the halves of files that a crash left.
        """
        unwanted = [
            path
            for path in self._root.rglob("*")
            if path.is_file() and path.name not in wanted and path.stat().st_mtime < before.timestamp()
        ]
        for path in unwanted:
            path.unlink(missing_ok=True)
        return len(unwanted)

    def _write(self, path: Path, data: bytes) -> None:
        """Write a file whole or not at all; one that is there already is only marked as kept now."""
        with suppress(FileNotFoundError):
            os.utime(path)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            try:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).rename(path)
            except BaseException:
                Path(file.name).unlink()
                raise
        for folder in (path.parent, path.parent.parent, self._root):
            _sync(folder)


def _sync(folder: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
