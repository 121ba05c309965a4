"""From nouns, verbs and measures to metrics: 跟进了多少线索, 签了几单, 商机金额."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from bot.crm.metrics.metric import Metric, Subject
from bot.crm.metrics.registry import METRICS
from bot.insight.ask import meanings as m
from bot.insight.ask.line import Line
from bot.insight.ask.meanings import Act, Measure
from bot.insight.ask.read_relations import relations
from bot.insight.ask.said import SOME_DEAL_AMOUNT, SOME_DEALS, Problem

WORDS = (m.MetricWord, m.Noun, m.Verb, m.Measured, m.Idle)
#: Means and shares: 平均 before them adds nothing.
MEANS = {"minutes", "days", "mark", "percent", "ratio"}
AVERAGED = {"avg_deal_amount", "cost_per_lead"}
#: A subject stands for itself beside metrics of these.
ABSORBED_BY = {
    Subject.LEAD: {Subject.LEAD},
    Subject.DEAL: {Subject.DEAL},
    Subject.TASK: {Subject.TASK},
    Subject.CUSTOMER: {Subject.CUSTOMER},
}
#: Of these, reps also say 客户 for a lead.
OF_CLIENTS = {
    "first_response_minutes",
    "follow_ups",
    "followed_leads",
    "stale_leads",
    "open_leads",
    "claimed_leads",
    "wechat_added",
    "pool_leads",
    "returned_leads",
}
OF_LEADS_TOO = {"cost_per_lead", "channel_cost", "channel_roi", "on_time_rate"}
AMBIGUOUS_NOUNS = {
    Subject.CUSTOMER: ("new_customers", "new_leads"),
    Subject.TASK: ("tasks_done", "overdue_tasks", "on_time_rate"),
}
NEW = {Subject.LEAD: "new_leads", Subject.DEAL: "new_deals", Subject.CUSTOMER: "new_customers"}
WITH_AMOUNT = {
    "new_deals": "deal_amount",
    "won_deals": "won_amount",
    "open_deals": "pipeline_amount",
    SOME_DEALS: SOME_DEAL_AMOUNT,
}
VALUES_OF_LEADS = frozenset({"source", "industry", "campaign", "tag"})
#: 成交率 alone is one or the other.
WON_RATES = {"win_rate", "lead_to_won_rate"}
REASONS: Mapping[tuple[str, ...], str] = {
    ("lost_reason",): "lost_deals",
    ("invalid_reason",): "invalid_leads",
}
#: What the noun alone would be taken for.
PLAIN = {"lost_deals": SOME_DEALS, "invalid_leads": "new_leads"}
WITH_COUNT = {value: key for key, value in WITH_AMOUNT.items()}


@dataclass(slots=True)
class _Reading:
    """What has been read so far."""

    line: Line
    #: Alternatives by place; a place has one metric.
    found: dict[int, tuple[str, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    #: Nouns that only say what a name is of: 官网的线索成交了多少钱.
    spoken_for: set[int] = field(default_factory=set)

    def ids(self) -> set[str]:
        return {metric_id for ids in self.found.values() for metric_id in ids}


def read_metrics(line: Line) -> tuple[tuple[tuple[str, ...], ...], int | None, tuple[Problem, ...]]:
    """Metrics in the order said (each with its alternatives), days without a follow-up, problems."""
    reading = _Reading(line)
    for at in line.all_of(m.MetricWord):
        word = line.meaning(at)
        reading.found[at] = _narrowed(reading, at, word.ids) if isinstance(word, m.MetricWord) else ()
    idle = next((one.days for one in line.of(m.Idle) if isinstance(one, m.Idle)), None)
    if idle is not None:
        reading.found[line.all_of(m.Idle)[0]] = ("stale_leads",)
    _read_held(reading)
    _read_followed(reading)
    _read_new(reading)
    _read_sold(reading)
    _read_finished(reading)
    _read_nouns(reading)
    _read_prices(reading)
    _read_reasons(reading)
    _read_nouns_of_cuts(reading)
    _read_measures(reading)
    _absorb_pool(reading)
    reading.problems += relations(line, reading.found)
    return _unique(reading.found), idle, tuple(reading.problems)


def _narrowed(reading: _Reading, at: int, ids: tuple[str, ...]) -> tuple[str, ...]:
    """线索的成交率, 商机成交率: the noun before tells which."""
    if set(ids) == set(AMBIGUOUS_NOUNS[Subject.CUSTOMER]) and any(_verbs(reading, Act.NEW)):
        return ("new_customers",)
    subject = _subject(reading, at - 1)
    if set(ids) != WON_RATES or subject not in {Subject.LEAD, Subject.DEAL}:
        return ids
    return ("lead_to_won_rate",) if subject is Subject.LEAD else ("win_rate",)


def _unique(found: dict[int, tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(found[at] for at in sorted(found)))


def _verbs(reading: _Reading, *acts: Act) -> Iterator[int]:
    for at in reading.line.all_of(m.Verb):
        verb = reading.line.meaning(at)
        if isinstance(verb, m.Verb) and verb.act in acts:
            yield at


def _nouns(reading: _Reading, *subjects: Subject) -> list[int]:
    nouns = reading.line.all_of(m.Noun)
    taken = {*reading.found, *reading.spoken_for}
    return [at for at in nouns if at not in taken and _subject(reading, at) in subjects]


def _subject(reading: _Reading, at: int) -> Subject | None:
    noun = reading.line.meaning(at)
    return noun.subject if isinstance(noun, m.Noun) else None


def _measured(reading: _Reading, measure: Measure) -> list[int]:
    return [at for at in reading.line.all_of(m.Measured) if reading.line.meaning(at) == m.Measured(measure)]


def _nearest(places: list[int], to: int) -> int | None:
    return min(places, key=lambda at: abs(at - to), default=None)


def _read_held(reading: _Reading) -> None:
    """在手, 名下 with what is held."""
    if "stale_leads" in reading.ids():
        return
    for at in _verbs(reading, Act.HOLD):
        near = _nearest(_nouns(reading, Subject.LEAD, Subject.DEAL), at)
        cut = reading.line.tokens[at + 1].text if isinstance(reading.line.meaning(at + 1), m.Cut) else ""
        if near is None and cut.startswith(("线索", "商机")) and not reading.found:
            reading.found[at] = ("open_leads",) if cut.startswith("线索") else ("open_deals",)
            continue
        if near is None:
            reading.found[at] = ("open_leads", "open_deals") if not reading.found else ()
            continue
        reading.found[near] = ("open_leads",) if _subject(reading, near) is Subject.LEAD else ("open_deals",)
    reading.found = {at: ids for at, ids in reading.found.items() if ids}


def _read_followed(reading: _Reading) -> None:
    """跟进 alone counts records; 跟进 … 线索 counts leads."""
    for at in _verbs(reading, Act.FOLLOW):
        if "stale_leads" in reading.ids():
            continue
        if reading.line.tokens[at + 1 : at + 2] and "及时" in reading.line.tokens[at + 1].text:
            reading.found[at] = ("on_time_rate",)
            continue
        after = [noun for noun in _nouns(reading, Subject.LEAD, Subject.CUSTOMER) if noun > at]
        counts_leads = (
            after and not reading.line.separated(at, after[0]) and not _measured(reading, Measure.TIMES)
        )
        reading.found[at] = ("followed_leads",) if counts_leads else ("follow_ups",)


def _read_new(reading: _Reading) -> None:
    """新增 with each noun after it; with nothing it is asked about."""
    verbs = list(_verbs(reading, Act.NEW))
    if not verbs:
        return
    nouns = _nouns(reading, Subject.LEAD, Subject.DEAL, Subject.CUSTOMER)
    for noun in nouns:
        subject = _subject(reading, noun)
        if subject and not _absorbed(reading, noun, subject):
            reading.found[noun] = (NEW[subject],)
    if not reading.found:
        reading.found[verbs[0]] = ("new_leads", "new_deals", "new_customers")


def _read_sold(reading: _Reading) -> None:
    """签 counts deals, 卖 their money, unless the measure says otherwise."""
    for at in _verbs(reading, Act.WIN, Act.SELL):
        verb = reading.line.meaning(at)
        sells = isinstance(verb, m.Verb) and verb.act is Act.SELL
        reading.found[at] = ("won_amount",) if sells else ("won_deals",)
        if sells and _measured(reading, Measure.COUNT) and not _measured(reading, Measure.AMOUNT):
            reading.found[at] = ("won_deals",)
    for noun in _nouns(reading, Subject.LEAD, Subject.CUSTOMER):
        if any(_verbs(reading, Act.WIN)) and not any(_verbs(reading, Act.NEW)):
            if _tells_which(reading, noun):
                reading.spoken_for.add(noun)
                continue
            reading.found[noun] = (
                AMBIGUOUS_NOUNS[Subject.CUSTOMER]
                if _subject(reading, noun) is Subject.CUSTOMER
                else ("new_leads",)
            )


def _tells_which(reading: _Reading, noun: int) -> bool:
    """官网的线索 and 医疗客户 before what was signed."""
    before = reading.line.meaning(noun - 1)
    named = isinstance(before, m.Mention) and bool(before.dimensions & VALUES_OF_LEADS)
    return named and any(
        at > noun and not isinstance(reading.line.meaning(noun + 1), m.Link) for at in reading.found
    )


def _read_finished(reading: _Reading) -> None:
    """完成 with 任务 is a metric; with any other it adds nothing."""
    for at in _verbs(reading, Act.FINISH):
        tasks = _nouns(reading, Subject.TASK)
        if tasks and not reading.found:
            reading.found[tasks[0]] = ("tasks_done",)
        elif not reading.found and not reading.line.has(m.MetricWord):
            reading.found[at] = ("tasks_done", "quota_attainment")


def _read_nouns(reading: _Reading) -> None:
    """Nouns that no metric beside them has taken."""
    for at in _nouns(reading, *Subject):
        subject = _subject(reading, at)
        if subject is None or _absorbed(reading, at, subject):
            continue
        if subject is Subject.DEAL:
            reading.found[at] = (SOME_DEALS,)
        else:
            reading.found[at] = AMBIGUOUS_NOUNS.get(subject, ("new_leads",))


def _read_prices(reading: _Reading) -> None:
    """最便宜的线索: what they cost, not how many there are."""
    texts = [reading.line.tokens[at].text for at in reading.line.all_of(m.Superlative)]
    if reading.ids() == {"new_leads"} and any(text.endswith(("便宜", "贵")) for text in texts):
        reading.found = dict.fromkeys(reading.found, ("cost_per_lead",))


def _read_reasons(reading: _Reading) -> None:
    """丢单原因 alone asks for what was lost, 线索无效原因 for what was invalid."""
    for at in reading.line.all_of(m.Cut, m.Group):
        cut = reading.line.meaning(at)
        metric = REASONS.get(cut.dimensions) if isinstance(cut, m.Cut | m.Group) else None
        if metric is not None and not reading.found and isinstance(cut, m.Cut):
            reading.found[at] = (metric,)
        elif metric is not None and reading.ids() == {PLAIN[metric]}:
            reading.found = dict.fromkeys(reading.found, (metric,))


def _read_nouns_of_cuts(reading: _Reading) -> None:
    """线索来源分布, 在跟商机阶段分布: the noun stands inside the word for the dimension."""
    if reading.found:
        return
    for at in reading.line.all_of(m.Mention):
        if reading.line.tokens[at].text.endswith("触达"):
            reading.found[at] = ("touches_sent",)
            return
    for at in reading.line.all_of(m.Cut, m.Group):
        text = reading.line.tokens[at].text
        if "线索" in text:
            reading.found[at] = ("new_leads",)
        elif "商机" in text:
            reading.found[at] = (SOME_DEALS,)


def _absorbed(reading: _Reading, at: int, subject: Subject) -> bool:
    """Whether the noun only says what another metric counts; 线索和… stands for itself."""
    if isinstance(reading.line.meaning(at + 1), m.Link) and _counts_after(reading, at):
        return False
    return any(
        _takes(METRICS[metric_id], subject) and not _is_cost_apart(reading, metric_id, place, at)
        for place, ids in reading.found.items()
        for metric_id in ids
        if metric_id in METRICS
    )


def _is_cost_apart(reading: _Reading, metric_id: str, place: int, at: int) -> bool:
    """花了多少钱,带来多少线索: both."""
    is_cost = METRICS[metric_id].subject is Subject.COST
    return is_cost and place < at and reading.line.separated(place, at)


def _counts_after(reading: _Reading, at: int) -> bool:
    """Whether what 和 joins to the noun is a metric too, not another name."""
    return isinstance(reading.line.meaning(at + 2), WORDS)


def _takes(metric: Metric, subject: Subject) -> bool:
    if metric.subject is subject or (metric.id == "funnel" and subject is not Subject.TASK):
        return True
    if subject is Subject.LEAD:
        return metric.subject is Subject.FOLLOW_UP or metric.id in OF_LEADS_TOO
    if subject is Subject.CUSTOMER:
        return metric.id in OF_CLIENTS
    return subject is Subject.DEAL and metric.id == "stale_deals"


def _read_measures(reading: _Reading) -> None:
    """Amounts turn the metric before them; averages must meet a mean."""
    amount = m.Measured(Measure.AMOUNT)
    # 多少钱的单子: the noun of the amount.
    counts = [at for at in _measured(reading, Measure.COUNT) if reading.line.meaning(at - 1) != amount]
    counted = {_owner_of(reading, at) for at in counts}
    for at in _measured(reading, Measure.AMOUNT):
        owner = _owner_of(reading, at)
        ids = reading.found.get(owner, ()) if owner is not None else ()
        if _is_money(ids):
            continue
        if owner is not None and len(ids) == 1 and ids[0] in WITH_AMOUNT and _counted_too(reading, owner, at):
            reading.found[at] = (WITH_AMOUNT[ids[0]],)
            continue
        if len(ids) != 1 or ids[0] not in WITH_AMOUNT:
            reading.problems.append(Problem(f"「{reading.line.tokens[at].text}」不知道是什么的金额"))
        elif owner in counted and owner is not None:
            reading.found[at] = (WITH_AMOUNT[ids[0]],)
        elif owner is not None:
            reading.found[owner] = (WITH_AMOUNT[ids[0]],)
            _count_beside(reading, owner, at)
    if _measured(reading, Measure.AVERAGE) and not all(map(_is_mean, reading.ids())):
        reading.problems.append(Problem("这个指标不能求平均"))


def _counted_too(reading: _Reading, owner: int, at: int) -> bool:
    """商机数和金额: both."""
    said = reading.line.tokens[owner].text.endswith(("数", "数量", "量"))
    said = said or reading.line.meaning(at - 2) == m.Measured(Measure.COUNT)
    return said and owner < at and isinstance(reading.line.meaning(at - 1), m.Link)


def _count_beside(reading: _Reading, owner: int, at: int) -> None:
    """商机金额和数量: both."""
    for count in _measured(reading, Measure.COUNT):
        if count > at and isinstance(reading.line.meaning(count - 1), m.Link):
            reading.found[count] = (WITH_COUNT[reading.found[owner][0]],)


def _is_money(ids: tuple[str, ...]) -> bool:
    return bool(ids) and all(
        metric_id in METRICS and METRICS[metric_id].unit.value == "money" for metric_id in ids
    )


def _is_mean(id: str) -> bool:
    return id in AVERAGED or (id in METRICS and METRICS[id].unit.value in MEANS)


def _owner_of(reading: _Reading, at: int) -> int | None:
    """The metric that a measure belongs to: the last before it, else the first after."""
    before = [place for place in reading.found if place < at]
    after = [place for place in reading.found if place > at]
    return max(before) if before else min(after, default=None)


def _absorb_pool(reading: _Reading) -> None:
    """从公海领取, 退回公海: the pool is only where from or to."""
    moves = {"claimed_leads", "returned_leads", "recycled_leads"}
    if reading.ids() & moves:
        reading.found = {
            at: ids for at, ids in reading.found.items() if ids != ("pool_leads",) or _is_listed(reading, at)
        }


def _is_listed(reading: _Reading, at: int) -> bool:
    return any(isinstance(reading.line.meaning(at + step), m.Link) for step in (-1, 1))
