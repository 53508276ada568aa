"""The web chat's page in a real browser: its looks, its use without a mouse, what a bad network does to it.

The office behind it is in memory; the page, the routes and the browser are real.
"""

import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any, Literal

import pytest
import pytest_asyncio
from aiohttp import web
from PIL import Image
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from bot.channels.webchat import address_of
from flows.message import Link, Message, Option, Said, SharedLocation, Started, Tapped
from tests.browser.chromium import CHROMIUM, PHONE, QUIET, needs_chromium
from tests.scripted_office import ScriptedOffice

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    needs_chromium,
]

TOKEN = "T" * 32
SMALL: Any = {"width": 320, "height": 568}

Scheme = Literal["light", "dark"]


class Server:
    """The office on a real port, which can stop and come back."""

    def __init__(self) -> None:
        self.office = ScriptedOffice()
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = self.office.app()
        app.router.add_get("/site", _show_office_site)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()

    def address(self, path: str = "/chat") -> str:
        return f"http://127.0.0.1:{self.port}{path}"


async def _show_office_site(_request: web.Request) -> web.Response:
    page = (
        "<!DOCTYPE html><html lang=id><link rel=icon href=data:,><title>Office</title><h1>Office</h1>"
        '<script src="/chat/embed.js" data-language="en" async></script></html>'
    )
    return web.Response(text=page, content_type="text/html")


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="module")
async def server() -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    context = await browser.new_context(viewport=PHONE, locale="en-GB")
    yield context
    await context.close()


async def open_chat(context: BrowserContext, server: Server, query: str = "") -> Page:
    page = await context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: pytest.fail(f"the page's script failed: {error}"))
    await page.goto(server.address(f"/chat{query}"))
    return page


async def open_kept_chat(context: BrowserContext, server: Server) -> Page:
    await context.add_init_script(f"localStorage.setItem('kabari.token', '{TOKEN}')")
    page = await open_chat(context, server)
    await expect(page.locator("#loading")).to_be_hidden()
    return page


async def write(page: Page, text: str) -> None:
    await page.locator("#text").fill(text)
    await page.keyboard.press("Enter")


async def shown(page: Page) -> list[str]:
    """Say who said what, as the page shows it; what is not confirmed is marked."""
    lines: list[str] = await page.evaluate(
        """() => Array.from(document.querySelectorAll("#history article, #unsent article"), (message) => {
            const who = message.classList.contains("person") ? "She" : "Bot";
            const waits = message.closest("#unsent") ? " (unsent)" : "";
            return `${who}${waits}: ${message.querySelector(".text").textContent}`;
        })"""
    )
    return lines


def said(server: Server) -> list[str]:
    contents = [inbound.content for inbound in server.office.accepted]
    return [content.text for content in contents if isinstance(content, Said)]


# --- a chat -------------------------------------------------------------------------------------------------


async def test_a_new_person_is_welcomed_and_comes_back_to_her_chat(
    context: BrowserContext, server: Server
) -> None:
    page = await open_chat(context, server, "?start=booth-7&lang=ko")
    await page.get_by_role("button", name="Missions").click()
    await expect(page.get_by_text("You said Missions")).to_be_visible()
    assert [inbound.content for inbound in server.office.accepted] == [
        Started("booth-7"),
        Tapped("missions", "Missions"),
    ]
    assert page.url.endswith("/chat?lang=ko")

    before = await shown(page)
    await page.reload()
    await expect(page.get_by_text("You said Missions")).to_be_visible()
    assert await shown(page) == before
    assert len(server.office.accepted) == 2


async def test_a_chat_with_the_keyboard_alone(context: BrowserContext, server: Server) -> None:
    page = await open_chat(context, server)
    await expect(page.get_by_role("button", name="Register my firm")).to_be_visible()
    await page.locator("#log").focus()
    path = []
    for _ in range(5):
        await page.keyboard.press("Tab")
        path.append(
            await page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id")
        )
    assert path == ["Register my firm", "Missions", "files", "text", "send"]

    await page.locator("#text").focus()
    await page.keyboard.type("Batik")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("Sekar")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Yes")).to_be_visible()
    assert said(server) == ["Batik\nSekar"]

    for _ in range(6):  # back over the clip, help, skip, back and no
        await page.keyboard.press("Shift+Tab")
    await expect(page.get_by_role("button", name="Yes")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("You said Yes")).to_be_visible()
    await expect(page.locator("#text")).to_be_focused()
    assert server.office.accepted[-1].content == Tapped("yes", "Yes")


