"""A journey as it stands in the store, as a chart: which version runs, who is where, what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.cards import journey as cards
from bot.crm.company import Company
from bot.crm.company.journeys import Journey
from bot.journeys import picture
from bot.journeys.picture import Chart
from bot.store import Tx, enrollments, journeys
from bot.store.enrollments import Count

NOTE = "每一步的人数只算这一版，到现在为止；“在这”是正停在这一步的人；结束的算所有版本"
ELSEWHERE = "；另有 {n:,} 人在别的版本上"
NOT_PUBLISHED = "还没有发布，按文件画"
INSIDE = "{state} · 第 {version} 版 · 现在里面 {n:,} 人"
_MOST = 3


@dataclass(frozen=True, slots=True)
class Numbers:
    """People at the steps of one version: in another the same name may be another step's."""

    counts: Sequence[Count]
    #: How many stand at each place.
    here: dict[str, int]
    #: How many are in the journey by other versions.
    elsewhere: int

    @property
    def inside(self) -> int:
        """How many are in it, by whatever version."""
        return sum(self.here.values()) + self.elsewhere


async def numbers(tx: Tx, key: str, version: int) -> Numbers:
    """Of this version, to this moment."""
    standing = await enrollments.standing(tx, key)
    return Numbers(
        [one for one in await enrollments.counts(tx, key) if one.version == version],
        {place: n for (number, place), n in standing.items() if number == version},
        sum(n for (number, _), n in standing.items() if number != version),
    )


async def chart(tx: Tx, company: Company, key: str, in_file: Journey) -> Chart:
    """What runs; what its file says where it was never published."""
    state = (await journeys.states(tx)).get(key)
    if state is None:
        return picture.with_numbers(in_file, company, (), {}) | {"subtitle": NOT_PUBLISHED}
    kept = await journeys.version(tx, key, state.version)
    found, ended = await numbers(tx, key, state.version), await enrollments.ended(tx, key)
    most = sorted(ended.items(), key=lambda one: (-one[1], one[0]))[:_MOST]
    running = kept.definition if kept is not None else in_file
    drawn = picture.with_numbers(
        running, company, found.counts, found.here,
        ended="、".join(f"{cards.ENDS.get(how, how)} {n:,} 人" for how, n in most),
        note=NOTE + (ELSEWHERE.format(n=found.elsewhere) if found.elsewhere else ""),
    )  # fmt: skip
    return drawn | {
        "subtitle": INSIDE.format(state=cards.STATES[state.state], version=state.version, n=found.inside)
    }
