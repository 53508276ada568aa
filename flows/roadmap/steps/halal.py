"""Steps about halal."""

from __future__ import annotations

from typing import Final

from flows.roadmap.step import BOTH, IMPORTER, MAKER, YOU, Phase, Step, Weeks
from locales.words import _

STEPS: Final = (
    Step(
        id="halal_kr",
        title=_("Halal certificate from KMF or KHA"),
        topic="korea-halal-kmf",
        phase=Phase.HALAL,
        who=MAKER,
        time=Weeks(9, 17),
        confidence="low",
        cost="medium",
        validity=12,
        satisfied_by=("halal_kr", "halal_id"),
    ),
    Step(
        id="halal_registration",
        title=_("Register the halal certificate with BPJPH"),
        topic="halal-foreign-certificate-recognition",
        phase=Phase.HALAL,
        who=IMPORTER,
        time="unknown",
        confidence="low",
        waits_for=("halal_kr",),
        satisfied_by=("halal_registration", "halal_id"),
    ),
    Step(
        id="non_halal",
        title=_("Clear non-halal statement on the pack"),
        topic="halal-non-halal-exempt",
        phase=Phase.HALAL,
        who=BOTH,
        time="within",
        confidence="high",
        validity="until_change",
    ),
    Step(
        id="halal_id",
        title=_("Halal certificate from BPJPH"),
        topic="halal-cert-indonesia-regular",
        phase=Phase.HALAL,
        who=YOU,
        time=Weeks(2, 13),
        confidence="medium",
        cost="medium",
        validity="until_change",
        satisfied_by=("halal_id",),
    ),
    Step(
        id="halal_uae",
        title=_("Halal certificate that the UAE accepts"),
        topic="other-market-uae",
        phase=Phase.HALAL,
        who=YOU,
        time="unknown",
        confidence="medium",
        satisfied_by=("halal_uae",),
    ),
)
