"""Conditions that are understood and that no query holds, and what can be asked instead of each."""

from __future__ import annotations

from collections.abc import Mapping

from bot.insight.ask import meanings as m
from bot.insight.ask import texts
from bot.insight.ask.line import Line
from bot.insight.ask.meanings import Mention
from bot.insight.ask.said import Problem, Spoken, Way

EXCLUDES = "排除某些值"
#: Asks for somebody's place among all, so his name is no filter.
PLACE = "问名次"
SHARE = "算占比"
#: Behind the name that is left out: 张三除外, 抖音以外.
_AFTER = ("除外", "以外", "之外", "外", "不算", "不计", "除外的")

WAYS: Mapping[str, tuple[Way, ...]] = {
    EXCLUDES: (Way.EACH_BUT, Way.WITHOUT),
    "改动记录": (),
    SHARE: (Way.EACH_BUT, Way.PARTED),
    "按数值大小筛选": (Way.RANKED, Way.WITHOUT),
    "按人均或日均计算": (Way.WITHOUT, Way.PARTED, Way.BY_DAY),
    "按一天里的钟点筛选": (Way.WITHOUT, Way.BY_DAY),
    "只看工作日或节假日": (Way.BY_DAY, Way.WITHOUT),
    "按星期几归类": (Way.BY_DAY,),
    "看没有说出名字的人": (Way.PARTED,),
    "问是哪一天": (Way.BY_DAY,),
    "看某个人带的团队": (Way.PARTED,),
    "比较不是上期或去年同期的时间": (Way.COMPARED, Way.LAST_YEAR),
    "问名次": (Way.RANKED,),
    "解释原因": (Way.COMPARED, Way.LAST_YEAR, Way.BY_DAY),
    "按条件筛选": (Way.WITHOUT, Way.RANKED),
    "看没做完的任务": (Way.OVERDUE,),
    "推测未来的结果": (Way.ATTAINED, Way.EXPECTED),
    "不确切的时间": (Way.RECENT,),
    "按次序找一条记录": (Way.RANKED, Way.WITHOUT),
    "按不确切的天数筛选": (Way.IDLE,),
}


def beyond(line: Line) -> list[Problem]:
    """The first condition of a turn that no query holds."""
    for at in line.all_of(m.Beyond):
        one = line.meaning(at)
        if isinstance(one, m.Beyond):
            about = _left_out(line, at) if one.what == EXCLUDES else ()
            if one.what in {PLACE, SHARE}:
                about = tuple(
                    Spoken(named.choices) for named in line.of(Mention) if isinstance(named, Mention)
                )
            # What is left out may be a period: then nothing is offered that might be that very one.
            ways = () if one.what == EXCLUDES and not about else WAYS[one.what]
            return [Problem(texts.BEYOND[one.what], ways=ways, about=about)]
    return []


def _left_out(line: Line, at: int) -> tuple[Spoken, ...]:
    """The names right behind 除了, or right before 除外."""
    step = -1 if line.tokens[at].text in _AFTER and not isinstance(line.meaning(at + 1), Mention) else 1
    found: list[Spoken] = []
    place = at + step
    while isinstance(line.meaning(place), Mention | m.Link | m.Cut):
        named = line.meaning(place)
        if isinstance(named, Mention):
            found.append(Spoken(named.choices, (), named.sure))
        place += step
    return tuple(found)
