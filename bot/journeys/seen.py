"""A journey as it stands in the store, as a chart: which version runs, who is where, what came of it."""

from __future__ import annotations

from bot.cards import journey as cards
from bot.crm.company import Company
from bot.crm.company.journeys import Journey
from bot.journeys import picture
from bot.journeys.picture import Chart
from bot.store import Tx, enrollments, journeys

NOTE = "人数到现在为止，所有版本合计；“在这”是正停在这一步的人"
NOT_PUBLISHED = "还没有发布，按文件画"
INSIDE = "{state} · 第 {version} 版 · 现在里面 {n:,} 人"
_MOST = 3


async def chart(tx: Tx, company: Company, key: str, in_file: Journey) -> Chart:
    """What runs; what its file says where it was never published."""
    state = (await journeys.states(tx)).get(key)
    if state is None:
        return picture.with_numbers(in_file, company, (), {}) | {"subtitle": NOT_PUBLISHED}
    kept = await journeys.version(tx, key, state.version)
    standing, ended = await enrollments.standing(tx, key), await enrollments.ended(tx, key)
    most = sorted(ended.items(), key=lambda one: (-one[1], one[0]))[:_MOST]
    running = kept.definition if kept is not None else in_file
    found = picture.with_numbers(
        running, company, await enrollments.counts(tx, key), standing,
        ended="、".join(f"{cards.ENDS.get(how, how)} {n:,} 人" for how, n in most), note=NOTE,
    )  # fmt: skip
    inside = sum(standing.values())
    return found | {
        "subtitle": INSIDE.format(state=cards.STATES[state.state], version=state.version, n=inside)
    }
