"""From one reading of a turn to what it said."""

from __future__ import annotations

from dataclasses import replace

from bot.crm.metrics.dimension import PEOPLE, Dimension
from bot.insight.ask import meanings as m
from bot.insight.ask import texts
from bot.insight.ask.beyond import beyond
from bot.insight.ask.line import Line, line_of
from bot.insight.ask.meanings import Mention, Token, Whose
from bot.insight.ask.read_metrics import read_metrics
from bot.insight.ask.read_shape import OF_A_PERSON, read_shape
from bot.insight.ask.read_times import read_times
from bot.insight.ask.said import Choice, Problem, Said, Spoken, Way

UNIT_WORDS = {"月度": "month", "季度": "quarter", "年度": "year", "周度": "week", "日度": "day"}
PLACES = frozenset({Dimension.REGION.value, Dimension.TEAM.value})
OWNER = Dimension.OWNER.value
MIXED = Problem(texts.NOT_ADDED)


def read(tokens: tuple[Token, ...], gaps: frozenset[int], *, changes: bool) -> Said:
    """Read one turn; `changes` if its form says that it changes the turn before."""
    line = _with_trend_units(line_of(tokens, gaps))
    counted = read_metrics(line)
    shaping, times = read_shape(line), read_times(line)
    named, name_problems = _names(line)
    along = next((one.along for one in shaping.problems if one.along), ())
    problems = (
        *(replace(one, along=along) for one in _beyond(line)),
        *counted.problems,
        *shaping.problems,
        *times.problems,
        *name_problems,
        *_growth(line, asks=bool(times.compare or times.target)),
        *_growth_ranked(line),
        *_handed_on(tokens),
    )
    return Said(
        metrics=counted.metrics,
        repeats=counted.repeats,
        by=tuple(shaping.by),
        groups_named=shaping.groups_named,
        ungrouped=shaping.ungrouped,
        trend=shaping.trend,
        named=named,
        whose=_whose(line) or shaping.whose,
        times=times,
        rank=shaping.rank,
        paced=shaping.paced,
        asks_who=shaping.asks_who,
        asks_which=shaping.asks_which,
        idle_days=counted.idle,
        attribution=_attribution(line),
        joins=_joins(line),
        changes=changes or line.has(m.Turn),
        problems=problems,
    )


def _joins(line: Line) -> bool:
    """Whether the turn begins in the middle of a list: 加上李娜, 跟李娜比, 和广州组王伟."""
    first = 1 if isinstance(line.meaning(0), m.Turn) else 0
    begins = line.meaning(first)
    return isinstance(begins, m.Link | m.Versus) and isinstance(line.meaning(first + 1), Mention)


def _with_trend_units(line: Line) -> Line:
    """月度…走势: the unit of a trend is no period."""
    if not line.has(m.Shaped) or m.Shaped(m.Shape.TREND) not in set(line.of(m.Shaped)):
        return line
    tokens = (
        replace(token, meaning=m.Group((UNIT_WORDS[token.text],))) if token.text in UNIT_WORDS else token
        for token in line.tokens
    )
    return replace(line, tokens=tuple(tokens))


def _beyond(line: Line) -> list[Problem]:
    if any(_follows_person(line, at) for at in line.all_of(m.Belonging)):
        return [OF_A_PERSON]
    return beyond(line)


def _follows_person(line: Line, at: int) -> bool:
    """王磊手下."""
    before, own = line.meaning(at - 1), line.meaning(at)
    theirs = own in {m.Belonging(Whose.OUR_TEAM), m.Belonging(Whose.OUR_GROUP), m.Belonging(Whose.OUR_REGION)}
    return theirs and isinstance(before, Mention) and OWNER in before.dimensions


def _growth(line: Line, *, asks: bool) -> list[Problem]:
    if not line.has(m.Growth) or asks:
        return []
    return [Problem(texts.GROWN_FROM_WHAT, ways=(Way.COMPARED, Way.LAST_YEAR))]


