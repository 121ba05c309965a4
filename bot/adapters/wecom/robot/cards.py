"""A card as the robot may show it: the app's, narrower, without links among the buttons.

https://developer.work.weixin.qq.com/document/path/101032
"""

from __future__ import annotations

import structlog

from bot.adapters.wecom import codes
from bot.adapters.wecom.card_parts import ROBOT, Json
from bot.adapters.wecom.cards import checked_task_id, draw, has_calls, without_calls
from bot.chat.card import Card

_log = structlog.get_logger()


def drawn(
    card: Card, *, sealed: tuple[str, ...], task_id: str, home_url: str, before: Card | None = None
) -> Json:
    """Draw it; PlatformRejectedError if it cannot be shown."""
    shown = draw(card, sealed=sealed, task_id=task_id, home_url=home_url, before=before, size=ROBOT)
    template = {**shown.template_card, "task_id": checked_task_id(task_id)}
    if has_calls(template):
        # A robot's card dials nothing; the number still stands there.
        template = without_calls(template)
    return _without_links(template, card.kind)


def _without_links(template: Json, kind: str) -> Json:
    """Take links from among the buttons; the first becomes where the whole card leads."""
    buttons = template.get("button_list")
    if not buttons:
        return template
    links = [button["url"] for button in buttons if "url" in button]
    pressed = [{k: v for k, v in button.items() if k != "type"} for button in buttons if "url" not in button]
    if not pressed:
        codes.refuse("card", f"{kind}: a robot's card needs a button that is no link")
    changed = {**template, "button_list": pressed}
    if links and "card_action" not in template:
        changed["card_action"] = {"type": 1, "url": links.pop(0)}
    if links:
        _log.warning("card.cut", platform=codes.PLATFORM, kind=kind, what="links", given=len(links), shown=0)
    return changed