async def test_a_reader_aloud_hears_what_is_new_and_not_what_was(
    context: BrowserContext, server: Server
) -> None:
    server.office.write(address_of(TOKEN), "bot", message=Message("Old"), language="id")
    await context.add_init_script(
        """addEventListener("DOMContentLoaded", () => new MutationObserver((changes) => {
            for (const change of changes) for (const node of change.addedNodes)
                if (node.textContent.includes("Old")) window.liveness = log.getAttribute("aria-live");
        }).observe(document.getElementById("history"), { childList: true }))"""
    )
    page = await open_kept_chat(context, server)
    log = page.get_by_role("log")
    await expect(log).to_have_attribute("aria-live", "polite")
    assert await page.evaluate("window.liveness") == "off"
    assert await page.locator("article").get_attribute("lang") == "id"
    await expect(page.locator("html")).to_have_attribute("lang", "id")


async def test_older_choices_step_back_and_still_work(context: BrowserContext, server: Server) -> None:
    page = await open_chat(context, server)
    await write(page, "sectors")
    await page.get_by_label(re.compile("Search|Cari")).fill("tor 17")
    assert await page.locator(".option:visible").all_inner_texts() == [
        "Register my firm",
        "Missions",
        "Sector 17",
    ]
    await page.get_by_role("button", name="Sector 17").click()
    await expect(page.get_by_text("You said Sector 17")).to_be_visible()

    await expect(page.get_by_role("button", name="Sector 17")).to_be_hidden()
    await page.locator("summary", has_text=re.compile("Earlier|sebelum")).first.click()
    await page.get_by_role("button", name="Sector 17").click()
    await page.get_by_role("button", name="Missions").click()
    await expect(page.get_by_text("You said Missions")).to_be_visible()


async def test_a_double_tap_is_one_tap(context: BrowserContext, server: Server) -> None:
    page = await open_chat(context, server)
    await page.get_by_role("button", name="Missions").dblclick()
    await expect(page.get_by_text("You said Missions")).to_be_visible()
    assert len(server.office.accepted) == 2


async def test_ticks_are_shown_to_eyes_and_ears(context: BrowserContext, server: Server) -> None:
    page = await open_chat(context, server)
    await write(page, "ticks")
    food = page.get_by_role("button", name="Food")
    await expect(food).to_have_attribute("aria-pressed", "true")
    await expect(food.locator("svg")).to_be_visible()
    await expect(page.get_by_role("button", name="Craft")).to_have_attribute("aria-pressed", "false")


async def test_a_place_can_be_shared(browser: Browser, server: Server) -> None:
    context = await browser.new_context(
        permissions=["geolocation"], geolocation={"latitude": -6.6, "longitude": 106.8}
    )
    page = await open_chat(context, server)
    await write(page, "place")
    await page.get_by_role("button", name="Share where I am").click()
    await expect(page.get_by_text("Thank you")).to_be_visible()
    assert server.office.accepted[-1].content == SharedLocation(-6.6, 106.8)
    await context.close()


async def test_links_open_elsewhere_and_only_if_they_are_links(
    context: BrowserContext, server: Server
) -> None:
    page = await open_chat(context, server)
    await write(page, "link")
    button = page.get_by_role("link", name="The page")
    await expect(button).to_have_attribute("rel", "noopener noreferrer")
    in_text = page.get_by_role("link", name="https://example.org/a?b=1", exact=True)
    await expect(in_text).to_have_attribute("href", "https://example.org/a?b=1")
    await write(page, "bad link")
    await expect(page.get_by_text("Hm")).to_be_visible()
    assert await page.locator("a[href^=javascript]").count() == 0


@pytest.mark.parametrize(
    "name", ['<img src=x onerror="window.hit=1">', "<script>window.hit=1</script>", "$&{name}"]
)
async def test_what_people_write_stays_text(context: BrowserContext, server: Server, name: str) -> None:
    options = (Option("a", name, description=name), Option("b", "B"))
    server.office.answer = lambda content: Message(name, options, link=Link("https://example.org", name))
    server.office.write(address_of(TOKEN), "staff", message=Message(name), name=name)
    page = await open_kept_chat(context, server)
    await write(page, name)
    await expect(page.get_by_role("link", name=name)).to_be_visible()
    assert (await shown(page))[1:] == [f"She: {name}", f"Bot: {name}"]
    assert await page.evaluate("window.hit") is None


