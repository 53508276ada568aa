"""The form as a Kabari flow."""

from typing import Final

from flows.engine import Chat, Flow
from flows.outcomes import LanguageChosen
from flows.questions import Choice, choice, number, text, yes_no
from locales.words import Text
from tests.benchmarks import form

NAME: Final = text("name", Text(form.ASK_NAME), label=Text("Name"))
SECTOR: Final = choice(
    "sector",
    Text(form.ASK_SECTOR),
    [Choice(value, Text(label)) for value, label in form.SECTORS.items()],
    label=Text("Sector"),
)
CITY: Final = text("city", Text(form.ASK_CITY), label=Text("City"))
STAFF: Final = number("staff", Text(form.ASK_STAFF), label=Text("People"))
EXPORTED: Final = yes_no("exported", Text(form.ASK_EXPORTED), label=Text("Exported"))
PRODUCT: Final = text("product", Text(form.ASK_PRODUCT), label=Text("Product"))


async def fill_form(chat: Chat) -> None:
    """Ask the six questions and say thank you."""
    await NAME
    await SECTOR
    await CITY
    await STAFF
    await EXPORTED
    await PRODUCT
    chat.say(Text(form.THANKS))


async def speak_english(chat: Chat) -> LanguageChosen:
    """Choose the language without a question, as the other contestants have none."""
    return LanguageChosen("en")


BOOK: Final = {
    "menu": Flow("menu", fill_form, Text("Benchmark"), minutes=1),
    "language": Flow("language", speak_english, Text("Language")),
}
"""What /start begins: the form, with its progress and its buttons for back and help."""
