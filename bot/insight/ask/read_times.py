"""From time words to periods and what they are compared with."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.crm.query import Period
from bot.insight.ask import meanings as m
from bot.insight.ask import texts
from bot.insight.ask.line import Line
from bot.insight.ask.meanings import Moment
from bot.insight.ask.said import Problem, Times, Way
from bot.insight.ask.times import spans

Resolve = Callable[[Moment], Period | None]

#: After these a period is what something is compared with.
COMPARED_TO = frozenset({"比", "较", "相比", "比起", "相比较", "相较", "相较于", "相对", "相对于"})
#: Between other words than periods these only part them.
DASHES = frozenset({"-", "--", "~"})
NO_START = Problem(texts.NO_START, ways=(Way.RECENT,))
ONE_COMPARISON = Problem(texts.ONE_COMPARISON, ways=(Way.COMPARED, Way.LAST_YEAR))
TOO_MANY = Problem(texts.TOO_MANY_TIMES, ways=(Way.EACH_TIME,))


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A time phrase and the places it takes up."""

    resolve: Resolve
    first: int
    last: int


def read_times(line: Line) -> Times:
    """All that a turn says of time."""
    phrases, problems = _phrases(line)
    targets, bases = _split(line, phrases)
    compared = next(iter(line.of(m.Compared)), None)
    if len(targets) > 1 or len(bases) > 2 or _are_apart(line, bases):  # noqa: PLR2004 (two may be joined)
        problems = [*problems, TOO_MANY]
    if len(set(line.of(m.Compared))) > 1:
        problems = [*problems, ONE_COMPARISON]
    until_now = not bases and _stray_until_now(line, phrases)
    this_month = _until_now(lambda at: spans.month(at.today))
    return Times(
        bases=(this_month,) if until_now else tuple(phrase.resolve for phrase in bases),
        target=targets[0].resolve if targets else None,
        target_is_before=any(_is_the_one_before(line.tokens[one.first].text) for one in targets),
        compare=compared.compare if isinstance(compared, m.Compared) else None,
        says_now=line.has(m.Now),
        says_today=until_now
        or (len(bases) == 1 and bases[0].first == bases[0].last and _is_today(line, bases[0])),
        problems=tuple(problems),
    )


def _is_the_one_before(word: str) -> bool:
    """上月, 上周, 上个季度; 上上周 is another one."""
    return word.startswith("上") and not word.startswith("上上")


def _are_apart(line: Line, bases: list[_Phrase]) -> bool:
    """本月华东和上月华南: each period belongs to something else, which one query cannot hold."""
    return any(
        isinstance(line.meaning(at), m.Mention | m.MetricWord | m.Noun | m.Verb | m.Belonging)
        for first, second in itertools.pairwise(bases)
        for at in range(first.last + 1, second.first)
    )


def _is_today(line: Line, phrase: _Phrase) -> bool:
    return isinstance(line.meaning(phrase.first), m.Today)


def _phrases(line: Line) -> tuple[list[_Phrase], list[Problem]]:
    found: list[_Phrase] = []
    problems: list[Problem] = []
    at = 0
    while at < len(line.tokens):
        phrase = _phrase(line, at)
        if phrase:
            found.append(phrase)
        elif isinstance(line.meaning(at), m.RangeTo) and (at == 0 or line.tokens[at].text not in DASHES):
            problems.append(NO_START)
        at = phrase.last + 1 if phrase else at + 1
    return found, problems


def _phrase(line: Line, at: int) -> _Phrase | None:
    first = _resolver(line.meaning(at))
    if first is None:
        return _until_now_before(line, at)
    follower, second = line.meaning(at + 1), line.meaning(at + 2)
    since = isinstance(follower, m.UntilNow) and isinstance(second, m.RangeTo)  # 从9月1日起到9月30日
    until = _resolver(line.meaning(at + 3)) if since else _resolver(second)
    if until and (since or isinstance(follower, m.RangeTo)):
        return _Phrase(_range(first, until), at, at + 2 + since)
    if isinstance(follower, m.UntilNow) or _is_until_now(line, at + 1):
        return _Phrase(_until_now(first), at, at + 1)
    if isinstance(follower, m.RangeTo) and isinstance(second, m.Now):
        return _Phrase(_until_now(first), at, at + 2)
    return _Phrase(first, at, at)


