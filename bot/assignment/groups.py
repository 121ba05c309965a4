"""Groups of colleagues: news, and what needs somebody to step in; never a customer's name or number.

A group is named in the configuration by its id, after its platform (`dingtalk:cid…`); without one it is
a group on WeCom, where we can make it ourselves, or one into which a webhook robot speaks.
"""

from __future__ import annotations

from bot.cards.texts import assignment as texts
from bot.chat.card import Card
from bot.chat.outbound import WEBHOOK, Notice, OpenGroup
from bot.store import incidents, logins, outbox, users
from bot.store.desk import Desk

#: Where groups without a platform's name are, and other platforms that a group may be on.
_HOME, _OTHERS = "wecom", frozenset({"dingtalk"})


async def post(
    desk: Desk, *, chat: str, name: str, key: str, card: Card | None = None, text: str = ""
) -> None:
    """Say it in a group; one of our own is made first, since an app writes into no other."""
    platform, _, rest = chat.partition(":")
    is_theirs = platform in _OTHERS and bool(rest)
    to = chat if is_theirs else f"{_HOME}:{chat}"
    members = await logins.accounts(desk.tx, platform if is_theirs else _HOME)
    if not members:
        # A company that is not on this platform has no such group, whatever the configuration says.
        await incidents.count(desk.tx, "group.skipped", "platform_unused", desk.now)
        return
    if not is_theirs and not chat.startswith(WEBHOOK):
        group = OpenGroup(chat_id=chat, name=name, members=members)
        await outbox.effect(desk, platform=_HOME, outgoing=group, key="group", lane_key=to)
    await outbox.post(desk, Notice(to=to, key=key, card=card, text=text, group=True))


async def tell_managers(desk: Desk, region: str, *, key: str, text: str) -> None:
    """Say it in the group of those who lead a region, if the company has one."""
    chat = desk.company.org.manager_chat_of(region or None)
    if chat and await users.above(desk.tx, region):
        await post(desk, chat=chat, name=texts.MANAGERS, key=f"group:{key}", text=text)
