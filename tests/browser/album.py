"""Pictures of each stage of a story, on a wide screen and on a phone, if somebody wants to look at them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import ViewportSize, expect

from tests.browser.desk import Desk

SHOTS = os.environ.get("LEADBELL_TEST_SCREENSHOTS", "")
WIDE: ViewportSize = {"width": 2000, "height": 960}
NARROW: ViewportSize = {"width": 390, "height": 844}
#: Three phones; with SHARP pixels to a point it is 1500 wide.
_POSTER: ViewportSize = {"width": 1200, "height": 860}
SHARP = 1.25


@dataclass(frozen=True, slots=True)
class Album:
    """Takes no pictures unless it has a folder."""

    folder: Path | None
    desk: Desk
    #: The same world on a phone.
    pocket: Desk | None

    async def stage(self, name: str, *, front: str, words: str = "") -> None:
        """Both screens; on the phone with `front` before the others once it shows `words`."""
        if self.folder is None:
            return
        await snap(self.desk, self.folder / f"{name}-wide.png")
        if self.pocket is not None:
            phone = await self.pocket.front(front)
            await phone.reads(words)
            await snap(self.pocket, self.folder / f"{name}-390.png")

    async def poster(self) -> None:
        """The picture of the README."""
        if self.folder is None:
            return
        await self.desk.page.set_viewport_size(_POSTER)
        await self.desk.phone("form").node.scroll_into_view_if_needed()
        await snap(self.desk, self.folder / "demo.png")
        await self.desk.page.set_viewport_size(WIDE)


async def snap(desk: Desk, path: Path) -> None:
    """One picture, when nothing turns any more."""
    await expect(desk.page.locator("[aria-busy=true]")).to_have_count(0)
    await desk.page.screenshot(path=path, animations="disabled", caret="hide")
