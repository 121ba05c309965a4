"""What the pages and files of records are made of: the question asked anew, with the rights of now."""

from __future__ import annotations

from dataclasses import dataclass

import orjson
from aiohttp import web

from bot.crm.metrics.metric import Metric
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Query
from bot.insight.answers.answer_question import Answered, answer_question
from bot.insight.answers.narrowing import narrowed
from bot.insight.ask.echo import echo
from bot.insight.records.sheet import Sheet, sheet
from bot.store import Tx
from bot.store.metrics.guard import NotPermittedError, permit
from bot.store.metrics.listing import kind_of
from bot.store.metrics.statement import NoSuchDimensionError
from bot.web.pages import insight_texts as texts
from bot.web.pages.insight_door import InsightDoor, Visit
from bot.web.site import Site

_LAST = 10_000


@dataclass(frozen=True, slots=True)
class Looked:
    """What there is to see: the answer as it is now, and some of the records of one of its metrics."""

    query: Query
    metric: Metric
    answered: Answered
    sheet: Sheet | None
    #: The question in words, and for each line of the answer the question about that line.
    words: str
    narrower: tuple[Query | None, ...]


class Records:
    """Reads answers and the records behind them."""

    def __init__(self, site: Site, door: InsightDoor) -> None:
        self._site = site
        self._door = door

    async def look(self, visit: Visit, wanted: str, *, most: int, skipped: int = 0) -> Looked | web.Response:
        """The answer and some records of the metric `wanted`; else the page that says why not."""
        query = _query(visit)
        if query is None:
            return self._door.message(404, texts.UNKNOWN)
        try:
            async with self._site.store.read() as tx:
                return await self._read(tx, visit, query, wanted, most=most, skipped=skipped)
        except (NotPermittedError, NoSuchDimensionError):
            await self._door.note(visit.viewer.id, "numbers.refused", "rows")
            return self._door.message(403, texts.NOT_ALLOWED)

    async def _read(
        self, tx: Tx, visit: Visit, query: Query, wanted: str, *, most: int, skipped: int
    ) -> Looked:
        desk, viewer = self._site.desk(tx), visit.viewer
        lexicon = await self._door.people(tx)
        words = echo(query, lexicon)
        answered = await answer_question(
            tx, query, asker=viewer, company=desk.company, lexicon=lexicon, words=words, now=desk.now
        )
        metric_id = _chosen(query, wanted)
        allowed = await permit(tx, query, viewer, desk.company)
        found = await sheet(desk, allowed, viewer, metric_id, query.period, most=most, skipped=skipped)
        narrower = tuple(narrowed(query, line) for line in answered.rows) if query.by else ()
        return Looked(query, METRICS[metric_id], answered, found, words, narrower)


def _query(visit: Visit) -> Query | None:
    """What the link asks; None for the words of another version."""
    try:
        return Query.from_json(orjson.loads(visit.link.question))
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _chosen(query: Query, wanted: str) -> str:
    """The metric whose records are shown: the one chosen, else the first that has some."""
    if wanted in query.metrics:
        return wanted
    return next((one for one in query.metrics if kind_of(one) is not None), query.metrics[0])


def page_number(said: str) -> int:
    """The page that was asked for; the first for anything that is no number."""
    return min(max(int(said), 1), _LAST) if said.isascii() and said.isdigit() and len(said) <= 5 else 1  # noqa: PLR2004
