"""When a question is answered, when choices are offered, and when only a person can help."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal

Band = Literal["answer", "choices", "none"]

SURE: Final = 1.7
"""The score from which a topic may be the answer."""
WORTH_OFFERING: Final = 1.1
"""The score from which topics are offered."""
AHEAD: Final = 0.15
"""How far the answer has to be ahead of the second topic, as a share of its score."""
DOUBT: Final = 0.5
"""What is left of the score of a question that speaks of something no answer covers."""
OFFERED: Final = 3


def choose_band(scores: Sequence[float], *, covered: bool) -> Band:
    """Choose from the scores of the best topics, the best first; only what is covered is ever answered."""
    best, second = (*scores, 0.0, 0.0)[:2]
    if best * (1 if covered else DOUBT) < WORTH_OFFERING:
        return "none"
    return "answer" if covered and best >= SURE and best - second >= AHEAD * best else "choices"
