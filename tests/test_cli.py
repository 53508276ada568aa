"""The command line, as an operator and a curious neighbour use it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
import socket
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import click
import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from bot.app import Kabari, opened
from bot.cli import main
from bot.commands.exporting import defuse
from flows.book import BOOK
from flows.engine import Chat
from flows.outcomes import Ending
from storage import contacts
from storage.contacts import Place
from tests.dialogue import Play, read_dialogue
from tests.fakes.bot_api import FakeBotApi
from tests.fakes.graph import FakeGraph
from tests.household import Household, MovableClock, at_work, settings_for
from tests.journey import INDONESIAN_FIRM, photo_with_place, until
from tests.processes import Server, look_up, run_kabari

Run = Callable[..., Result]


@pytest.fixture
def data(tmp_path: Path, sqlite_template: Path) -> Path:
    """Make a data folder with a database that is up to date."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(sqlite_template, folder / "kabari.sqlite")
    return folder


@pytest.fixture
def run(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, with these settings and no others; one that breaks fails the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "bot.telemetry.start_logging", lambda *_: None
    )  # it would log to a stream that is closed soon

    def run(*arguments: str, **settings: str) -> Result:
        given = {f"KABARI_{name.upper()}": value for name, value in settings.items()}
        result = CliRunner(env={"KABARI_DATA_DIR": str(data), **given}).invoke(main, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise AssertionError("a stack trace was shown") from result.exception
        return result

    return run


def in_the_office(data: Path, job: Callable[[Kabari], Coroutine[Any, Any, Any]]) -> Any:
    """Do something with the bot's own store."""

    async def do() -> Any:
        settings = settings_for(data, "sqlite:///kabari.sqlite")
        async with opened(settings, migrated=True) as kabari:
            return await job(kabari)

    return asyncio.run(do())


def seed(data: Path, firm: Mapping[str, Any] | None = None, name: str = "Siti Rahma") -> None:
    """Have somebody met, perhaps with a firm registered."""

    async def meet(kabari: Kabari) -> None:
        house = Household(kabari, "", MovableClock())
        contact = await house.acquaint(Place("terminal", "shell", "terminal", name), firm=firm)
        await kabari.store.write(lambda conn: contacts.change(conn, contact, name=name))

    in_the_office(data, meet)


# --- help ---------------------------------------------------------------------------------------------------


def _commands(group: click.Group, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [path]
    for name, command in group.commands.items():
        found += _commands(command, (*path, name)) if isinstance(command, click.Group) else [(*path, name)]
    return found


@pytest.mark.parametrize("command", _commands(main), ids=" ".join)
def test_every_command_says_what_it_is_for(run: Run, command: tuple[str, ...]) -> None:
    shown = run(*command, "--help")
    assert shown.exit_code == 0
    assert shown.output.startswith("Usage:")
    assert shown.output.split("\n\n")[1].strip().endswith(".")


def test_the_version_is_told(run: Run) -> None:
    assert "version 0." in run("--version").output


# --- chat ---------------------------------------------------------------------------------------------------


def chat(data: Path, said: str, *arguments: str) -> str:
    """Pipe lines into `kabari chat` and give what it shows."""
    done = run_kabari("chat", "--data", str(data), *arguments, data=data, said=said)
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def test_a_chat_by_pipe_goes_on_where_it_was(data: Path) -> None:
    first = chat(data, "halo\n[Bahasa Indonesia]\n[Daftarkan usaha]\n", "--as", "Siti")
    assert "[Bahasa Indonesia] [한국어] [English]" in first
    assert "Siti: [Daftarkan usaha]" in first
    second = chat(data, "ya\n1\n", "--as", "Siti")
    assert "1/11 · " in second
    assert "2/11 · " in second
    other = chat(data, "halo\n", "--as", "Budi")
    assert "2/11 · " not in other


@pytest.mark.parametrize(
    ("language", "said", "answer"),
    [
        ("ko", "안녕하세요\n[한국어]\n", "[기업 등록]"),
        ("en", "hello\n[English]\n", "[Register a business]"),
    ],
)
def test_a_chat_in_another_language(data: Path, language: str, said: str, answer: str) -> None:
    shown = chat(data, said, "--lang", language)
    assert "[Bahasa Indonesia] [한국어] [English]" in shown
    assert answer in shown


def test_a_chat_can_be_seen_as_a_messenger_would_show_it(data: Path) -> None:
    said = "hello\n[English]\nregister\nyes\n[Indonesia]\nCV Kelapa\ncv\n"
    whatsapp = chat(data, said, "--channel", "whatsapp", "--lang", "en")
    assert "<Choose>" in whatsapp
    assert "[▶ More]" in whatsapp
    telegram = chat(data, said, "--channel", "telegram", "--as", "Budi", "--lang", "en")
    assert "<Choose>" not in telegram
    assert "[▶ More]" in telegram


async def test_a_saved_chat_is_a_dialogue_test(data: Path, sqlite_url: str, tmp_path: Path) -> None:
    file = tmp_path / "saved.txt"
    said = "hello\n[English]\n[Register a business]\nI agree\nIndonesia\nback\n"
    done = await asyncio.to_thread(
        run_kabari,
        *("chat", "--data", str(data), "--lang", "en", "--save", str(file)),
        data=data,
        said=said,
    )
    assert done.returncode == 0, done.stderr
    dialogue = read_dialogue(file)
    assert dialogue.lines == [f"me: {line}" for line in said.split("\n")[:-1]]
    play = Play(dialogue, sqlite_url, tmp_path / "play")
    await play.open()
    try:
        assert [await play.say(line) for line in dialogue.lines] == dialogue.expected
    finally:
        await play.close()


# --- demo and serve -----------------------------------------------------------------------------------------


async def test_a_demo_begins_on_a_free_port_and_can_be_begun_again(tmp_path: Path) -> None:
    for _time in range(2):
        async with (
            Server(tmp_path, "demo", "--port", "0", "--data", str(tmp_path / "demo")) as demo,
            aiohttp.ClientSession(demo.url) as session,
        ):
            async with session.get("/chat") as answer:
                assert answer.status == 200
            assert await demo.stop() == 0
        assert not [line for line in demo.log if "Traceback" in line["event"]]
    firms = look_up(tmp_path / "demo" / "kabari.sqlite", "SELECT reference FROM business")
    assert len(firms) == 4


async def test_a_server_stops_when_told_and_says_so(data: Path) -> None:
    async with Server(data) as server:
        assert await server.stop() == 0
    assert [line["event"] for line in server.log] == ["Listening.", "Stopping."]


def test_a_port_in_use_is_told_in_a_sentence(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = run_kabari("serve", "--port", port, data=data)
    assert done.returncode == 1
    assert port in done.stderr
    assert "Traceback" not in done.stderr


# --- what an operator may get wrong -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"database_url": "mysql://x/y"}, "KABARI_DATABASE_URL: Kabari runs on sqlite and on postgresql"),
        ({"database_url": "nonsense"}, "KABARI_DATABASE_URL: The database URL cannot be read."),
        ({"database_url": "postgresql://nobody@127.0.0.1:1/x"}, "The database does not answer."),
        ({"port": "seven"}, "KABARI_PORT"),
        ({"language": "fr"}, "KABARI_LANGUAGE"),
        ({"office_zone": "Mars/Phobos"}, "KABARI_OFFICE_ZONE: There is no time zone 'Mars/Phobos'"),
        ({"office_days": "senin"}, "KABARI_OFFICE_DAYS: 'senin' does not fit, as '0,1,2,3,4' would"),
        ({"office_days": ""}, "KABARI_OFFICE_DAYS"),
        ({"office_opens": "25:00"}, "KABARI_OFFICE_OPENS: '25:00' does not fit, as '09:00' would"),
        ({"log_level": "LOUD"}, "KABARI_LOG_LEVEL"),
        ({"telegram_secret": "with space"}, "KABARI_TELEGRAM_SECRET"),
        ({"telegram_token_file": "/nowhere/token"}, "No such file or directory: /nowhere/token"),
    ],
    ids=str,
)
def test_settings_that_cannot_be_used_are_told_in_a_sentence(
    run: Run, settings: dict[str, str], told: str
) -> None:
    result = run("migrate", **settings)
    assert result.exit_code == 1
    assert told in result.output


def test_a_data_folder_that_is_none_is_told_in_a_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    result = run("doctor", data_dir=str(tmp_path / "file"))
    assert (result.exit_code, result.output) == (
        1,
        f"   ok  SQLite's version\nError: File exists: {tmp_path / 'file'}\n",
    )


def test_a_file_that_is_no_database_is_told_in_a_sentence(run: Run, data: Path) -> None:
    (data / "kabari.sqlite").write_bytes(b"something else" * 1000)
    result = run("inbox")
    assert (result.exit_code, "not a database" in result.output) == (1, True)


def test_a_database_of_a_later_kabari_is_told_in_a_sentence(run: Run, data: Path) -> None:
    async def age(kabari: Kabari) -> None:
        await kabari.store.write(
            lambda conn: conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        )

    in_the_office(data, age)
    result = run("migrate")
    assert (result.exit_code, "9999" in result.output) == (1, True)


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve", "--port", "70000"),
        ("demo", "--port", "-1"),
        ("inbox", "show", "999"),
        ("inbox", "answer", "999", "halo", "--by", "Ratna"),
        ("inbox", "back", "999", "--by", "Ratna"),
        ("inbox", "show", "9" * 30),
        ("failed", "replay"),
        ("failed", "replay", "999"),
        ("export", "businesses", "--output", "/nowhere/firms.csv"),
        ("export", "businesses", "--format", "xlsx"),
        ("nonsense",),
    ],
    ids=" ".join,
)
def test_what_cannot_be_done_is_told_in_a_sentence(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)
    assert result.exit_code in (1, 2)
    assert result.stderr.strip()


