"""Cutting a question into words: as little as possible left over, the longest word first."""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bot.crm.query import Order
from bot.insight.ask import meanings as m
from bot.insight.ask.meanings import Meaning, Shape, Token
from bot.insight.ask.normalise import Plain
from bot.insight.ask.numerals import NUMERAL, number
from bot.insight.ask.times import absolute, festivals, relative
from bot.insight.ask.words import Words

#: Readings of one question that are tried, when words have several meanings.
MOST_READINGS = 8
#: Between words these say nothing.
MARKS = " .-/~"
CLASSIFIERS = "个|位|名|家|大|人|组|条|款|种"
IDLE_VERB = (
    r"(?:跟进?|联系|跟进?过|联系过|动过?|碰过?|回访|沟通|跟进记录|跟踪|打过?电话|维护|理过?|触碰|互动|跟单)"
)
IDLE_NOUN = r"(?:的?(?:线索|客户|潜客|潜在客户))?"
IDLE_SINCE = r"(?:已经|连续|超过|超|有|近|最近|过去)?"
IDLE_NOT = r"(?:都|还|仍)?(?:没有?人?|未|无)(?:被|人)?(?:有过?|再)?" rf"{IDLE_VERB}(?:过|了|记录)?{IDLE_NOUN}"
#: What follows 前三 in a span of time.
NO_SPAN = r"(?!季|个?月|个?季|天|个?周|个?星期|年)"
IDLE_UNITS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "个月": 30}

#: Channels whose messages are paid for; of two signs each, as a look back wants it.
SENDS = "短信|邮件|企微|微信"
HOW_LONG = r"(?:多久|几天|多少天|多长时间|时长|周期|天数)"

#: 超过500, 不到10单.
MORE_THAN = (
    rf"(?:超过|大于|高于|低于|小于|多于|少于|不到|不足|达到|至少|超|满|破|>=?|<=?)了?{NUMERAL}"
    r"(?:万|千|百|亿|%|元|块|单|条|个|分|分钟|天|次)?钱?(?:以上|以下|的)?"
)
#: 有没有上个月高, 超过去年了吗: sets this against that.
OUTDOES = (
    r"(?:有没有|有没|没有|没|超过了?|超了?|赶上了?|追上了?|不如|不及|好过|高过|强过)"
    r"(?=(?:上上?个?|去年|前年|昨)(?:月|周|季|星期|礼拜|年|天|日|同期))"
)

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], Meaning]]


def _ranked(order: Order) -> Callable[[re.Match[str]], Meaning]:
    return lambda found: m.Ranked(order, number(found[1]))


def _idle(found: re.Match[str]) -> Meaning:
    unit = found[2] if found[2] == "个月" else found[2].removeprefix("个")
    return m.Idle(number(found[1]) * IDLE_UNITS[unit])


RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (
            rf"{IDLE_SINCE}({NUMERAL})(天|日|周|个月|个?(?:星期|礼拜))(?:以上|多|及以上|内|以来|之内)?{IDLE_NOT}",
            _idle,
        ),
        (
            (
                rf"(?:没有?|未|无)人?{IDLE_VERB}(?:了|过)?(?:已经)?(?:超过|超|满|达到|达)?"
                rf"({NUMERAL})(天|周|个月|个?(?:星期|礼拜))(?:以上|多)?了?{IDLE_NOUN}"
            ),
            _idle,
        ),
        (
            rf"{IDLE_SINCE}半个?月(?:以上|多)?{IDLE_NOT}",
            lambda _: m.Idle(15),
        ),
        (
            rf"(?:排名|排行)?(?:最?前|top ?|头)(?:的)?({NUMERAL})(?:名|位|强|甲|大)?{NO_SPAN}",
            _ranked(Order.DESC),
        ),
        (rf"(?:排名|排行)?(?:倒数|最后|末尾|垫底的?|末)的?(?:第)?({NUMERAL})(?:名|位)?", _ranked(Order.ASC)),
        (rf"(?:排名|排行)?(?:后|末)的?({NUMERAL})(?:名|位)", _ranked(Order.ASC)),
        (rf"(?:排名|排行)(?:靠)?后的?({NUMERAL})(?:名|位)?", _ranked(Order.ASC)),
        (rf"({NUMERAL})(?:{CLASSIFIERS})", lambda found: m.Counted(number(found[1]))),
        (rf"前({NUMERAL})个?(?:天|日|周|星期|月|季度|年)", lambda _: m.Beyond("不确切的时间")),
        (r"×|(?<=[\u4e00-\u9fff])x(?=[\u4e00-\u9fff])", lambda _: m.Cross()),
        (r"打了?(?:几|多少)[个次](?=跟进)", lambda _: m.Noise()),
        (rf"上(?:一?个)?({NUMERAL})个?(?:天|日|周|星期|月|季度|年)", lambda _: m.Beyond("不确切的时间")),
        (
            r"\d{1,2}[:点]\d{0,2}分?|[一二三四五六七八九十两]{1,2}点(?:钟|半)?",
            lambda _: m.Beyond("按一天里的钟点筛选"),
        ),
        (r"(?<=[和与、跟])周(?=$|看|分|来|统计|拆|展)", lambda _: m.Cut(("week",))),
        (rf"第{NUMERAL}(?:单|条|笔|次|个(?:客户|线索|商机)|家|张单)", lambda _: m.Beyond("按次序找一条记录")),
        (r"(?:可以|能|可供?)(?:再)?(?:领取?|抢|捞|认领)(?:的|走)?", lambda _: m.MetricWord(("pool_leads",))),
        (
            rf"(?:(?!一天){NUMERAL}天|{NUMERAL}(?:周|个(?:星期|礼拜|月|季度))|[一二两三四五六七八九十]年|半年|半个月)",
            lambda _: m.Beyond("不确切的时间"),
        ),
        (r"新签了?(?:几|多少)[个家位]?(?:新?客户)", lambda _: m.MetricWord(("new_customers",))),
        (r"(?:花|烧)钱", lambda _: m.MetricWord(("channel_cost",))),
        # What messages cost is booked on their channel; a lead that a channel costs is none.
        (
            rf"(?<={SENDS})(?:成本|费用?)(?:支出)?(?=$|[^率用]|用掉|用了)",
            lambda _: m.MetricWord(("channel_cost",)),
        ),
        (
            rf"发(?:出去?)?的?(?=(?:{SENDS})(?:一共|总共|共)?(?:花|用)(?:了|掉)?(?:多少|几))",
            lambda _: m.Noise(),
        ),
        # 为啥不看回款，换回款: what is wanted comes after it.
        (r"为(?:啥|什么|何)不(?:看|查|用).{1,10}?(?=换成?.)", lambda _: m.Noise()),
        # What is missing stands beside what was reached.
        (
            r"(?:还)?差多少(?:才|就)?能?(?:够)?(?:完成|达成|达到|做到)了?(?:业绩)?(?:目标|指标)",
            lambda _: m.MetricWord(("quota_attainment",)),
        ),
        (r"几天(?=没|未|不)", lambda _: m.Beyond("按不确切的天数筛选")),
        (r"(?:打了|打上了?|贴了|贴上了?|带有?|标了|标记为?)(?=.{2,8}标签)", lambda _: m.Noise()),
        (r"各(?=卖|签|赢|输|丢|成交|来了|有|新增|领|抢|退|跟|花|加|发|回)", lambda _: m.Shaped(Shape.EACH)),
        (
            r"加(?:到)?(?:微信|企微|好友|微)的?(?:比例|比率|成功率|通过率|占比)",
            lambda _: m.MetricWord(("wechat_added_rate",)),
        ),
        (
            r"微信(?:新)?(?:添?加|加到|加上)了?(?:多少|几)?个?(?:人|好友)?",
            lambda _: m.MetricWord(("wechat_added",)),
        ),
        (
            rf"(?:从)?线索到(?:成交|赢单|签单|签约)的?(?:平均|一般)?(?:需要|要|用|花|需)?{HOW_LONG}",
            lambda _: m.MetricWord(("sales_cycle_days",)),
        ),
        (r"(?:输|丢|黄)(?:掉|了|的)了?的?(?:单子|商机|单)?", lambda _: m.MetricWord(("lost_deals",))),
        (r"周几|星期几|礼拜几", lambda _: m.Beyond("按星期几归类")),
        (
            rf"\d+(?:\.\d+)?(?:万|千|百|亿|%|k|w|元|块)元?|{NUMERAL}[万千亿]元?",
            lambda _: m.Beyond("按数值大小筛选"),
        ),
        (rf"第{NUMERAL}个(?:月|周|星期|礼拜|季度|天|工作日)", lambda _: m.Beyond("不确切的时间")),
        (
            rf"(?:每个?|各个?)(?:月|季度?|年)的?第{NUMERAL}(?:周|个?星期|天)",
            lambda _: m.Beyond("不确切的时间"),
        ),
        (
            rf"(?:最后|最近|最早|最新|上|头|首)(?:的|那)?{NUMERAL}?个?(?:单子?|笔|条线索|个客户|张合同|次(?:成交|签单))(?!数|量|率|均|价)",
            lambda _: m.Beyond("按次序找一条记录"),
        ),
        (
            r"单笔最[大高小低]的?|最[大小高低贵]的?(?:一|那)?个?(?:单子?|笔|合同|订单)(?!数|量|率|均|价)的?",
            lambda _: m.Beyond("按次序找一条记录"),
        ),
        (
            r"最新的?(?=(?:线索|客户|商机|订单)(?!数|量|情况|数据|总|转|成|来|按|分|走|趋))",
            lambda _: m.Beyond("按次序找一条记录"),
        ),
        (MORE_THAN, lambda _: m.Beyond("按数值大小筛选")),
        (OUTDOES, lambda _: m.Versus()),
        (
            r"(?:添?加|加到|加上|通过)了?(?:多少|几)个?人?(?:微信|好友|企微)",
            lambda _: m.MetricWord(("wechat_added",)),
        ),
        (
            r"线索(?:转化?成?为?|到|至|-)mql的?(?:转化率|率|比例|转化|比率|占比)?|线索成为mql的比例",
            lambda _: m.MetricWord(("lead_to_mql_rate",)),
        ),
        (
            r"(?:从)?mql(?:转化?成?为?|到|至|-)sql的?(?:转化率|率|比例|转化|比率|占比)?|mql变成sql的比例",
            lambda _: m.MetricWord(("mql_to_sql_rate",)),
        ),
        (
            r"线索(?:转化?成?为?|到|至|-)(?:最终)?(?:成交|赢单|签单|签约|成单)的?(?:转化率|率|比例|转化|比率|占比)",
            lambda _: m.MetricWord(("lead_to_won_rate",)),
        ),
        (r"mql的?(?:转化率|转化)", lambda _: m.MetricWord(("lead_to_mql_rate", "mql_to_sql_rate"))),
        (
            r"(?:平均)?(?:每条|每个|一条|单条|单个)(?:的)?线索(?:平均)?(?:的)?(?:成本|要?花?(?:了|费)?多少钱?)(?:是多少)?",
            lambda _: m.MetricWord(("cost_per_lead",)),
        ),
        (
            r"(?:平均)?(?:多久|几天|多少天|多长时间)(?:能|才|可以)?(?:成交|签单|成单|赢单|签约|签下|谈成|成|签|出)(?:一单|一个单|一个单子|一个客户)?(?=$|[^\d一二三四五六七八九十])",
            lambda _: m.MetricWord(("sales_cycle_days",)),
        ),
        (
            r"(?:平均)?(?:多久|多长时间|几分钟|多少分钟|多快)(?:能|才|会)?(?:首次)?(?:响应|首响|回应)",
            lambda _: m.MetricWord(("first_response_minutes",)),
        ),
        (
            r"(?:预计|预测|预估)(?:能|会|可以|大概|可)?(?:做|签|卖|成交|赢|完成)(?:到|下)?(?:多少)?(?:钱|业绩|金额)?",
            lambda _: m.MetricWord(("forecast_amount",)),
        ),
    )
)
TIMES = (*relative.RULES, *absolute.RULES, *festivals.RULES)