# --- a bad network ------------------------------------------------------------------------------------------


async def test_nothing_is_lost_or_repeated_when_the_server_restarts(
    context: BrowserContext, server: Server
) -> None:
    page = await open_chat(context, server)
    await write(page, "one")
    await expect(page.get_by_text("You said one")).to_be_visible()

    await server.stop()
    await write(page, "two")
    await write(page, "three")
    assert (await shown(page))[-2:] == ["She (unsent): two", "She (unsent): three"]
    await expect(page.locator("#retry")).to_be_visible()

    await server.start()
    await page.locator("#retry").click()
    await expect(page.get_by_text("You said three")).to_be_visible()
    await expect(page.locator("#retry")).to_be_hidden()
    assert said(server) == ["one", "two", "three"]
    assert (await shown(page))[1:] == [
        "She: one",
        "Bot: You said one",
        "She: two",
        "Bot: You said two",
        "She: three",
        "Bot: You said three",
    ]
    assert await page.evaluate("Object.keys(localStorage)") == ["kabari.token"]


async def test_what_was_taken_but_not_acknowledged_is_not_said_twice(
    context: BrowserContext, server: Server
) -> None:
    page = await open_chat(context, server)
    await expect(page.get_by_role("button", name="Missions")).to_be_visible()
    await page.evaluate("receive = () => {}")  # what the server says is lost
    await write(page, "halo")
    assert await page.evaluate("localStorage.length") == 2
    while said(server) != ["halo"]:
        await page.evaluate("1")
    await page.reload()
    await expect(page.get_by_text("You said halo")).to_be_visible()
    assert (await shown(page))[1:] == ["She: halo", "Bot: You said halo"]
    assert said(server) == ["halo"]


async def test_what_an_earlier_visit_could_not_send_is_sent_by_the_next(
    context: BrowserContext, server: Server
) -> None:
    page = await open_chat(context, server)
    await expect(page.get_by_role("button", name="Missions")).to_be_visible()
    await server.stop()
    await write(page, "from the ferry")
    await page.locator("#text").fill("a draft")
    await page.close()

    await server.start()
    page = await open_chat(context, server)
    await expect(page.get_by_text("You said from the ferry")).to_be_visible()
    assert said(server) == ["from the ferry"]


async def test_a_draft_survives_a_reload(context: BrowserContext, server: Server) -> None:
    page = await open_chat(context, server)
    await page.locator("#text").fill("Warung Sa")
    await page.reload()
    await expect(page.locator("#text")).to_have_value("Warung Sa")


async def test_the_page_works_where_it_may_keep_nothing(context: BrowserContext, server: Server) -> None:
    await context.add_init_script(
        """for (const name of ["localStorage", "sessionStorage"])
            Object.defineProperty(window, name, { get() { throw new Error("denied"); } });"""
    )
    page = await open_chat(context, server)
    await write(page, "halo")
    await expect(page.get_by_text("You said halo")).to_be_visible()


async def test_a_shared_phone_can_forget(context: BrowserContext, server: Server) -> None:
    page = await open_chat(context, server)
    await write(page, "my secret")
    await expect(page.get_by_text("You said my secret")).to_be_visible()
    await page.locator("#about summary").click()
    await page.locator("#forget").click()
    await expect(page.get_by_role("button", name="Missions")).to_be_visible()
    assert await page.get_by_text("my secret").count() == 0


async def test_who_reads_further_up_is_told_of_new_messages(context: BrowserContext, server: Server) -> None:
    for number in range(20):
        server.office.write(
            address_of(TOKEN), "bot", message=Message(f"Line {number}"), ago=timedelta(days=2)
        )
    page = await open_kept_chat(context, server)
    await expect(page.get_by_text("Line 19", exact=True)).to_be_in_viewport()
    await page.locator("#log").evaluate("(log) => { log.scrollTop = 0; }")
    await expect(page.get_by_text("Line 0", exact=True)).to_be_in_viewport()
    server.office.write(address_of(TOKEN), "bot", message=Message("News"))
    server.office.channel.wake(address_of(TOKEN))
    await expect(page.locator("#newest")).to_be_visible()
    await expect(page.get_by_text("News")).not_to_be_in_viewport()
    await page.locator("#newest").click()
    await expect(page.get_by_text("News")).to_be_in_viewport()
    await expect(page.locator("#newest")).to_be_hidden()


# --- files --------------------------------------------------------------------------------------------------


