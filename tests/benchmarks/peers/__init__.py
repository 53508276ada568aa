"""The contestants of `inbound`: the same form as each framework's documentation would have it written."""

from importlib import metadata
from typing import Final, NamedTuple

from tests.benchmarks.form import FORM


class Peer(NamedTuple):
    """A contestant: its name in the report, its program, what it needs, and the replies the driver checks."""

    name: str
    module: str
    distributions: tuple[str, ...]
    replies: tuple[str, ...]
    needs_redis: bool = False

    def missing(self) -> str | None:
        """The first distribution it needs that is not installed."""
        for name in self.distributions:
            try:
                metadata.version(name)
            except metadata.PackageNotFoundError:
                return name
        return None


QUESTIONS: Final = tuple(step.reply for step in FORM)

KABARI: Final = Peer("kabari", "tests.benchmarks.peers.kabari_peer", ("aiohttp", "sqlalchemy"), QUESTIONS)
PEERS: Final = (
    Peer("ptb", "tests.benchmarks.peers.ptb_peer", ("python-telegram-bot", "httpx", "aiohttp"), QUESTIONS),
    Peer(
        "aiogram_redis",
        "tests.benchmarks.peers.aiogram_peer",
        ("aiogram", "redis", "aiohttp"),
        QUESTIONS,
        needs_redis=True,
    ),
    Peer("bare_sqlite", "tests.benchmarks.peers.bare_peer", ("aiohttp",), QUESTIONS),
)
