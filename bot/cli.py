"""The command line. Each command imports what it needs when it runs, so that `kabari --help` answers at once."""

from __future__ import annotations

from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

import click

T = TypeVar("T")

_LANGUAGES = click.Choice(["id", "ko", "en"])
_PORT = click.IntRange(0, 65535)
_NUMBER = click.IntRange(1, 2**63 - 1)


def _run(job: Coroutine[Any, Any, T]) -> T:
    from bot.failures import explained
    from bot.loop import run
    from bot.telemetry import start_logging

    start_logging("WARNING", "auto")
    with explained():
        return run(job)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="kabari")
def main() -> None:
    """Kabari: the chat front door of an export-promotion office.

    Begin with `kabari demo`. Settings are environment variables (KABARI_…) or a .env file; see .env.example.
    """


@main.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("kabari-demo"),
    show_default=True,
    help="Where the demo keeps its data.",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option(
    "--port", type=_PORT, default=8080, show_default=True, help="The port to listen on; 0 picks a free one."
)
def demo(data: Path, host: str, port: int) -> None:
    """Show everything on this machine, without accounts or tokens."""
    from bot.commands.serving import run_demo

    _run(run_demo(data, host, port))


@main.command()
@click.option("--host", default=None, help="The address to listen on  [KABARI_HOST].")
@click.option("--port", type=_PORT, default=None, help="The port to listen on  [KABARI_PORT].")
def serve(host: str | None, port: int | None) -> None:
    """Run the bot for real: webhooks, web chat, sending."""
    from bot.commands.serving import run_server

    _run(run_server(host, port))


@main.command()
@click.option("--lang", type=_LANGUAGES, default=None, help="The language of the phone.")
@click.option(
    "--channel",
    "shape",
    type=click.Choice(["terminal", "whatsapp", "telegram"]),
    default="terminal",
    show_default=True,
    help="Show messages as this channel would shape them.",
)
@click.option(
    "--as",
    "person",
    default="me",
    show_default=True,
    help="Who is chatting: a name of your choice; each has a conversation of her own.",
)
@click.option(
    "--data", type=click.Path(path_type=Path), default=None, help="The data folder  [KABARI_DATA_DIR]."
)
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="Save the chat as a dialogue test.",
)
def chat(lang: str | None, shape: str, person: str, data: Path | None, save: Path | None) -> None:
    """Chat with the bot here; reads lines from standard input, so a script may talk.

    Type as on a phone. To tap an option, type its label, its number, or the label in [brackets].
    """
    from bot.commands.chatting import run_chat

    _run(run_chat(lang, shape, person, data, save))


@main.command()
def migrate() -> None:
    """Bring the database's schema up to date (serve does it too)."""
    from bot.commands.upkeep import run_migrate

    _run(run_migrate())


@main.command()
def doctor() -> None:
    """Check settings, database, tokens and webhook, and say what to mend."""
    from bot.commands.upkeep import run_doctor

    raise SystemExit(_run(run_doctor()))


@main.command()
@click.argument("what", type=click.Choice(["businesses", "contacts", "products"]))
@click.option("--format", "form", type=click.Choice(["csv", "xlsx"]), default="csv", show_default=True)
@click.option(
    "--output",
    "-o",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    help="The file to write; standard output for csv when not given.",
)
def export(what: str, form: str, output: Path | None) -> None:
    """Write businesses, contacts or products as a table."""
    from bot.commands.exporting import run_export

    _run(run_export(what, form, output))


@main.group(invoke_without_command=True)
@click.pass_context
def inbox(context: click.Context) -> None:
    """List the chats that wait for a person; answer one, hand it back."""
    if context.invoked_subcommand is None:
        from bot.commands.staffing import run_list

        _run(run_list())


@inbox.command("show")
@click.argument("contact", type=_NUMBER)
def inbox_show(contact: int) -> None:
    """Show what was said in a chat."""
    from bot.commands.staffing import run_show

    _run(run_show(contact))


@inbox.command("answer")
@click.argument("contact", type=_NUMBER)
@click.argument("text")
@click.option("--by", required=True, help="Your name, as the person will see it.")
def inbox_answer(contact: int, text: str, by: str) -> None:
    """Answer in a chat."""
    from bot.commands.staffing import run_answer

    _run(run_answer(contact, text, by))


@inbox.command("back")
@click.argument("contact", type=_NUMBER)
@click.option("--by", required=True, help="Your name.")
def inbox_back(contact: int, by: str) -> None:
    """Hand a chat back to the bot."""
    from bot.commands.staffing import run_back

    _run(run_back(contact, by))


@inbox.command("kept")
def inbox_kept() -> None:
    """List what the bot could not read and kept for you: voice notes, videos, files nobody asked for."""
    from bot.commands.staffing import run_kept

    _run(run_kept())


@inbox.command("file")
@click.argument("number", type=int)
@click.option("--output", "-o", type=click.Path(path_type=Path, dir_okay=False), required=True)
def inbox_file(number: int, output: Path) -> None:
    """Save a kept file."""
    from bot.commands.staffing import run_file

    _run(run_file(number, output))


@inbox.command("done")
@click.argument("number", type=int)
def inbox_done(number: int) -> None:
    """Take a kept message off the list."""
    from bot.commands.staffing import run_done

    _run(run_done(number))


@main.group(invoke_without_command=True)
@click.option(
    "--all-kinds",
    is_flag=True,
    help="List what came too fast, what could not be read and what did not arrive, too.",
)
@click.pass_context
def failed(context: click.Context, *, all_kinds: bool) -> None:
    """List turns that failed; replay them once the cause is mended."""
    if context.invoked_subcommand is None:
        from bot.commands.upkeep import run_failed

        _run(run_failed(all_kinds=all_kinds))


@failed.command("replay")
@click.argument("ids", type=_NUMBER, nargs=-1)
@click.option("--all", "every", is_flag=True, help="Replay every failed turn, oldest first.")
def failed_replay(ids: tuple[int, ...], *, every: bool) -> None:
    """Take failed turns again."""
    from bot.commands.upkeep import run_replay

    raise SystemExit(_run(run_replay(ids, every=every)))


@main.group()
def faq() -> None:
    """Ask the certification answers; measure how well they are found."""


@faq.command("ask")
@click.option("--lang", type=_LANGUAGES, default="id", show_default=True, help="The language of the person.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.argument("text")
def faq_ask(lang: str, text: str, *, as_json: bool) -> None:
    """Show what the bot finds for a question, in any of the three languages or a mix of them."""
    from bot.commands.asking import run_ask
    from bot.failures import explained

    with explained():
        run_ask(text, lang, as_json=as_json)


@faq.command("evaluate")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def faq_evaluate(file: Path, *, as_json: bool) -> None:
    """Measure the search with questions whose topics are known.

    FILE has one JSON object a line: {"lang", "text", "topics": [acceptable slugs, best first], "scope": "in" or "out"}.
    """
    from bot.commands.asking import run_evaluate
    from bot.failures import explained

    with explained():
        run_evaluate(file, as_json=as_json)
