"""Links in what a colleague sends to many: all read the same words, so a click tells the batch alone."""

from __future__ import annotations

from bot.rules.content_links import Addresses
from bot.rules.content_mail import with_links
from bot.store import group_messages, touch_texts
from bot.store.desk import Desk
from bot.store.group_messages import Group


async def on_wire(desk: Desk, group: Group) -> str:
    """The words of a task with addresses of ours, each time the same; where they lead is kept by `keep`."""
    return (await _tracked(desk, group))[0]


async def keep(desk: Desk, group: Group) -> str:
    """As `on_wire`, and kept: before the task is made."""
    text, links = await _tracked(desk, group)
    await touch_texts.keep_links(desk, links)
    return text


async def _tracked(desk: Desk, group: Group) -> tuple[str, dict[str, str]]:
    plain = await group_messages.text_of(desk, group.id)
    base_url = desk.company.doors.base_url
    if not base_url:
        return plain, {}
    addresses, links = Addresses(desk.vault, base_url, f"{touch_texts.BATCH}{group.id}"), dict[str, str]()

    def tracked(url: str) -> str:
        address, link_id = addresses.link(url)
        links[link_id] = url
        return address

    return with_links(plain, tracked), links