# --- doctor and migrate -------------------------------------------------------------------------------------


def test_a_new_folder_is_made_ready(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    for _time in range(2):
        assert run("migrate", data_dir=str(folder)).output == "The database is up to date.\n"
    assert (folder / "kabari.sqlite").exists()


def test_a_doctor_finds_all_well_without_messengers(run: Run) -> None:
    result = run("doctor")
    assert (result.exit_code, result.output.splitlines()[-1]) == (0, "All is well.")


def test_a_doctor_names_what_is_missing(run: Run) -> None:
    result = run("doctor", whatsapp_token="EAAtest", public_url="http://kabari.example")
    assert result.exit_code == 1
    for missing in ("PHONE_NUMBER_ID", "APP_SECRET", "VERIFY_TOKEN"):
        assert f"KABARI_WHATSAPP_{missing}" in result.output
    assert "https://" in result.output


async def test_a_doctor_asks_the_messengers_themselves(run: Run) -> None:
    async with FakeBotApi() as api, FakeGraph() as graph:
        settings = {
            "telegram_token": api.token,
            "telegram_api": api.url,
            "whatsapp_token": graph.token,
            "whatsapp_phone_number_id": graph.phone_number_id,
            "whatsapp_app_secret": "s",
            "whatsapp_verify_token": "v",
            "whatsapp_api": graph.url,
            "public_url": "https://kabari.example",
        }
        graph.add_media(b"", "text/plain")
        result = await asyncio.to_thread(run, "doctor", **settings)
        lines = {line[7:].partition(":")[0]: line for line in result.output.splitlines()}
        assert "the webhook is not set" in lines["Telegram's token"]
        wrong = await asyncio.to_thread(
            run, "doctor", **settings | {"telegram_token": "700000001:" + "x" * 35}
        )
        assert "it was refused" in wrong.output
        assert api.token not in wrong.output


# --- export -------------------------------------------------------------------------------------------------

NASTY = ("=cmd|'/C calc'!A0", "+62 811", "-1", "@x", "\tkolom", "=1+1", "＝1+1")


@pytest.mark.parametrize("name", NASTY)
def test_no_cell_is_taken_for_a_formula(run: Run, data: Path, tmp_path: Path, name: str) -> None:
    seed(data, {**INDONESIAN_FIRM, "legal_name": name, "brand": "=A1"})
    shown = run("export", "businesses")
    assert shown.exit_code == 0
    (row,) = csv.DictReader(io.StringIO(shown.stdout.removeprefix("\ufeff")))
    assert (row["Business name"], row["Brand"]) == (f"'{name}", "'=A1")
    file = tmp_path / "firms.xlsx"
    assert run("export", "businesses", "--format", "xlsx", "-o", str(file)).exit_code == 0
    sheet = load_workbook(file)["businesses"]
    cells = {cell.value: column[1] for column in sheet.columns if (cell := column[0])}
    assert (cells["Business name"].value, cells["Business name"].data_type) == (name, "s")
    assert cells["Phone"].data_type == "s"


def test_a_table_is_what_a_spreadsheet_opens(run: Run, data: Path, tmp_path: Path) -> None:
    seed(data, INDONESIAN_FIRM)
    file = tmp_path / "firms.csv"
    assert "1 businesses written" in run("export", "businesses", "-o", str(file)).stderr
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")))
    assert (row["Province"], row["City or district"]) == ("West Java", "Bogor City")
    assert (row["Target markets"], row["Contact person"]) == ("KR, JP", "Siti Rahma")


def test_contacts_are_exported_whatever_they_are_called(run: Run, data: Path, tmp_path: Path) -> None:
    for name in ("이도윤", "a\x01b\x0bc", '"quoted", with; commas', "=HYPERLINK(1)"):
        seed(data, name=name)
    shown = run("export", "contacts")
    names = [
        row["Contact person"] for row in csv.DictReader(io.StringIO(shown.stdout.removeprefix("\ufeff")))
    ]
    assert names == ["이도윤", "abc", '"quoted", with; commas', "'=HYPERLINK(1)"]
    file = tmp_path / "people.xlsx"
    assert run("export", "contacts", "--format", "xlsx", "-o", str(file)).exit_code == 0
    assert load_workbook(file)["contacts"].max_row == 5


def test_an_empty_table_is_a_table(run: Run, tmp_path: Path) -> None:
    assert run("export", "contacts").exit_code == 0
    assert run("export", "contacts", "--format", "xlsx", "-o", str(tmp_path / "none.xlsx")).exit_code == 0


@pytest.mark.parametrize("cell", ["", "CV Kelapa", "1", "a=b", "'=1"])
def test_a_cell_that_is_no_formula_stays_as_it_is(cell: str) -> None:
    assert defuse(cell) == cell


# --- staff --------------------------------------------------------------------------------------------------


async def test_staff_answer_from_the_command_line(data: Path, run: Run) -> None:
    async with FakeBotApi() as api, at_work(settings_for(data, "sqlite:///kabari.sqlite", api=api)) as house:
        siti = api.person("Siti")
        api.known.add(siti.id)
        contact = await house.acquaint(
            Place("telegram", api.token.partition(":")[0], "telegram", str(siti.id))
        )
        await siti.say("petugas")
        await until(lambda: siti.heard)
        await siti.say("Berapa ongkos kirim?")
        await until(lambda: len(siti.heard) == 2)

        listed = (await asyncio.to_thread(run, "inbox")).output
        assert "Siti Rahma (id, telegram)" in listed
        assert "Berapa ongkos kirim?" in listed
        shown = (await asyncio.to_thread(run, "inbox", "show", str(contact))).output
        assert [line[17:] for line in shown.splitlines() if "→" in line] == [
            "→ petugas",
            "→ Berapa ongkos kirim?",
        ]
        answered = await asyncio.to_thread(
            run, "inbox", "answer", str(contact), "Sekitar Rp2 juta.", "--by", "Ratna"
        )
        assert answered.output == "Queued; the running server sends it.\n"
        await until(lambda: len(siti.heard) == 3)
        assert siti.heard[-1]["text"] == "Sekitar Rp2 juta.\n— Ratna"
        assert "taken by Ratna" in (await asyncio.to_thread(run, "inbox")).output
        back = await asyncio.to_thread(run, "inbox", "back", str(contact), "--by", "Ratna")
        assert back.output == "Handed back; the bot tells the person.\n"
        await until(lambda: len(siti.heard) == 4)
        assert (await asyncio.to_thread(run, "inbox")).output == "No chat waits for a person.\n"
        again = await asyncio.to_thread(run, "inbox", "answer", str(contact), "Halo", "--by", "Ratna")
        assert again.exit_code == 1


async def test_staff_take_a_voice_note_that_was_kept_for_them(data: Path, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "suara.ogg"
    async with FakeBotApi() as api, at_work(settings_for(data, "sqlite:///kabari.sqlite", api=api)) as house:
        siti = api.person("Siti")
        api.known.add(siti.id)
        await house.acquaint(Place("telegram", api.token.partition(":")[0], "telegram", str(siti.id)))
        assert (await asyncio.to_thread(run, "inbox", "kept")).output == "Nothing is kept for you.\n"
        await siti.send_other("voice", duration=3, mime_type="audio/ogg")
        await until(lambda: look_up(data / "kabari.sqlite", "SELECT 1 FROM inbox WHERE state = 'held'"))
        assert "kabari inbox kept" in (await asyncio.to_thread(run, "inbox")).output
        assert "(a file)" in (await asyncio.to_thread(run, "inbox", "kept")).output
        saved = await asyncio.to_thread(run, "inbox", "file", "1", "--output", str(file))
        assert saved.exit_code == 0
        assert await asyncio.to_thread(file.read_bytes) == b"other"
        assert (await asyncio.to_thread(run, "inbox", "done", "1")).output == "Done.\n"
        assert (await asyncio.to_thread(run, "inbox", "done", "1")).exit_code == 1
        assert (await asyncio.to_thread(run, "inbox", "file", "9", "--output", str(file))).exit_code == 1


# --- what failed --------------------------------------------------------------------------------------------


async def _broken(chat: Chat) -> Ending:
    raise ZeroDivisionError


async def test_a_turn_that_failed_is_apologised_for_and_can_be_replayed(data: Path, run: Run) -> None:
    async with FakeBotApi() as api:
        settings = {"telegram_token": api.token, "telegram_api": api.url}
        book = {**BOOK, "menu": replace(BOOK["menu"], run=_broken)}
        siti = api.person("Siti")
        api.known.add(siti.id)
        async with at_work(settings_for(data, "sqlite:///kabari.sqlite", api=api), book=book) as house:
            account = api.token.partition(":")[0]
            await house.acquaint(Place("telegram", account, "telegram", str(siti.id)))
            await siti.say("menu")
            await until(lambda: siti.heard)
            assert "Maaf" in siti.heard[0]["text"]
            await house.settled()
        listed = (await asyncio.to_thread(run, "failed")).output
        assert "ZeroDivisionError" in listed
        assert (
            await asyncio.to_thread(run, "failed", "replay", "1", **settings)
        ).output == "1 of 1 replayed.\n"
        await until(lambda: len(siti.heard) == 2)
        assert "menu.menu=register" in json.dumps(siti.heard[1])
        assert (await asyncio.to_thread(run, "failed")).output == "Nothing has failed.\n"
        assert (await asyncio.to_thread(run, "failed", "replay", "1", **settings)).exit_code == 1
        assert len(siti.heard) == 2


async def test_a_photo_that_came_too_fast_can_be_replayed(data: Path, run: Run) -> None:
    async with FakeBotApi() as api:
        settings = settings_for(data, "sqlite:///kabari.sqlite", api=api, messages_per_minute=1)
        siti = api.person("Siti")
        api.known.add(siti.id)
        async with at_work(settings) as house:
            await house.acquaint(Place("telegram", api.token.partition(":")[0], "telegram", str(siti.id)))
            await siti.say("menu")
            await siti.send_photo(photo_with_place())
            await siti.say("menu")
            await until(lambda: len(siti.heard) == 2)
            await house.settled()
        assert (await asyncio.to_thread(run, "failed")).output == "Nothing has failed.\n"
        listed = (await asyncio.to_thread(run, "failed", "--all-kinds")).output
        assert listed.count("refused") == 2
        replayed = await asyncio.to_thread(
            run, "failed", "replay", "2", telegram_token=api.token, telegram_api=api.url
        )
        assert replayed.output == "1 of 1 replayed.\n"
        assert len(look_up(data / "kabari.sqlite", "SELECT * FROM media_use")) == 1
        await until(lambda: len(siti.heard) == 3)
