"""The form that every contestant of `inbound` fills in: seven messages and the seven replies they get."""

from typing import Final, NamedTuple


class Tap(NamedTuple):
    """A tap on an inline button of the last reply, named by its place in the keyboard (from 0)."""

    button: int


class Step(NamedTuple):
    """One message of a person (typed words or a tap) and what the reply to it says."""

    sends: str | Tap
    reply: str


SECTORS: Final = {"food": "Food", "crafts": "Crafts", "other": "Other"}
EXPORTED: Final = {"yes": "Yes", "no": "No"}

ASK_NAME: Final = "What is the name of your business?"
ASK_SECTOR: Final = "Which sector are you in?"
ASK_CITY: Final = "Which city is it in?"
ASK_STAFF: Final = "How many people work there?"
ASK_EXPORTED: Final = "Have you exported before?"
ASK_PRODUCT: Final = "What would you like to sell abroad?"
THANKS: Final = "Thank you. The office will write to you soon."

FORM: Final = (
    Step("/start", ASK_NAME),
    Step("Warung Sari", ASK_SECTOR),
    Step(Tap(0), ASK_CITY),
    Step("Bandung", ASK_STAFF),
    Step("5", ASK_EXPORTED),
    Step(Tap(1), ASK_PRODUCT),
    Step("Sambal in jars", THANKS),
)
