"""Numbers for other systems: which there are, a query answered, a question in Chinese answered.

Every number is somebody's view. The key is bound to a colleague, or each request names one in `as`; his
rights are those of the chat, and they are asked for anew each time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from aiohttp import web
from pydantic import ValidationError

from bot.crm.metrics.metric import Metric
from bot.crm.metrics.registry import METRICS
from bot.crm.user import Role, User
from bot.insight.answers.answer_question import answer_question
from bot.insight.answers.company_words import asker_of, lexicon_of
from bot.insight.ask.answer import Understood
from bot.insight.ask.asking import Listener
from bot.insight.ask.batch import as_json
from bot.insight.ask.echo import echo
from bot.insight.ask.lexicon import Lexicon
from bot.intake.clean.form import FieldError
from bot.kit.clock import Monotonic
from bot.store import Tx, users
from bot.store.desk import Desk
from bot.store.metrics.guard import Breach, NotPermittedError
from bot.store.metrics.registry import is_recorded
from bot.store.metrics.statement import NoSuchDimensionError
from bot.web.api.access import Caller
from bot.web.api.metric_models import Answer, MetricOut, Metrics, Numbers, QueryIn
from bot.web.api.metric_query import query_of
from bot.web.api.operation import Asked
from bot.web.api.problem import Refused, document, invalid
from bot.web.limit import Limit, Verdict
from bot.web.site import Site

#: Questions of one key in a minute: a number costs more than a lead.
PER_MINUTE = 120
_LONGEST_QUERY = 8_000
NOT_ALLOWED = "这个数字不在你的查看范围内。"


class MetricsApi:
    """Handlers of numbers."""

    def __init__(self, site: Site, *, monotonic: Monotonic) -> None:
        self._site = site
        self._limit = Limit(monotonic, most=PER_MINUTE, within=60)

    async def all(self, _asked: Asked) -> web.Response:
        """Every metric with its definition."""
        custom = [one.key for one in self._site.company.fields.custom]
        return document(Metrics(data=[_metric(one, custom) for one in METRICS.values()]))

    async def query(self, asked: Asked) -> web.Response:
        """The rows of a query in the body."""
        return await self._rows(asked.caller, asked.body)

    async def query_in_address(self, asked: Asked) -> web.Response:
        """The rows of a query in the address, for whoever can only GET."""
        text = asked.request.query.get("query", "")
        if not text or len(text) > _LONGEST_QUERY:
            raise Refused(422, errors=[FieldError("query", "a query as JSON, up to 8000 signs")])
        try:
            return await self._rows(asked.caller, QueryIn.model_validate(orjson.loads(text)))
        except ValidationError as exc:
            raise invalid(exc) from exc
        except (ValueError, RecursionError) as exc:
            raise Refused(422, errors=[FieldError("query", "malformed JSON")]) from exc

    async def ask(self, asked: Asked) -> web.Response:
        """What the chat would answer."""
        self._take(asked.caller)
        turns = [*asked.body.turns, *([asked.body.question] if asked.body.question else [])]
        if not turns:
            raise Refused(422, errors=[FieldError("question", "a question, or turns")])
        async with self._site.store.read() as tx:
            desk = self._site.desk(tx)
            viewer = await _viewer(tx, asked.caller, asked.body.person)
            lexicon = lexicon_of(desk.company, await users.everybody(tx))
        # The model may take its time: no connection to the database waits for it.
        listener = Listener(lexicon, desk.now, desk.company.org.zone, self._site.model)
        found = await listener.answer(turns, asker_of(viewer))
        shown: dict[str, Any] = {**as_json(found), "rows": [], "chart": None}
        if isinstance(found, Understood):
            async with self._site.store.read() as tx:
                shown |= await _answered(replace(desk, tx=tx), found, viewer, lexicon)
        return document(Answer(**{key: shown[key] for key in Answer.model_fields}))

    async def _rows(self, caller: Caller, given: QueryIn) -> web.Response:
        self._take(caller)
        async with self._site.store.read() as tx:
            desk = self._site.desk(tx)
            viewer = await _viewer(tx, caller, given.person)
            lexicon = lexicon_of(desk.company, await users.everybody(tx))
            today = desk.now.astimezone(desk.company.org.zone).date()
            query = query_of(given, asker_of(viewer), today)
            words = echo(query, lexicon)
            try:
                found = await answer_question(
                    tx, query, asker=viewer, company=desk.company, lexicon=lexicon, words=words, now=desk.now
                )
            except NotPermittedError as exc:
                raise _refused(exc) from exc
            except NoSuchDimensionError as exc:
                raise Refused(422, errors=[FieldError("by", "these do not go together")]) from exc
        told = {one.id: one.definition for one in query.definitions()}
        return document(
            Numbers(
                query=query.to_json(), words=words, rows=list(found.rows), definitions=told, as_of=desk.now
            )
        )

    def _take(self, caller: Caller) -> None:
        if self._limit.take(caller.name) is not Verdict.OPEN:
            raise Refused(429, "too many questions", headers={"Retry-After": "60"})


async def _viewer(tx: Tx, caller: Caller, named: str | None) -> User:
    """In whose view; Refused if the key is another one's, or he is not here."""
    if caller.person and named not in {None, caller.person}:
        raise Refused(403, "this key is another person's")
    user_id = caller.person or named
    if not user_id:
        raise Refused(422, errors=[FieldError("as", "the user id of the person whose view it is")])
    found = await users.find(tx, user_id)
    if found is None or not found.active:
        raise Refused(403, "no such person, or no longer here")
    return found


async def _answered(desk: Desk, found: Understood, viewer: User, lexicon: Lexicon) -> dict[str, Any]:
    try:
        answered = await answer_question(
            desk.tx, found.query, asker=viewer, company=desk.company, lexicon=lexicon, words=found.words,
            now=desk.now,
        )  # fmt: skip
    except NotPermittedError:
        return {"status": "refused", "query": None, "reply": NOT_ALLOWED}
    return {"reply": answered.reply, "rows": list(answered.rows), "chart": answered.chart}


def _refused(exc: NotPermittedError) -> Refused:
    if exc.breach is Breach.DIMENSION:
        return Refused(422, errors=[FieldError("by", "a metric does not take one of these dimensions")])
    return Refused(403, "not this person's to see")


def _metric(one: Metric, custom: list[str]) -> MetricOut:
    takes = [*one.dimensions, *(() if one.is_snapshot else one.time_units)]
    own = [key for key in custom if one.takes(key)]
    return MetricOut(
        id=one.id, name=one.name, words=list(one.words), definition=one.definition, is_not=one.is_not,
        unit=one.unit.value, kind=one.kind.value, subject=one.subject.value,
        roles=[role.value for role in Role if one.open_to(role)],
        dimensions=[*sorted(key.value for key in takes), *own],
        recorded=is_recorded(one.id),
    )  # fmt: skip
