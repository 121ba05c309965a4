"""From 各, 按, 谁, 最, 前三 to groups and rankings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.crm.metrics.dimension import TIME_UNITS, Dimension
from bot.crm.metrics.metric import Subject
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Order, Rank
from bot.insight.ask import meanings as m
from bot.insight.ask import texts
from bot.insight.ask.line import Line
from bot.insight.ask.meanings import Act, Shape, Whose
from bot.insight.ask.numerals import NUMERAL, number
from bot.insight.ask.read_times import versus_of_times
from bot.insight.ask.said import Problem, Spoken, Way

#: A bare word for people adds nothing; one for these asks for the grouping.
PLAIN_PEOPLE = {
    "销售",
    "销售人员",
    "业务员",
    "员工",
    "同事",
    "业务",
    "顾问",
    "销售员",
    "人员",
    "销售代表",
    "人",
    "成员",
    "跟进人",
}
ASKS_GROUPING = {
    "来源",
    "线索来源",
    "客户来源",
    "输单原因",
    "丢单原因",
    "无效原因",
    "失败原因",
    "输单理由",
    "原因",
    "理由",
    "客户行业",
    "无效理由",
    "丢单理由",
}
WHICHEVER = frozenset({"哪个", "哪一个", "哪些", "哪几个"})
HOW_MANY = re.compile(rf"哪({NUMERAL})(?:个|家|位|名)")
PLACES = frozenset({Dimension.REGION.value, Dimension.TEAM.value})
#: What only a time can be.
SPEEDS = re.compile(r"(?:最为?|更)?(?:慢|快|久|长|短|迅速)|从快到慢|从慢到快")
RANKING = (m.Superlative, m.Comparative, m.Ranked)
OF_A_PERSON = Problem(texts.HIMSELF_OR_HIS, ways=(Way.WITHOUT,))
UNITS = frozenset(unit.value for unit in TIME_UNITS)


@dataclass(slots=True)
class Shaping:
    """What a turn says about rows."""

    by: list[tuple[str, ...]] = field(default_factory=list)
    groups_named: bool = False
    ungrouped: bool = False
    trend: bool = False
    rank: Rank | None = None
    paced: bool = False
    asks_who: bool = False
    asks_which: bool = False
    whose: Whose | None = None
    problems: list[Problem] = field(default_factory=list)


def read_shape(line: Line) -> Shaping:
    """Groups, rankings, and the problems they raise."""
    shaping = Shaping()
    _read_groups(line, shaping)
    _read_cuts(line, shaping)
    _read_shapes(line, shaping)
    _read_rank(line, shaping)
    _read_counts(line, shaping)
    shaping.by = list(dict.fromkeys(shaping.by))
    return shaping


def _read_groups(line: Line, shaping: Shaping) -> None:
    for at in line.all_of(m.Group, m.Which):
        meaning = line.meaning(at)
        if _asks_records(line, at):
            continue
        if isinstance(meaning, m.Group) or (isinstance(meaning, m.Which) and meaning.dimensions):
            shaping.by.append(meaning.dimensions)
        else:
            shaping.asks_who = True
            shaping.asks_which = line.tokens[at].text in WHICHEVER


def _asks_records(line: Line, at: int) -> bool:
    """有哪些逾期任务, 逾期任务有哪些: which records, not whose."""
    if line.tokens[at].text not in {"哪些", "哪几个"} or line.meaning(at) != m.Which(()):
        return False
    if isinstance(line.meaning(at + 1), m.Noun | m.MetricWord):
        return True
    is_last = at == len(line.tokens) - 1 and isinstance(line.meaning(at - 1), m.Noun | m.MetricWord)
    return is_last and not line.has(m.Superlative, m.Ranked, m.Comparative)


def _read_cuts(line: Line, shaping: Shaping) -> None:
    """Bare words for dimensions, by what stands beside them."""
    for at in line.all_of(m.Cut):
        cut = line.meaning(at)
        if not isinstance(cut, m.Cut) or _only_says_kind(line, at, cut):
            continue
        text = line.tokens[at].text
        if _misplaced(line.meaning(at - 1), cut):
            shaping.problems.append(Problem(texts.no_such(text), is_unknown=True))
        elif _groups(line, at) or text in ASKS_GROUPING:
            shaping.by.append(cut.dimensions)
        elif text in {"团队", "队伍"}:
            _read_team(line, at, shaping)
        elif text not in PLAIN_PEOPLE:
            shaping.problems.append(
                Problem(texts.parted_or_one(text), ways=(Way.PARTED,), along=cut.dimensions)
            )


def _only_says_kind(line: Line, at: int, cut: m.Cut) -> bool:
    """抖音渠道, 三个渠道中的抖音: the name has said it all."""
    before, counted = line.meaning(at - 2), line.meaning(at - 1)
    if isinstance(counted, m.Counted) and isinstance(before, m.Mention):
        named = (one for one in line.of(m.Mention) if isinstance(one, m.Mention))
        alike = [one for one in named if one.dimensions & set(cut.dimensions)]
        return counted.number == len(alike) > 1 and bool(before.dimensions & set(cut.dimensions))
    for step in (-1, 1):
        beside = line.meaning(at + step)
        if isinstance(beside, m.Mention) and beside.dimensions & set(cut.dimensions):
            return True
        if (
            step > 0
            and isinstance(beside, m.MetricWord)
            and line.tokens[at].text == "渠道"
            and _is_cost(beside)
            and not _ranks_alone(line)
        ):
            return True
    return False


def _ranks_alone(line: Line) -> bool:
    """渠道ROI排名: nothing else says what is ranked."""
    is_ranked = line.has(m.Ranked) or (line.has(m.Superlative) and not line.has(m.Which))
    return is_ranked and not line.has(m.Group, m.Which) and len(line.all_of(m.Cut)) == 1


def _read_team(line: Line, at: int, shaping: Shaping) -> None:
    """团队 is the asker's own; after a name it is that person's, which no query can say."""
    before = line.meaning(at - 1)
    if isinstance(before, m.Mention) and not before.dimensions <= PLACES:
        shaping.problems.append(OF_A_PERSON)
    shaping.whose = Whose.OUR_TEAM


def _is_cost(word: m.MetricWord) -> bool:
    return all(METRICS[metric_id].subject is Subject.COST for metric_id in word.ids)


def _misplaced(before: m.Meaning | None, cut: m.Cut) -> bool:
    """成都大区, where 成都 is a team."""
    return isinstance(before, m.Mention) and before.dimensions <= PLACES and set(cut.dimensions) <= PLACES


def _groups(line: Line, at: int) -> bool:
    before, after = line.meaning(at - 1), line.meaning(at + 1)
    if isinstance(before, m.Link) and isinstance(line.meaning(at - 2), m.Group | m.Cut):
        return True
    if m.Cross() in {before, after}:
        return True
    if isinstance(after, m.Ranked) or after in {m.Shaped(Shape.SPREAD), m.Shaped(Shape.EACH), m.Which(())}:
        return True
    if isinstance(before, m.Which | m.Group):
        return True
    if isinstance(before, m.Counted) and line.tokens[at].text in PLAIN_PEOPLE:
        return line.has(m.Ranked, m.Superlative)
    return isinstance(before, m.Ranked | m.Superlative | m.Counted) or (
        line.has(m.Ranked) and line.tokens[at].text not in PLAIN_PEOPLE
    )


def _read_shapes(line: Line, shaping: Shaping) -> None:
    shapes = {meaning.shape for meaning in line.of(m.Shaped) if isinstance(meaning, m.Shaped)}
    versus = set(line.all_of(m.Versus)) - versus_of_times(line)
    shaping.trend = Shape.TREND in shapes
    shaping.ungrouped = Shape.UNGROUPED in shapes
    shaping.groups_named = Shape.EACH in shapes or bool(versus)
    if shapes & {Shape.SPREAD, Shape.GROUPED} and not shaping.by:
        shaping.problems.append(
            Problem(texts.WHICH_PART, ways=(Way.EACH_BUT, Way.PARTED), about=_named(line))
        )


def _read_rank(line: Line, shaping: Shaping) -> None:
    superlatives = [_superlative(line, at) for at in line.all_of(m.Superlative)]
    ranks = [one for one in line.of(m.Ranked) if isinstance(one, m.Ranked)]
    comparatives = [one for one in line.of(m.Comparative) if isinstance(one, m.Comparative)]
    if comparatives and not superlatives and not ranks:
        if line.has(m.Which):
            superlatives = [m.Superlative(comparatives[0].order)]
        elif not line.has(m.Versus, m.Compared):
            shaping.problems.append(
                Problem(texts.MORE_THAN_WHAT, ways=(Way.COMPARED, Way.LAST_YEAR, Way.RANKED))
            )
    orders = {one.order for one in superlatives}
    if len(orders) > 1 or len({one.order for one in ranks if one.limit}) > 1:
        shaping.problems.append(Problem(texts.ENDS_APART, ways=(Way.BOTH_ENDS,)))
    if superlatives:
        _check_noun(line, shaping)
        shaping.rank = Rank(superlatives[0].order, _limit(line, ranks))
    elif ranks:
        shaping.rank = _joined(ranks)
    shaping.paced = shaping.rank is not None and any(
        SPEEDS.fullmatch(token.text) for token in line.tokens if isinstance(token.meaning, RANKING)
    )


def _superlative(line: Line, at: int) -> m.Superlative:
    """跟进最及时 is the highest share on time; 首响最及时 the shortest time."""
    meant = line.meaning(at)
    order = meant.order if isinstance(meant, m.Superlative) else Order.DESC
    if "及时" in line.tokens[at].text and line.meaning(at - 1) == m.Verb(Act.FOLLOW):
        order = Order.ASC if order is Order.DESC else Order.DESC
    return m.Superlative(order)


def _limit(line: Line, ranks: list[m.Ranked]) -> int:
    """最低的两个人, 最高的前三: how many; else one."""
    said = [one.limit for one in ranks if one.limit] + _asked_many(line)
    if said:
        return said[0] or 1
    if not line.has(m.Superlative):
        return 1
    at = line.all_of(m.Superlative)[-1]
    after = next(
        (line.meaning(place) for place in (at + 1, at + 2) if isinstance(line.meaning(place), m.Counted)),
        None,
    )
    return after.number if isinstance(after, m.Counted) else 1


def _asked_many(line: Line) -> list[int]:
    """哪三个渠道: so many of them."""
    texts_of = (token.text for token in line.tokens if isinstance(token.meaning, m.Which))
    return [number(found[1]) for text in texts_of if (found := HOW_MANY.match(text))]


def _joined(ranks: list[m.Ranked]) -> Rank:
    """排名前三, 排名从低到高: one ranking in two words."""
    limited = next((one for one in ranks if one.limit), None)
    if limited:
        return Rank(limited.order, limited.limit)
    return Rank(Order.ASC if any(one.order is Order.ASC for one in ranks) else Order.DESC)


def _check_noun(line: Line, shaping: Shaping) -> None:
    """金额最高的商机 asks for a record, which no query gives."""
    if not line.has(m.Superlative):
        return
    at = line.all_of(m.Superlative)[-1]
    places = [at + 1, at + 2] if isinstance(line.meaning(at + 1), m.Counted) else [at + 1]
    if any(isinstance(line.meaning(place), m.Noun) for place in places) and not _asks_whom(line):
        shaping.problems.append(Problem(texts.NO_RECORDS, ways=(Way.RANKED,)))


def _asks_whom(line: Line) -> bool:
    """谁 and 哪个渠道, as against 哪个 alone."""
    return any(
        isinstance(token.meaning, m.Which) and (token.meaning.dimensions or set(token.text) & set("谁人位"))
        for token in line.tokens
    )


def _read_counts(line: Line, shaping: Shaping) -> None:
    """张三和李娜两个人 repeats what is named; any other number must belong to a ranking."""
    named = len(line.all_of(m.Mention))
    for at in line.all_of(m.Counted):
        counted = line.meaning(at)
        before, earlier = line.meaning(at - 1), line.meaning(at - 2)
        belongs = isinstance(before, m.Superlative | m.Ranked) or (
            isinstance(earlier, m.Superlative) and isinstance(before, m.Cut | m.MetricWord)
        )
        if isinstance(counted, m.Counted) and not belongs and counted.number not in {1, named}:
            shaping.problems.append(
                Problem(
                    texts.which_of_them(line.tokens[at].text),
                    ways=(Way.PARTED, Way.WITHOUT),
                    along=_along(line, at),
                )
            )


def _named(line: Line) -> tuple[Spoken, ...]:
    found = (one for one in line.of(m.Mention) if isinstance(one, m.Mention))
    return tuple(Spoken(one.choices, (), one.sure) for one in found)


def _along(line: Line, at: int) -> tuple[str, ...]:
    """What is counted: 四个大区."""
    cut = line.meaning(at + 1)
    return cut.dimensions if isinstance(cut, m.Cut) else ()


def has_unit(by: list[tuple[str, ...]] | tuple[tuple[str, ...], ...]) -> bool:
    """Whether a unit of time is among the groups."""
    return any(keys[0] in UNITS for keys in by)


DAY = (Dimension.DAY.value,)
