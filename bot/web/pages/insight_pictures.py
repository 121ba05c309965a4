"""Pictures on a page: the same SVG that goes into chats, inside the page itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from bot.insight.pictures import draw


def picture(chart: Mapping[str, Any] | None) -> Markup:
    """SVG that may stand in a page as it is; empty where there is nothing to draw."""
    # Ours alone: `draw` escapes every text and leaves out styles, scripts and links.
    return Markup() if chart is None else Markup(draw(chart))  # noqa: S704 - see above