@dataclass(frozen=True, slots=True)
class _Edge:
    ends: int
    meanings: tuple[Meaning, ...]


def readings(plain: Plain, words: Words) -> list[tuple[Token, ...]]:
    """The ways to read a text; stretches nobody knows are left out of the tokens."""
    path = _best_path(plain.text, _edges(plain.text, words))
    choices = [
        [Token(begins, edge.ends, plain.text[begins : edge.ends], meaning) for meaning in edge.meanings]
        for begins, edge in path
    ]
    return list(itertools.islice(itertools.product(*choices), MOST_READINGS))


def leftovers(plain: Plain, tokens: tuple[Token, ...]) -> list[str]:
    """The stretches that no token covers."""
    missed = set(missed_places(plain, tokens))
    spans = itertools.groupby(range(len(plain.text)), key=lambda place: place not in missed)
    return ["".join(plain.text[place] for place in places) for is_covered, places in spans if not is_covered]


def missed_places(plain: Plain, tokens: tuple[Token, ...]) -> list[int]:
    """The places of characters that no token covers; marks and spaces between words do not count."""
    covered = {place for token in tokens for place in range(token.begins, token.ends)}
    return [
        place for place in range(len(plain.text)) if place not in covered and plain.text[place] not in MARKS
    ]


def _edges(text: str, words: Words) -> dict[int, list[_Edge]]:
    spans: dict[tuple[int, int], list[Meaning]] = defaultdict(list)
    for begins, ends, meaning in itertools.chain(_dictionary(text, words), _patterns(text)):
        if _apart(text, begins, ends) and meaning not in spans[begins, ends]:
            spans[begins, ends].append(meaning)
    edges: dict[int, list[_Edge]] = defaultdict(list)
    for (begins, ends), found in spans.items():
        edges[begins].append(_Edge(ends, _settled(found)))
    return edges


