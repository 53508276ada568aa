"""How Kabari's time in a turn is shared out, read from its own metrics."""

from collections.abc import Mapping
from typing import Final

from aiohttp import ClientSession
from prometheus_client.parser import text_string_to_metric_families

METRIC: Final = "kabari_turn_seconds_sum"
STAGES: Final = ("parse", "flow", "store", "send")


async def read_stages(port: int) -> dict[str, float]:
    """The seconds spent in each stage since the process began; empty where it does not say."""
    async with ClientSession() as session, session.get(f"http://127.0.0.1:{port}/metrics") as answer:
        if answer.status != 200:
            return {}
        exposition = await answer.text()
    return {
        sample.labels["stage"]: sample.value
        for family in text_string_to_metric_families(exposition)
        for sample in family.samples
        if sample.name == METRIC and "stage" in sample.labels
    }


def shares(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """Each stage's share (0 to 1) of the time spent between two readings; empty where none was exposed."""
    spent = {stage: after[stage] - before.get(stage, 0.0) for stage in STAGES if stage in after}
    whole = sum(spent.values())
    return {stage: seconds / whole for stage, seconds in spent.items()} if whole else {}