def _until_now_before(line: Line, at: int) -> _Phrase | None:
    """截止目前,本月; 到今天为止,今年."""
    first = line.meaning(at)
    if isinstance(first, m.RangeTo) and isinstance(line.meaning(at + 1), m.Today):
        begins = at + 2
    elif isinstance(first, m.UntilNow) or _is_until_now(line, at):
        begins = at + 1
    else:
        return None
    after = _phrase(line, begins) if isinstance(line.meaning(begins), m.When) else None
    return after and _Phrase(_until_now(after.resolve), at, after.last)


def _is_until_now(line: Line, at: int) -> bool:
    """到目前为止 and 截至目前 are 现在, and after a period its end."""
    return isinstance(line.meaning(at), m.Now) and line.tokens[at].text[0] in "到截"


def _resolver(meaning: m.Meaning | None) -> Resolve | None:
    if isinstance(meaning, m.When):
        return meaning.resolve
    return (lambda at: spans.day(at.today)) if isinstance(meaning, m.Today) else None


def _until_now(first: Resolve) -> Resolve:
    def resolve(at: Moment) -> Period | None:
        start = first(at)
        ends = at.today + spans.DAY
        return Period(start.begins, ends) if start and start.begins < ends else None

    return resolve


def _range(first: Resolve, second: Resolve) -> Resolve:
    def resolve(at: Moment) -> Period | None:
        start = first(at)
        end = second(replace(at, since=start)) if start else None
        return Period(start.begins, end.ends) if start and end and start.begins < end.ends else None

    return resolve


def _split(line: Line, phrases: list[_Phrase]) -> tuple[list[_Phrase], list[_Phrase]]:
    """Which phrases are what something is compared with, and which are the period itself."""
    if len(phrases) == 2 and line.has(m.Versus):  # noqa: PLR2004
        return [phrases[1]], [phrases[0]]
    targets = [phrase for phrase in phrases if _is_target(line, phrase)]
    return targets, [phrase for phrase in phrases if phrase not in targets]


def _is_target(line: Line, phrase: _Phrase) -> bool:
    if phrase.first == 1 and isinstance(line.meaning(0), m.Versus) and len(line.all_of(m.Mention)) > 1:
        return False  # 对比本月官网和转介绍: the named are compared, not the month
    before, after = line.meaning(phrase.first - 1), line.meaning(phrase.last + 1)
    if phrase.first > 0 and _only_names_stand_against(line, phrase):
        return False
    if isinstance(before, m.Versus | m.Compared):
        return not (phrase.first > 1 and isinstance(line.meaning(phrase.first - 2), m.Mention))
    return isinstance(before, m.Link) and isinstance(after, m.Versus)


def _only_names_stand_against(line: Line, phrase: _Phrase) -> bool:
    """小程序和公众号的点击率对比,近7天; 同比增长多少,三季度: the period is apart from what is compared."""
    before = line.tokens[phrase.first - 1]
    if isinstance(before.meaning, m.Compared):
        return any(before.ends <= gap <= line.tokens[phrase.first].begins for gap in line.gaps)
    several = len(line.all_of(m.Mention)) > 1
    return several and isinstance(before.meaning, m.Versus) and before.text not in COMPARED_TO


def _stray_until_now(line: Line, phrases: list[_Phrase]) -> bool:
    taken = {phrase.last for phrase in phrases}
    strays = [at for at in line.all_of(m.UntilNow, m.Now) if at not in taken]
    return any(isinstance(line.meaning(at), m.UntilNow) or _is_until_now(line, at) for at in strays)


def versus_of_times(line: Line) -> set[int]:
    """The places of 比 and 对比 that stand between periods, and so group nothing."""
    phrases, _ = _phrases(line)
    targets, _ = _split(line, phrases)
    near = {place for phrase in targets for place in (phrase.first - 1, phrase.last + 1)}
    beside = {at + step for at in line.all_of(m.Compared) for step in (-1, 1)}
    both = set(line.all_of(m.Versus)) if len(phrases) == 2 else set()  # noqa: PLR2004
    return (near | beside | both) & set(line.all_of(m.Versus))
