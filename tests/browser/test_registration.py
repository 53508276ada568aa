"""The whole registration in the demo, on a phone's screen, with the keyboard alone and a restart in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.browser.chromium import CHROMIUM, PHONE, QUIET, needs_chromium
from tests.processes import free_port

pytestmark = needs_chromium

PICTURES = Path(__file__).parents[2] / "docs"
"""Where the README's pictures are; `--update` takes them anew."""

SIX = {
    "id": ["1", "setuju", "indonesia", "CV Kelapa Nusantara", "cv", "kelapa"],
    "ko": ["1", "동의합니다", "한국", "가나다 공방", "개인사업자", "공예품"],
    "en": ["1", "I agree", "Indonesia", "CV Kelapa Nusantara", "cv", "coconut"],
}
"""The first six answers, with which the process is killed."""
REST = {
    "id": ["jabar", "kota bogor", "lewati", "belum", "1, 5", "Siti Rahma", "0812-3456-7890", "kirim"],
    "ko": ["경기", "김포", "건너뛰기", "아직", "인도네시아, 말레이시아", "한지우", "010-1234-5678", "보내기"],
    "en": ["jabar", "kota bogor", "skip", "not yet", "korea, japan", "Siti Rahma", "0812-3456-7890", "send"],
}
OWN_NAME = {"id": "Bahasa Indonesia", "ko": "한국어", "en": "English"}


class Demo:
    """`kabari demo` in a process of its own, that can be killed and started again."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self._data = data
        self._start()

    def _start(self) -> None:
        command = [
            str(Path(sys.executable).with_name("kabari")),
            "demo",
            "--data",
            str(self._data),
            "--port",
            str(self.port),
        ]
        self._process = subprocess.Popen(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ}
        )
        for _attempt in range(200):
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=1):
                    return
            except (URLError, OSError):
                time.sleep(0.05)
        raise AssertionError("the demo did not come up")

    def kill_and_start(self) -> None:
        """Kill it as a power cut would, and start it again."""
        self._process.kill()
        self._process.wait()
        self._start()

    def stop(self) -> None:
        """Ask it to stop, and see that it does."""
        self._process.send_signal(signal.SIGTERM)
        assert self._process.wait(15) == 0


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    running = Demo(tmp_path / "demo")
    yield running
    running.stop()


@asynccontextmanager
async def open_page(language: str, demo: Demo) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = await browser.new_page(viewport=PHONE, locale=language, device_scale_factor=1.5)
        problems: list[str] = []
        page.on("pageerror", lambda error: problems.append(str(error)))
        await page.goto(f"http://127.0.0.1:{demo.port}/chat")
        try:
            yield page
        finally:
            await browser.close()
        assert problems == []


async def answer(page: Page, answers: Sequence[str]) -> None:
    """Type answers one after the other, each once the bot has answered the one before."""
    for each in answers:
        before = await page.locator("#log .message.bot:not(#typing)").count()
        await page.keyboard.type(each)
        await page.keyboard.press("Enter")
        await expect(page.locator("#log .message.bot:not(#typing)")).to_have_count(before + 1, timeout=15_000)


@pytest.mark.parametrize("language", ["id", "ko", "en"])
async def test_register_with_the_keyboard_through_a_power_cut(
    language: str, demo: Demo, request: pytest.FixtureRequest
) -> None:
    async with open_page(language, demo) as page:
        await expect(page.get_by_role("button", name=OWN_NAME[language])).to_be_visible()
        await answer(page, [OWN_NAME[language], *SIX[language][:4]])
        if request.config.getoption("--update"):
            await page.wait_for_timeout(500)
            await page.screenshot(path=PICTURES / f"chat-{language}.png")
        await answer(page, SIX[language][4:])
        demo.kill_and_start()
        await answer(page, REST[language])
        text = await page.locator("#log .message.bot:not(#typing)").last.inner_text()
        assert any(word in text for word in ("terdaftar", "등록", "registered")), text
        wide = await page.evaluate("document.documentElement.scrollWidth")
        assert wide <= PHONE["width"]
        await page.reload()
        await expect(page.locator("#log .message.bot:not(#typing)").last).to_contain_text(
            text.strip().splitlines()[0][:30]
        )
