"""A journey called by its name alone (暂停 白皮书), where nothing said that it is one."""

from __future__ import annotations

import re

from bot.crm.user import Role, User
from bot.journeys import publishing
from bot.store.desk import Desk
from bot.store.journeys import LIVE, PAUSED, STOPPED

_VERBS = {"暂停": PAUSED, "恢复": LIVE, "停止": STOPPED, "停掉": STOPPED}
_VERB = "|".join(_VERBS)
_SAID = re.compile(
    rf"(?P<before>{_VERB})\s*(?P<after>[^,，。;；!！?？\n]{{2,40}}?)|(?P<first>[^,，。;；!！?？\n]{{2,40}}?)\s*(?P<last>{_VERB})"
)
_WHO = frozenset({Role.MARKETER, Role.DIRECTOR, Role.EXECUTIVE})
_MOST = 4


async def named_journeys(desk: Desk, actor: User, said: str) -> tuple[list[str], str] | None:
    """Which ones he may have meant, by the name or how it begins, and what they shall do; None if none is."""
    found = _SAID.fullmatch(said.strip())
    if found is None or actor.role not in _WHO:
        return None
    word = (found["after"] or found["first"]).strip().lower()
    fitting, exact = [], []
    for key, one in (await publishing.definitions(desk.tx, desk.company)).items():
        called = [key, *(name.lower() for name in (one.name, *one.aliases))]
        if word in called:
            exact.append(one.name)
        elif any(name.startswith(word) for name in called):
            fitting.append(one.name)
    names = (exact or fitting)[:_MOST]
    return (names, _VERBS[found["before"] or found["last"]]) if names else None
