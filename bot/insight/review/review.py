"""Why deals were lost or won: reasons by source, product and person, where and after how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from bot.crm.amount import say_amount
from bot.crm.company import Company
from bot.crm.metrics.dimension import Dimension, dimension_name
from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.insight import charts, names
from bot.insight.ask.lexicon import Lexicon
from bot.insight.review import words as review_words
from bot.store.metrics.guard import Permit, permit
from bot.store.metrics.sums import Key
from bot.store.reads import review as reads
from bot.store.reads.review import Ended
from bot.store.tx import Tx

KINDS: Mapping[str, str] = {"lost": reads.LOST, "won": reads.WON}
_CUTS = (Dimension.SOURCE.value, Dimension.PRODUCT.value, Dimension.OWNER.value)
_REASON = Dimension.LOST_REASON.value


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The text, the picture, and the reasons worth a button, the most frequent first."""

    lines: tuple[str, ...]
    reasons: tuple[str, ...] = ()
    chart: dict[str, Any] | None = None
    is_empty: bool = False


@dataclass(frozen=True, slots=True)
class _Asked:
    tx: Tx
    kind: str
    allowed: Permit
    period: Period
    lexicon: Lexicon
    now: datetime

    def say(self, amount: Decimal) -> str:
        return say_amount(amount, self.allowed.company.org.currency)

    async def ended(self, kind: str, by: tuple[str, ...] = ()) -> dict[Key, Ended]:
        return await reads.ended(self.tx, self.allowed, KINDS[kind], self.period, by, now=self.now)


async def review(
    tx: Tx,
    query: Query,
    kind: str,
    *,
    viewer: User,
    company: Company,
    lexicon: Lexicon,
    words: str,
    now: datetime,
) -> Reviewed:
    """All of it; NotPermittedError if he may not ask. `query` is one about lost or won deals."""
    allowed = await permit(tx, query, viewer, company)
    assert query.period is not None  # noqa: S101 - both are counted in a period
    asked = _Asked(tx, kind, allowed, query.period, lexicon, now)
    both = {one: (await asked.ended(one)).get((), Ended()) for one in KINDS}
    title = review_words.title(kind, words)
    if not both[kind].count:
        return Reviewed((title, review_words.NOTHING[kind]), is_empty=True)
    closed = (await reads.closed(tx, allowed, query.period, (), now=now)).get((), 0)
    why = _sorted(await asked.ended("lost", (_REASON,))) if kind == "lost" else []
    lines = [title, review_words.whole(kind, both[kind], closed, both["won"].count, asked.say)]
    if why:
        lines.append(review_words.reasons(why, both["lost"].count, asked.say))
    lines += [await _cut(asked, by) for by in _CUTS if _may_cut(viewer, by)]
    if kind == "lost":
        found = await reads.lost_from(tx, allowed, query.period, now=now)
        lines.append(review_words.stages(sorted(found.items(), key=lambda row: (-row[1], row[0]))))
    lines += [review_words.cycle(both["lost"], both["won"]), review_words.definition(kind)]
    return Reviewed(tuple(lines), tuple(name for name, _ in why if name), await _chart(asked, title, why))


def _may_cut(viewer: User, by: str) -> bool:
    """A marketer sees nobody's own numbers; a rep need not be told that all is his."""
    return by != Dimension.OWNER.value or viewer.role not in {Role.MARKETER, Role.REP}


async def _cut(asked: _Asked, by: str) -> str:
    """Where most of them were, each with its main reason."""
    mine = await asked.ended(asked.kind, (by,))
    closed = await reads.closed(asked.tx, asked.allowed, asked.period, (by,), now=asked.now)
    why = await asked.ended("lost", (by, _REASON)) if asked.kind == "lost" else {}
    rows = []
    for name, one in _sorted(mine):
        reasons = _sorted({(key[1],): found for key, found in why.items() if key[0] == name and key[1]})
        main = reasons[0][0] if reasons and reasons[0][1].count > 1 else ""
        shown = names.shown(by, name, asked.lexicon)
        rows.append((shown, one.count, closed.get((name,), one.count), main))
    return review_words.cut(dimension_name(by), asked.kind, rows)


async def _chart(asked: _Asked, title: str, why: list[tuple[str, Ended]]) -> dict[str, Any]:
    by_source = Dimension.SOURCE.value
    rows = why or _sorted(await asked.ended(asked.kind, (by_source,)))
    labels = [name or review_words.NOT_KNOWN for name, _ in rows[:8]]
    name = "输单原因（单）" if why else "赢单来源（单）"
    return charts.ranking_chart(title, labels, [one.count for _, one in rows[:8]], name=name, subtitle=name)


def _sorted(found: Mapping[Key, Ended]) -> list[tuple[str, Ended]]:
    """The most frequent first."""
    return sorted(((key[0], one) for key, one in found.items()), key=lambda row: (-row[1].count, row[0]))
