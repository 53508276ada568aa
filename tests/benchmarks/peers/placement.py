"""What a contestant's process knows: the bot's token, its webhook, and what its command line says."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

TOKEN: Final = "123456789:benchmark-token-of-no-real-bot-at-all"
SECRET: Final = "benchmark-secret"
WEBHOOK_PATH: Final = "/webhooks/telegram"


@dataclass(frozen=True)
class Placement:
    """Where a contestant listens (`port`), whom it calls (`api`, `redis`: URLs) and where it keeps files."""

    port: int
    api: str
    data: Path
    redis: str = ""

    @classmethod
    def from_command_line(cls) -> Self:
        """Read what `arguments` wrote."""
        parser = argparse.ArgumentParser()
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument("--api", required=True)
        parser.add_argument("--data", type=Path, required=True)
        parser.add_argument("--redis", default="")
        return cls(**vars(parser.parse_args()))

    def arguments(self) -> list[str]:
        """The command line that says this."""
        return [f"--port={self.port}", f"--api={self.api}", f"--data={self.data}", f"--redis={self.redis}"]
