"""What a language model makes of a question that the grammar does not understand, if that is a query.

Sent are the question without names, what metrics and dimensions are called, and the day. What comes
back goes the same way as a question that was understood: one meaning for each name, then the rights.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from typing import Any

from bot.crm.metrics.dimension import TIME_UNITS, Dimension, dimension_name
from bot.crm.metrics.registry import METRICS
from bot.crm.query import FUNNEL, Compare, Order, Period, Query, Rank
from bot.crm.user import Role
from bot.insight.ask import rights, texts
from bot.insight.ask.answer import Answer, Clarify, Refused, Understood
from bot.insight.ask.conversation import Conversation
from bot.insight.ask.draft import Draft
from bot.insight.ask.echo import echo
from bot.insight.ask.lexicon import Asker, Lexicon
from bot.insight.ask.masked import Masked, choices_of, masked
from bot.insight.ask.meanings import Mention
from bot.insight.ask.normalise import squeeze
from bot.insight.ask.said import Choice, Spoken
from bot.insight.ask.settle import Settler
from bot.insight.ask.translator import Model, NoAnswer

D = Dimension
_KEYS = frozenset({"metrics", "by", "where", "from", "to", "compare", "rank", "view"})
_UNITS = frozenset(unit.value for unit in TIME_UNITS)
_ATTRIBUTIONS = frozenset({"last", "linear"})
_MOST_METRICS, _MOST_BY, _MOST_VALUES, _MOST_LIMIT, _MOST_IDLE = 5, 3, 20, 100, 3650
_FENCE = re.compile(r"\A\s*```(?:json)?\s*|\s*```\s*\Z")
#: A year in which somebody may be selling something.
_YEARS = range(2000, 2101)


class _NotAQueryError(ValueError):
    """What the model said is none; never leaves this file."""


async def translate(
    model: Model, text: str, *, asker: Asker, lexicon: Lexicon, now: datetime, tz: tzinfo
) -> tuple[Conversation, Answer] | None:
    """The conversation and the answer after the model's reading; None if it has none that may be asked."""
    if asker.role is Role.ADMIN:
        return None
    today = now.astimezone(tz).date()
    question = masked(text, lexicon)
    said = question.text if not model.knows_people else squeeze(text)
    found = await model.complete(prompt(asker, lexicon, today, names=model.knows_people), said)
    if isinstance(found, NoAnswer):
        await model.failed(found)
        return None
    try:
        draft = draft_of(found, question, lexicon, asker)
    except _NotAQueryError:
        await model.failed(NoAnswer.NOT_A_QUERY)
        return None
    return _settled(draft, Settler(asker, lexicon, today), asker=asker, lexicon=lexicon, now=now)


def _settled(
    draft: Draft, settler: Settler, *, asker: Asker, lexicon: Lexicon, now: datetime
) -> tuple[Conversation, Answer] | None:
    """Rights and rules are the same for a question that the model has read."""
    settled = settler.settle(draft)
    if isinstance(settled, Query):
        words = echo(settled, lexicon) + texts.BY_MODEL
        return Conversation(draft=draft, asked_at=now), Understood(settled, words)
    if settled.is_refused:
        return Conversation(asked_at=now), Refused(texts.REFUSED[asker.role])
    if settled.is_unknown:
        return None
    asked = Conversation(options=settled.options, pending=draft, asked_at=now)
    return asked, Clarify(settled.reply + texts.BY_MODEL, tuple(one.label for one in settled.options))


def prompt(asker: Asker, lexicon: Lexicon, today: date, *, names: bool) -> str:
    """What the model is told: nothing of customers, and names of colleagues only if that was allowed."""
    metrics = "\n".join(
        f"{one.id} {one.name}: {one.definition}" for one in METRICS.values() if one.open_to(asker.role)
    )
    dimensions = ", ".join(
        [*(f"{key.value}({dimension_name(key.value)})" for key in D)]
        + [f"{key}({label})" for key, label in lexicon.labels.items()]
    )
    people = ""
    if names:
        seen = [one.name for one in lexicon.people if rights.may_see_person(asker, one)]
        people = f"\n可以问到的人: {'、'.join(dict.fromkeys(seen))}"
    return (
        texts.model_prompt(
            metrics=metrics,
            dimensions=dimensions,
            today=f"{today.isoformat()} 星期{'一二三四五六日'[today.weekday()]}",
        )
        + people
    )