def _growth_ranked(line: Line) -> list[Problem]:
    """同比增长最高的大区: a ranking is by value, never by change."""
    for at in line.all_of(m.Superlative, m.Ranked):
        before = line.meaning(at - 1)
        grows = isinstance(before, m.Compared) and bool(set("增涨降跌变") & set(line.tokens[at - 1].text))
        if isinstance(before, m.Growth) or grows:
            return [Problem(texts.GROWTH_RANKED, ways=(Way.COMPARED, Way.LAST_YEAR))]
    return []


def _handed_on(tokens: tuple[Token, ...]) -> list[Problem]:
    """张三给李娜的线索: neither of them has both."""
    for first, second, third in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if second.text in {"给", "让", "被", "由", "帮", "为"} and all(
            isinstance(one.meaning, Mention) for one in (first, third)
        ):
            return [Problem(texts.WHO_TO_WHOM)]
    return []


def _whose(line: Line) -> Whose | None:
    found = [one.whose for one in line.of(m.Belonging) if isinstance(one, m.Belonging)]
    wide = [whose for whose in found if whose is not Whose.OURS]
    return (wide or found or [None])[0]


def _attribution(line: Line) -> str | None:
    return next((one.model for one in line.of(m.Attributed) if isinstance(one, m.Attributed)), None)


def _names(line: Line) -> tuple[tuple[Spoken, ...], list[Problem]]:
    """Names in order; departments before a person only tell namesakes apart."""
    spoken: list[Spoken] = []
    problems: list[Problem] = []
    within: tuple[Choice, ...] = ()
    places = line.all_of(m.Mention)
    for index, at in enumerate(places):
        mention = line.meaning(at)
        if not isinstance(mention, Mention):
            continue
        after = places[index + 1] if index + 1 < len(places) else None
        if _is_place(mention) and after is not None and _leads_to_person(line, at, after):
            within = (*within, *mention.choices)
            continue
        spoken.append(Spoken(mention.choices, within if OWNER in mention.dimensions else (), mention.sure))
        introduces = after is not None and _introduces(line, at, after, places[index + 2 :])
        if after is not None and _mixes(line, at, after) and not introduces:
            problems.append(MIXED)
        if after is None or introduces or not line.separated(at, after):
            within = ()
    return tuple(spoken), problems


def _is_place(mention: Mention) -> bool:
    return mention.dimensions <= PLACES


def _leads_to_person(line: Line, at: int, after: int) -> bool:
    """Whether a department stands right before a person, or before another that does."""
    following = line.meaning(after)
    if (
        not isinstance(following, Mention)
        or after != at + 1
        or (line.separated(at, after) is True and _linked(line, at))
    ):
        return False
    if following.dimensions == {OWNER}:
        return True
    return _is_place(following) and _leads_to_person(line, after, after + 1)


def _linked(line: Line, at: int) -> bool:
    return isinstance(line.meaning(at + 1), m.Link)


def _introduces(line: Line, at: int, after: int, later: list[int]) -> bool:
    """上海组的张三和广州组的黄强: the second department belongs to the second person."""
    first, second = line.meaning(at), line.meaning(after)
    people = isinstance(first, Mention) and first.dimensions == {OWNER}
    place = isinstance(second, Mention) and _is_place(second)
    return people and place and bool(later) and _leads_to_person(line, after, later[0])


def _mixes(line: Line, at: int, after: int) -> bool:
    """华东和张三: a sum over different dimensions, which a query cannot hold."""
    first, second = line.meaning(at), line.meaning(after)
    if not isinstance(first, Mention) or not isinstance(second, Mention) or after != at + 2:
        return False
    joined = isinstance(line.meaning(at + 1), m.Link | m.Versus)
    return joined and not first.dimensions & second.dimensions


def is_about_people(dimension: str) -> bool:
    """Whether the dimension says whose numbers."""
    return dimension in {key.value for key in PEOPLE}