def a_photo(width: int, height: int) -> bytes:
    data = io.BytesIO()
    Image.effect_noise((width, height), 20).convert("RGB").save(data, "JPEG", quality=98)
    return data.getvalue()


def to_choose(name: str, mime: str, data: bytes) -> Any:
    return {"name": name, "mimeType": mime, "buffer": data}


async def test_a_big_photo_is_made_smaller_before_it_is_sent(
    context: BrowserContext, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.scripted_office.LARGEST", 10_000_000)
    page = await open_chat(context, server)
    photo = a_photo(2600, 1300)
    await page.locator("#files").set_input_files([to_choose("batik.jpg", "image/jpeg", photo)])
    await page.locator("#tray").get_by_role("button").click()
    await expect(page.locator("#tray")).to_be_hidden()
    files = [
        to_choose("batik.jpg", "image/jpeg", photo),
        to_choose("card.pdf", "application/pdf", b"%PDF-1.7"),
    ]
    await page.locator("#files").set_input_files(files)
    await expect(page.locator("#tray li")).to_have_count(2)
    await write(page, "My product")
    await expect(page.get_by_text("Got 2 files")).to_be_visible()

    kept = {mime: data for data, mime in server.office.media.values()}
    assert Image.open(io.BytesIO(kept["image/jpeg"])).size == (2000, 1000)
    assert len(kept["image/jpeg"]) < len(photo)
    await page.reload()
    picture = page.locator(".picture img")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("(image) => image.decode().then(() => image.naturalWidth)") == 2000
    async with page.expect_download() as download:
        await page.get_by_role("link", name=re.compile("card.pdf")).click()
    assert (await download.value).suggested_filename == "card.pdf"


async def test_files_are_refused_in_words(context: BrowserContext, server: Server) -> None:
    page = await open_chat(context, server)
    await page.locator("#files").set_input_files([to_choose("song.mp3", "audio/mpeg", b"x")])
    await expect(page.get_by_role("alert")).to_contain_text("song.mp3")
    many = [to_choose(f"{number}.pdf", "application/pdf", b"%PDF-1.7") for number in range(6)]
    await page.locator("#files").set_input_files(many)
    await expect(page.get_by_role("alert")).to_contain_text("5")
    await expect(page.locator("#tray li")).to_have_count(5)


# --- looks --------------------------------------------------------------------------------------------------


def fill(office: ScriptedOffice) -> None:
    """Write a chat with everything the page can show, and with words that are hard to fit."""
    address = address_of(TOKEN)
    long = "Pemberdayaanmasyarakatperikananberkelanjutan" * 2
    steering = (Option("back", "Back"), Option("skip", "Skip this question"), Option("help", "Help"))
    office.write(address, "bot", message=office.answer(Started()), ago=timedelta(days=1))
    office.write(address, "person", content=Said(long))
    office.write(address, "staff", message=Message(f"https://example.org/{long}"), name="Ibu Rina")
    for text in ("file", "link", "ticks", "sectors", "place"):
        office.write(address, "person", content=Said(text))
        office.write(address, "bot", message=office.answer(Said(text)))
    options = (Option("a", long[:40], description=long), Option("b", "Short"))
    office.write(address, "bot", message=Message(long, options, steering))


@pytest.mark.parametrize("text_size", ["100%", "200%"])
async def test_a_narrow_screen_needs_no_sideways_scrolling(
    browser: Browser, server: Server, text_size: str
) -> None:
    fill(server.office)
    context = await browser.new_context(viewport=SMALL)
    page = await open_kept_chat(context, server)
    await page.evaluate("(size) => { document.documentElement.style.fontSize = size; }", text_size)
    await page.locator("#about summary").click()
    await page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    await page.evaluate("showOffline()")
    widths = await page.evaluate(
        """() => ["html", "main", "header", "#composer", ".panel"].map((selector) => {
            const element = document.querySelector(selector);
            return element.scrollWidth - element.clientWidth;
        })"""
    )
    assert widths == [0, 0, 0, 0, 0]
    for part in ("#text", "#send"):
        await expect(page.locator(part)).to_be_in_viewport(ratio=1)
    await context.close()


FAINT_TEXTS = """() => {
    const parse = (colour) => colour.match(/[\\d.]+/g).map(Number).concat(1).slice(0, 4);
    const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
    const light = (rgb) => {
        const linear = (v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
        const [r, g, b] = rgb.map((value) => linear(value / 255));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const ground = (element) => {
        if (!element) return [255, 255, 255];
        const own = parse(getComputedStyle(element).backgroundColor);
        return own[3] === 1 ? own.slice(0, 3) : over(own, ground(element.parentElement));
    };
    const faint = [];
    for (const element of document.querySelectorAll("body *")) {
        const hasText = (node) => node.nodeType === 3 && node.data.trim();
        if (!Array.from(element.childNodes).some(hasText) || element.closest(".sr, svg")) continue;
        if (!element.getClientRects().length) continue;
        let opacity = 1;
        for (let one = element; one; one = one.parentElement) opacity *= getComputedStyle(one).opacity;
        const under = ground(element);
        const ink = parse(getComputedStyle(element).color);
        const [a, b] = [light(over([...ink.slice(0, 3), ink[3] * opacity], under)), light(under)];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (contrast < 4.5) faint.push(`${element.className || element.tagName}: ${contrast.toFixed(2)}`);
    }
    return faint;
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_all_text_can_be_read(browser: Browser, server: Server, scheme: Scheme) -> None:
    fill(server.office)
    context = await browser.new_context(viewport=PHONE, color_scheme=scheme)
    page = await open_kept_chat(context, server)
    await page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    await page.evaluate("() => { showOffline(); notice('Too large'); }")
    assert await page.evaluate(FAINT_TEXTS) == []
    await context.close()


@pytest.mark.parametrize(("scheme", "bright"), [("light", True), ("dark", False)])
async def test_the_page_is_dark_where_the_phone_is(
    browser: Browser, server: Server, scheme: Scheme, bright: bool
) -> None:
    fill(server.office)
    context = await browser.new_context(viewport=PHONE, color_scheme=scheme)
    page = await open_kept_chat(context, server)
    picture = Image.open(io.BytesIO(await page.screenshot()))
    level = picture.convert("L").resize((1, 1)).tobytes()[0]
    assert level > 160 if bright else level < 80
    await context.close()


async def test_everything_is_large_enough_for_a_finger(context: BrowserContext, server: Server) -> None:
    fill(server.office)
    page = await open_kept_chat(context, server)
    await page.evaluate("() => document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    await page.evaluate("showOffline()")
    small = await page.evaluate(
        """() => [...document.querySelectorAll("button, summary, label, textarea, input, a.file, a.link")]
            .filter((one) => one.id !== "files")
            .filter((element) => element.getClientRects().length)
            .map((element) => [element.textContent.trim(), element.getBoundingClientRect()])
            .filter(([, box]) => box.width < 44 || box.height < 44)
            .map(([text, box]) => `${text} ${box.width} ${box.height}`)"""
    )
    assert small == []


async def test_a_wide_screen_shows_a_phone_in_the_middle(browser: Browser, server: Server) -> None:
    context = await browser.new_context(viewport={"width": 1280, "height": 900})
    page = await open_chat(context, server)
    box = await page.locator(".phone").bounding_box()
    assert box
    assert box["width"] < 500
    assert abs(box["x"] + box["width"] / 2 - 640) < 1
    await context.close()


# --- on another site ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "way_out"),
    [
        ((1280, 900), "Escape"),
        ((1280, 900), "cross"),
        ((1280, 900), "button"),
        ((360, 740), "Escape"),
        ((360, 740), "cross"),
    ],
)
async def test_the_chat_opens_on_the_offices_own_site(
    browser: Browser, server: Server, size: tuple[int, int], way_out: str
) -> None:
    context = await browser.new_context(viewport={"width": size[0], "height": size[1]})
    page = await context.new_page()
    await page.goto(server.address("/site"))
    button = page.get_by_role("button", name=re.compile("Chat with Kantor Ekspor Bogor|Close the chat"))
    await button.focus()
    await page.keyboard.press("Enter")
    chat = page.frame_locator("iframe")
    await expect(chat.get_by_role("button", name="Missions")).to_be_visible()
    await expect(button).to_have_attribute("aria-expanded", "true")
    await chat.locator("#text").fill("halo")
    await page.keyboard.press("Enter")
    await expect(chat.get_by_text("You said halo")).to_be_visible()

    if way_out == "Escape":
        await page.keyboard.press("Escape")
    else:
        await (chat.locator("#close") if way_out == "cross" else button).click()
    await expect(page.locator("iframe")).to_be_hidden()
    await expect(button).to_be_focused()
    await expect(button).to_have_attribute("aria-expanded", "false")
    await context.close()