def _settled(found: list[Meaning]) -> tuple[Meaning, ...]:
    """Time beats the grammar's own words; only a name may dispute it."""
    names = [one for one in found if isinstance(one, m.Mention)]
    times = [one for one in found if isinstance(one, m.When | m.Today | m.Now)]
    others = [one for one in found if one not in names and one not in times]
    plain = times[:1] or others[-1:]
    if names and plain and isinstance(plain[0], m.Noise | m.Beyond | m.Counted):
        plain = []
    return (*plain, *names[:1])


def _dictionary(text: str, words: Words) -> Iterator[tuple[int, int, Meaning]]:
    for begins in range(len(text)):
        for ends in range(begins + 1, min(len(text), begins + words.longest) + 1):
            for meaning in words.meanings.get(text[begins:ends], ()):
                yield begins, ends, meaning


def _patterns(text: str) -> Iterator[tuple[int, int, Meaning]]:
    for pattern, make in (*TIMES, *RULES):
        for found in _overlapping(pattern, text):
            try:
                yield found.start(), found.end(), make(found)
            except ValueError:
                continue


def _overlapping(pattern: re.Pattern[str], text: str) -> Iterator[re.Match[str]]:
    """Matches from every place: in 线索成本周一 there is 周一 too, not only 本周一."""
    found = pattern.search(text)
    while found:
        yield found
        found = pattern.search(text, found.start() + 1)


def _apart(text: str, begins: int, ends: int) -> bool:
    """Whether a word in Latin letters does not begin or end inside a longer one."""
    before, after = text[begins - 1 : begins], text[ends : ends + 1]
    return not (
        (_is_letter(before) and _is_letter(text[begins]))
        or (_is_letter(after) and _is_letter(text[ends - 1]))
    )


def _is_letter(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _best_path(text: str, edges: dict[int, list[_Edge]]) -> list[tuple[int, _Edge]]:
    """Least left over; then the longest telling words; then the fewest words."""
    best: list[tuple[tuple[int, int, int], list[tuple[int, _Edge]]]] = [((0, 0, 0), [])] * (len(text) + 1)
    for begins in range(len(text) - 1, -1, -1):
        (missed, weight, count), path = best[begins + 1]
        skipped = 0 if text[begins] == " " else 1
        choice = ((missed - skipped, weight, count), path)
        for edge in edges.get(begins, ()):
            (missed, weight, count), path = best[edge.ends]
            score = (missed, weight + _weight(edge, edge.ends - begins), count - 1)
            if score > choice[0]:
                choice = (score, [(begins, edge), *path])
        best[begins] = choice
    return best[0][1]


def _weight(edge: _Edge, length: int) -> int:
    """Telling words count by the square of their length, fillers hardly."""
    if all(isinstance(meaning, m.Noise) for meaning in edge.meanings):
        return length * length - 1 if length > 1 else 0
    return length * length
