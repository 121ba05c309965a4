"""From nouns, verbs and measures to metrics: 跟进了多少线索, 签了几单, 商机金额."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.crm.metrics.dimension import Dimension
from bot.crm.metrics.metric import Metric, Subject
from bot.crm.metrics.registry import METRICS
from bot.insight.ask import meanings as m
from bot.insight.ask import texts
from bot.insight.ask.colloquial import HINTED
from bot.insight.ask.counting import Reading, measured, nouns_of, subject_at, verbs_of
from bot.insight.ask.line import Line
from bot.insight.ask.meanings import Act, Measure, Mention
from bot.insight.ask.read_measures import read_lengths, read_measures
from bot.insight.ask.read_relations import relations
from bot.insight.ask.said import SOME_DEAL_AMOUNT, SOME_DEALS, Problem, Way

WORDS = (m.MetricWord, m.Noun, m.Verb, m.Measured, m.Idle)
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
    "lead_to_won_rate",
}
OF_LEADS_TOO = {"cost_per_lead", "channel_cost", "channel_roi", "on_time_rate"}
AMBIGUOUS_NOUNS = {
    Subject.CUSTOMER: ("new_customers", "new_leads"),
    Subject.TASK: ("tasks_done", "overdue_tasks", "on_time_rate"),
}
NEW = {Subject.LEAD: "new_leads", Subject.DEAL: "new_deals", Subject.CUSTOMER: "new_customers"}
VALUES_OF_LEADS = frozenset({"source", "industry", "campaign", "tag"})
#: 成交率 alone is one or the other.
WON_RATES = {"win_rate", "lead_to_won_rate"}
REASONS: Mapping[tuple[str, ...], str] = {
    ("lost_reason",): "lost_deals",
    ("invalid_reason",): "invalid_leads",
}
#: What the noun alone would be taken for.
PLAIN = {"lost_deals": SOME_DEALS, "invalid_leads": "new_leads"}


@dataclass(frozen=True, slots=True)
class MetricsSaid:
    """Metrics in the order said, each with its alternatives; days without a follow-up; problems."""

    metrics: tuple[tuple[str, ...], ...]
    idle: int | None
    problems: tuple[Problem, ...]
    #: One of them is said twice.
    repeats: bool


def read_metrics(line: Line) -> MetricsSaid:
    """All that a turn says of what is counted."""
    reading = Reading(line)
    for at in line.all_of(m.MetricWord):
        word = line.meaning(at)
        reading.found[at] = _narrowed(reading, at, word.ids) if isinstance(word, m.MetricWord) else ()
    idle = next((one.days for one in line.of(m.Idle) if isinstance(one, m.Idle)), None)
    if idle is not None:
        reading.found[line.all_of(m.Idle)[0]] = ("stale_leads",)
    _read_hints(reading)
    _read_held(reading)
    _read_followed(reading)
    _read_new(reading)
    _read_sold(reading)
    _read_finished(reading)
    _read_nouns(reading)
    _read_prices(reading)
    _read_reasons(reading)
    _read_nouns_of_cuts(reading)
    _read_bare_deals(reading)
    read_lengths(reading)
    read_measures(reading)
    _absorb_pool(reading)
    reading.problems += relations(line, reading.found)
    metrics = _unique(reading.found)
    return MetricsSaid(metrics, idle, tuple(reading.problems), len(metrics) < len(reading.found))


def _narrowed(reading: Reading, at: int, ids: tuple[str, ...]) -> tuple[str, ...]:
    """线索的成交率, 商机成交率: the noun before tells which."""
    if set(ids) == set(AMBIGUOUS_NOUNS[Subject.CUSTOMER]) and any(verbs_of(reading, Act.NEW)):
        return ("new_customers",)
    subject = subject_at(reading, at - 1)
    if set(ids) != WON_RATES or subject not in {Subject.LEAD, Subject.DEAL}:
        return ids
    return ("lead_to_won_rate",) if subject is Subject.LEAD else ("win_rate",)


def _unique(found: dict[int, tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(found[at] for at in sorted(found)))


def _nearest(places: list[int], to: int) -> int | None:
    return min(places, key=lambda at: abs(at - to), default=None)


def _read_hints(reading: Reading) -> None:
    """最划算, 最容易成交: what is ranked stands inside the word."""
    nouns = [*reading.line.all_of(m.MetricWord, m.Verb, m.Measured)]
    for at in reading.line.all_of(m.Superlative):
        text = reading.line.tokens[at].text.removeprefix("最为").removeprefix("最")
        acts = [place for place in nouns if reading.line.meaning(place) != m.Verb(Act.NEW)]
        if text not in HINTED or acts:
            continue
        ids = HINTED[text]
        subjects = {subject_at(reading, noun) for noun in reading.line.all_of(m.Noun)}
        if set(ids) == WON_RATES and subjects & {Subject.LEAD, Subject.CUSTOMER}:
            ids = ("lead_to_won_rate",)
        elif set(ids) == WON_RATES and Subject.DEAL in subjects:
            ids = ("win_rate",)
        reading.found[at] = ids


def _read_held(reading: Reading) -> None:
    """在手, 名下 with what is held."""
    if "stale_leads" in reading.ids():
        return
    for at in verbs_of(reading, Act.HOLD):
        near = _nearest(nouns_of(reading, Subject.LEAD, Subject.DEAL), at)
        cut = reading.line.tokens[at + 1].text if isinstance(reading.line.meaning(at + 1), m.Cut) else ""
        if near is None and cut.startswith(("线索", "商机")) and not reading.found:
            reading.found[at] = ("open_leads",) if cut.startswith("线索") else ("open_deals",)
            continue
        if near is None:
            either = ("open_deals",) if _of_deals(reading) else ("open_leads", "open_deals")
            reading.found[at] = either if not reading.found else ()
            continue
        reading.found[near] = (
            ("open_leads",) if subject_at(reading, near) is Subject.LEAD else ("open_deals",)
        )
    reading.found = {at: ids for at, ids in reading.found.items() if ids}


def _of_deals(reading: Reading) -> bool:
    """在谈 and 单子 are said of opportunities alone."""
    held = (reading.line.tokens[at].text for at in verbs_of(reading, Act.HOLD))
    counted = (reading.line.tokens[at].text for at in measured(reading, Measure.COUNT))
    return any("谈" in text for text in held) or any("单" in text for text in counted)


def _read_followed(reading: Reading) -> None:
    """跟进 alone counts records; 跟进 … 线索 counts leads."""
    for at in verbs_of(reading, Act.FOLLOW):
        if "stale_leads" in reading.ids():
            continue
        if reading.line.tokens[at + 1 : at + 2] and "及时" in reading.line.tokens[at + 1].text:
            reading.found[at] = ("on_time_rate",)
            continue
        after = [noun for noun in nouns_of(reading, Subject.LEAD, Subject.CUSTOMER) if noun > at]
        counts_leads = (
            after and not reading.line.separated(at, after[0]) and not measured(reading, Measure.TIMES)
        )
        reading.found[at] = ("followed_leads",) if counts_leads else ("follow_ups",)


def _read_new(reading: Reading) -> None:
    """新增 with each noun after it; with nothing it is asked about."""
    verbs = list(verbs_of(reading, Act.NEW))
    if not verbs:
        return
    nouns = nouns_of(reading, Subject.LEAD, Subject.DEAL, Subject.CUSTOMER)
    for noun in nouns:
        subject = subject_at(reading, noun)
        if _only_came_from(reading, noun):
            reading.spoken_for.add(noun)
            continue
        if subject and not _absorbed(reading, noun, subject):
            reading.found[noun] = (NEW[subject],)
    if reading.ids() and reading.ids() <= {"follow_ups", "followed_leads"}:
        # 新来的线索跟进了多少: of the new ones alone, which no query can say.
        reading.problems.append(Problem(texts.RELATED_HOW, ways=(Way.WITHOUT,)))
    if not reading.found and not reading.spoken_for:
        reading.found[verbs[0]] = ("new_leads", "new_deals", "new_customers")


def _only_came_from(reading: Reading, noun: int) -> bool:
    """抖音来的线索签了多少钱: where they came from, of what was signed."""
    line = reading.line
    came = line.tokens[noun - 1].text if noun and line.meaning(noun - 1) == m.Verb(Act.NEW) else ""
    named = line.meaning(noun - 2)
    is_of = isinstance(named, Mention) and bool(named.dimensions & VALUES_OF_LEADS)
    sold = (at for at in verbs_of(reading, Act.WIN, Act.SELL) if at > noun)
    return came.endswith("的") and is_of and any(sold) and not isinstance(line.meaning(noun + 1), m.Link)


def _read_sold(reading: Reading) -> None:
    """签 counts deals, 卖 their money, unless the measure says otherwise."""
    for at in verbs_of(reading, Act.WIN, Act.SELL):
        verb = reading.line.meaning(at)
        sells = isinstance(verb, m.Verb) and verb.act is Act.SELL
        reading.found[at] = ("won_amount",) if sells else ("won_deals",)
        if sells and measured(reading, Measure.COUNT) and not measured(reading, Measure.AMOUNT):
            reading.found[at] = ("won_deals",)
    for noun in nouns_of(reading, Subject.LEAD, Subject.CUSTOMER):
        if any(verbs_of(reading, Act.WIN)) and not any(verbs_of(reading, Act.NEW)):
            if _tells_which(reading, noun):
                reading.spoken_for.add(noun)
                continue
            reading.found[noun] = (
                AMBIGUOUS_NOUNS[Subject.CUSTOMER]
                if subject_at(reading, noun) is Subject.CUSTOMER
                else ("new_leads",)
            )


def _tells_which(reading: Reading, noun: int) -> bool:
    """官网的线索 and 医疗客户 before what was signed."""
    before = reading.line.meaning(noun - 1)
    named = isinstance(before, m.Mention) and bool(before.dimensions & VALUES_OF_LEADS)
    return named and any(
        at > noun and not isinstance(reading.line.meaning(noun + 1), m.Link) for at in reading.found
    )


def _read_finished(reading: Reading) -> None:
    """完成 with 任务 is a metric; with any other it adds nothing."""
    for at in verbs_of(reading, Act.FINISH):
        tasks = nouns_of(reading, Subject.TASK)
        if tasks and not reading.found:
            reading.found[tasks[0]] = ("tasks_done",)
        elif not reading.found and not reading.line.has(m.MetricWord):
            reading.found[at] = ("tasks_done", "quota_attainment")


def _read_nouns(reading: Reading) -> None:
    """Nouns that no metric beside them has taken."""
    for at in nouns_of(reading, *Subject):
        subject = subject_at(reading, at)
        if subject is None or _absorbed(reading, at, subject):
            continue
        if subject is Subject.DEAL:
            reading.found[at] = (SOME_DEALS,)
        else:
            reading.found[at] = AMBIGUOUS_NOUNS.get(subject, ("new_leads",))


def _read_prices(reading: Reading) -> None:
    """最便宜的线索: what they cost, not how many there are."""
    texts = [reading.line.tokens[at].text for at in reading.line.all_of(m.Superlative)]
    if reading.ids() == {"new_leads"} and any(text.endswith(("便宜", "贵")) for text in texts):
        reading.found = dict.fromkeys(reading.found, ("cost_per_lead",))


def _read_reasons(reading: Reading) -> None:
    """丢单原因 alone asks for what was lost, 线索无效原因 for what was invalid."""
    for at in reading.line.all_of(m.Cut, m.Group, m.Which):
        cut = reading.line.meaning(at)
        metric = REASONS.get(cut.dimensions) if isinstance(cut, m.Cut | m.Group | m.Which) else None
        if metric is not None and not reading.found and isinstance(cut, m.Cut | m.Which):
            reading.found[at] = (metric,)
        elif metric is not None and reading.ids() == {PLAIN[metric]}:
            reading.found = dict.fromkeys(reading.found, (metric,))


def _read_nouns_of_cuts(reading: Reading) -> None:
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


def _read_bare_deals(reading: Reading) -> None:
    """本月几单, 报价阶段有几个单子: signed or only in hand is asked, unless a stage tells."""
    counts = [at for at in measured(reading, Measure.COUNT) if "单" in reading.line.tokens[at].text]
    amounts = measured(reading, Measure.AMOUNT)
    in_stage = any(
        isinstance(one, m.Mention) and one.dimensions == {Dimension.STAGE.value}
        for one in reading.line.of(m.Mention)
    )
    if reading.found or not (counts or (in_stage and amounts)):
        return
    at = (counts or amounts)[0]
    if in_stage:
        reading.found[at] = (SOME_DEAL_AMOUNT if amounts else SOME_DEALS,)
    elif amounts:
        reading.found[at] = ("won_amount", SOME_DEAL_AMOUNT)
    else:
        reading.found[at] = ("won_deals", SOME_DEALS)


def _absorbed(reading: Reading, at: int, subject: Subject) -> bool:
    """Whether the noun only says what another metric counts; 线索和… stands for itself."""
    if isinstance(reading.line.meaning(at + 1), m.Link) and _counts_after(reading, at):
        return False
    if _asked_apart(reading, at):
        return False
    return any(
        _takes(METRICS[metric_id], subject) and not _is_cost_apart(reading, metric_id, place, at)
        for place, ids in reading.found.items()
        for metric_id in ids
        if metric_id in METRICS
    )


def _asked_apart(reading: Reading, at: int) -> bool:
    """线索多少，MQL多少: asked of each by itself; in 线索 MQL the noun only says of what."""
    line = reading.line
    nexts = [place for place in reading.found if place > at and isinstance(line.meaning(place), m.MetricWord)]
    return any(
        line.tokens[at].ends < gap <= line.tokens[place].begins for place in nexts[:1] for gap in line.gaps
    )


def _is_cost_apart(reading: Reading, metric_id: str, place: int, at: int) -> bool:
    """花了多少钱,带来多少线索: both."""
    is_cost = METRICS[metric_id].subject is Subject.COST
    return is_cost and place < at and reading.line.separated(place, at)


def _counts_after(reading: Reading, at: int) -> bool:
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


def _absorb_pool(reading: Reading) -> None:
    """从公海领取, 退回公海: the pool is only where from or to."""
    moves = {"claimed_leads", "returned_leads", "recycled_leads"}
    if reading.ids() & moves:
        reading.found = {
            at: ids for at, ids in reading.found.items() if ids != ("pool_leads",) or _is_listed(reading, at)
        }


def _is_listed(reading: Reading, at: int) -> bool:
    return any(isinstance(reading.line.meaning(at + step), m.Link) for step in (-1, 1))