def draft_of(said: str, question: Masked, lexicon: Lexicon, asker: Asker) -> Draft:
    """Read what the model said, strictly: anything that is not in the shape of a query is no query."""
    shape = _shape(said)
    metrics = _texts(shape, "metrics", _MOST_METRICS)
    by = _texts(shape, "by", _MOST_BY)
    where = shape.get("where") or {}
    _need(bool(metrics) and all(one in METRICS and METRICS[one].open_to(asker.role) for one in metrics))
    _need(all(key in {*D, *lexicon.labels} for key in by) and isinstance(where, dict))
    _need(shape.get("view") in {None, FUNNEL} and (shape.get("view") is None or FUNNEL in metrics))
    idle, attribution = _settings(where)
    named = [
        _named(key, value, question, lexicon)
        for key, values in where.items()
        if key not in {"idle_days", "attribution"}
        for value in _values(key, values, lexicon)
    ]
    _need(_says_whom(question, named))
    return Draft(
        metrics=tuple((one,) for one in metrics),
        by=tuple((key,) for key in by),
        named=tuple(dict.fromkeys(named)),
        period=_period(shape),
        compare=_compare(shape.get("compare")),
        rank=_rank(shape.get("rank")),
        idle_days=idle,
        attribution=attribution,
    )


def _need(holds: object) -> None:
    if not holds:
        raise _NotAQueryError


def _shape(said: str) -> dict[str, Any]:
    try:
        shape = json.loads(_FENCE.sub("", said))
    except (ValueError, RecursionError) as error:
        raise _NotAQueryError from error
    if not isinstance(shape, dict) or not set(shape) <= _KEYS:
        raise _NotAQueryError
    return shape


def _texts(shape: Mapping[str, Any], key: str, most: int) -> tuple[str, ...]:
    values = shape.get(key) or []
    _need(isinstance(values, list) and len(values) <= most and all(isinstance(one, str) for one in values))
    return tuple(dict.fromkeys(values))


def _settings(where: Mapping[str, Any]) -> tuple[int | None, str | None]:
    idle, attribution = where.get("idle_days"), where.get("attribution")
    if idle is not None:
        _need(isinstance(idle, list) and len(idle) == 1 and type(idle[0]) is int and 0 < idle[0] < _MOST_IDLE)
    if attribution is not None:
        _need(isinstance(attribution, list) and len(attribution) == 1 and attribution[0] in _ATTRIBUTIONS)
    return (idle[0] if idle else None), (attribution[0] if attribution else None)


def _values(key: str, values: object, lexicon: Lexicon) -> list[str]:
    known = {*(one.value for one in D), *lexicon.labels} - _UNITS
    _need(key in known and isinstance(values, list) and 0 < len(values) <= _MOST_VALUES)
    if not isinstance(values, list) or not all(isinstance(one, str) for one in values):
        raise _NotAQueryError
    return values


def _named(key: str, value: str, question: Masked, lexicon: Lexicon) -> Spoken:
    """A name that exists, by its mask or by its word; a name that nobody bears is no query."""
    if key == D.OWNER:
        choices = question.people.get(value.strip()) or choices_of(value, lexicon)
    else:
        choices = _known(key, value, lexicon)
    _need(choices)
    return Spoken(choices)


def _known(key: str, value: str, lexicon: Lexicon) -> tuple[Choice, ...]:
    if value in lexicon.values.get(key, ()):
        return ((key, value),)
    meant = lexicon.words.meanings.get(squeeze(value), ())
    return tuple(
        choice
        for meaning in meant
        if isinstance(meaning, Mention)
        for choice in meaning.choices
        if choice[0] == key
    )


def _says_whom(question: Masked, named: list[Spoken]) -> bool:
    """Whether everybody named in the question is in the filter: a condition is never dropped."""
    said = {choice for one in named for choice in one.choices}
    return all(set(choices) <= said for choices in question.people.values())


def _period(shape: Mapping[str, Any]) -> Period | None:
    begins, ends = shape.get("from"), shape.get("to")
    if begins is None and ends is None:
        return None
    _need(isinstance(begins, str) and isinstance(ends, str))
    try:
        period = Period(date.fromisoformat(str(begins)), date.fromisoformat(str(ends)))
    except ValueError as error:
        raise _NotAQueryError from error
    _need(period.begins < period.ends and {period.begins.year, period.ends.year} <= set(_YEARS))
    return period


def _compare(said: object) -> Compare | None:
    if said is None:
        return None
    _need(said in {one.value for one in Compare})
    return Compare(str(said))


def _rank(said: object) -> Rank | None:
    if said is None:
        return None
    if not isinstance(said, dict) or not set(said) <= {"order", "limit"}:
        raise _NotAQueryError
    limit = said.get("limit")
    _need(said.get("order") in {one.value for one in Order})
    _need(limit is None or (type(limit) is int and 0 < limit <= _MOST_LIMIT))
    return Rank(Order(str(said["order"])), limit)
