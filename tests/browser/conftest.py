"""A real browser before the running demo; whatever goes wrong on the page fails the test."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser import demo as demos
from tests.browser.album import NARROW, SHARP, SHOTS, WIDE, Album
from tests.browser.demo import Demo
from tests.browser.desk import Desk, opened
from tests.conftest import ROOT

_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
Window = Callable[..., AbstractAsyncContextManager[Desk]]


def _chromium() -> str:
    found = shutil.which("chromium") or shutil.which("google-chrome")
    if found is None:
        pytest.fail(
            "Chromium is missing: install the package chromium, or run `make browser`.", pytrace=False
        )
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Browser]:
    """The browser of this machine; no other is downloaded."""
    path = _chromium()
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=_FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the shipped settings; a copy that a module may change before its demo starts."""
    return Path(shutil.copytree(ROOT / "config", tmp_path_factory.mktemp("company") / "config"))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(company: Path) -> AsyncIterator[Demo]:
    """One for all tests of a module: to start it takes longer than they do."""
    async with demos.running(company.parent, company) as running:
        yield running


@pytest.fixture
def window(browser: Browser, demo: Demo) -> Window:
    """Open the page in a window of its own; troubles are told when it closes."""

    @contextlib.asynccontextmanager
    async def open_window(**options: Any) -> AsyncIterator[Desk]:
        context = await browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce", **options
        )
        desk = await opened(context, demo)
        yield desk
        troubles = desk.watch.troubles
        await context.close()
        assert troubles == []

    return open_window


@pytest_asyncio.fixture(loop_scope="module")
async def desk(window: Window) -> AsyncIterator[Desk]:
    """All five phones side by side."""
    async with window(viewport=WIDE, device_scale_factor=SHARP if SHOTS else 1) as opened_desk:
        yield opened_desk


@pytest_asyncio.fixture(loop_scope="module")
async def pocket(window: Window) -> AsyncIterator[Desk]:
    """The page on a phone whose owner likes dark screens: it stays light all the same."""
    async with window(viewport=NARROW, device_scale_factor=2, has_touch=True, color_scheme="dark") as one:
        yield one


@pytest.fixture
def folder() -> Path | None:
    """Where pictures go, if anybody wants some."""
    if not SHOTS:
        return None
    path = Path(SHOTS)
    path.mkdir(parents=True, exist_ok=True)
    return path


@pytest_asyncio.fixture(loop_scope="module")
async def album(desk: Desk, folder: Path | None, window: Window) -> AsyncIterator[Album]:
    if folder is None:
        yield Album(None, desk, None)
        return
    async with window(viewport=NARROW, device_scale_factor=2, has_touch=True) as second:
        yield Album(folder, desk, second)
