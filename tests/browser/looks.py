"""Whether a page can be read: contrast, glyphs, nothing cut off, nothing beside the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.async_api import Frame, Page, expect

from tests.browser.desk import Desk

_SCRIPT = (Path(__file__).parent / "looks.js").read_text(encoding="utf-8")


async def can_be_read(desk: Desk) -> None:
    """Look at all that is shown now, the company's page in its frame included."""
    await expect(desk.page.locator("[aria-busy=true]")).to_have_count(0)
    for frame in desk.page.frames:
        if await _is_shown(frame):
            found = await frame.evaluate(_SCRIPT)
            assert not found["troubles"], "\n".join([frame.url, *found["troubles"]])
            assert found["texts"] > 0
            assert found["sees"] == {"missing": True, "present": True, "different": True}


async def seen_troubles(page: Page) -> list[str]:
    """What cannot be read on a page of its own."""
    found = await page.evaluate(_SCRIPT)
    return [str(one) for one in found["troubles"]]


async def fonts(desk: Desk, selector: str) -> set[str]:
    """The families that the browser really drew this element's signs with."""
    session = await desk.page.context.new_cdp_session(desk.page)
    await session.send("DOM.enable")
    await session.send("CSS.enable")
    root: dict[str, Any] = await session.send("DOM.getDocument")
    node = await session.send("DOM.querySelector", {"nodeId": root["root"]["nodeId"], "selector": selector})
    used = await session.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})
    await session.detach()
    return {font["familyName"] for font in used["fonts"]}


async def _is_shown(frame: Frame) -> bool:
    if frame.parent_frame is None:
        return True
    return await (await frame.frame_element()).is_visible()
