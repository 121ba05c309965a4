"""A journey as a chart: with the numbers of those who are in it, or with one person's simulated way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from bot.crm.company import Company
from bot.crm.company.journey_steps import Approve, Branch, Loop, Split, Step, Steps, WaitFor, kind_of
from bot.crm.company.journeys import Journey
from bot.journeys import wording
from bot.journeys.graph import build
from bot.journeys.simulate import SimLine
from bot.journeys.simulate_touch import Foreseen
from bot.journeys.simulate_words import short
from bot.rules.chinese import describe
from bot.store.enrollments import Count

Chart: TypeAlias = dict[str, Any]
TITLE = "旅程：{name}"
HERE, PASSED, PEOPLE = "{n:,} 人在这", "走过 {n:,}", "{n:,} 人"
SAID, NOT_SAID, TO_REP = "发了 {n:,}", "没发 {n:,}", "转销售 {n:,}"
DAY = "第 {n} 天 {at}"
THEN, ELSE, HOLD_OUT, EACH = "等到了", "否则", "对照组（不走下面各组）", "每一轮，最多 {n} 次"
YES, NO, LATE = "同意", "不同意", "没人答"
ENTERED, ENDED, NO_END = "进过 {n:,} 人", "结束：{how}", "走完"
ENDS = {"goal": "达成目标", "left": "中途离开", "exit": "到此为止", "too_long": "步数太多"}
_MOST_WORDS = 60


@dataclass(frozen=True, slots=True)
class _Seen:
    """What stands in a box, and beside a way."""

    box: Callable[[str], Mapping[str, Any]]
    arm: Callable[[str, str], Mapping[str, Any]]


def with_numbers(
    journey: Journey,
    company: Company,
    counts: Sequence[Count],
    here: Mapping[str, int],
    *,
    ended: str = "",
    note: str = "",
) -> Chart:
    """How many stand at each step of this version, passed it, and took which way."""
    made: dict[str, list[Count]] = {}
    for one in counts:
        if one.outcome != "waits":
            made.setdefault(one.place, []).append(one)

    def box(place: str) -> Mapping[str, Any]:
        said = {"aside": _results(made.get(place, ()))}
        return said | ({"here": HERE.format(n=here[place])} if here.get(place) else {})

    def arm(place: str, way: str) -> Mapping[str, Any]:
        n = sum(one.n for one in made.get(place, ()) if one.outcome == way)
        return {"aside": PEOPLE.format(n=n)} if n else {}

    chart = _chart(journey, company, _Seen(box, arm))
    first = build(journey).first or ""
    entered = sum(one.n for one in made.get(first, ())) + here.get(first, 0)
    if entered:
        chart["entered"] = ENTERED.format(n=entered)
    return chart | {"ended": ENDED.format(how=ended) if ended else "", "note": note}


def with_way(
    journey: Journey,
    company: Company,
    lines: Iterable[SimLine],
    *,
    subtitle: str,
    note: str,
    first_day: int,
) -> Chart:
    """One person's way marked; in each box on which day he comes there, and what he gets."""
    zone = company.org.zone
    days: dict[str, str] = {}
    taken: set[tuple[str, str]] = set()
    ended = ""
    for one in lines:
        local = one.at.astimezone(zone)
        if one.place not in days:
            days[one.place] = DAY.format(
                n=local.date().toordinal() - first_day + 1, at=f"{local.month}-{local.day} {local:%H:%M}"
            )
        if one.said is not None and isinstance(one.said.why, Foreseen):
            days[one.place] += f"，{short(one.said.why)}"
        if one.outcome != "waits":
            taken.add((one.place, one.outcome))
        ended = ENDS.get(one.outcome, NO_END) if one.to is None else ""

    def box(place: str) -> Mapping[str, Any]:
        return {"aside": days.get(place, ""), "on": place in days}

    def arm(place: str, way: str) -> Mapping[str, Any]:
        return {"on": (place, way) in taken}

    chart = _chart(journey, company, _Seen(box, arm))
    return chart | {
        "subtitle": subtitle, "note": note, "marked": True, "ended": ENDED.format(how=ended) if ended else "",
    }  # fmt: skip


def _chart(journey: Journey, company: Company, seen: _Seen) -> Chart:
    graph = build(journey)
    places = {id(place.config): place.id for place in graph.places.values()}

    def chain(steps: Steps) -> list[Chart]:
        return [made(step) for step in steps]

    def made(step: Step) -> Chart:
        place = places[id(step)]
        ways = [
            {"label": label, "steps": chain(inner), **seen.arm(place, way)}
            for way, label, inner in arms(step, company)
        ]
        text = _cut(wording.step(step, company))
        return {"kind": kind_of(step), "text": text, "ways": ways, **seen.box(place)}

    return {
        "kind": "journey", "title": TITLE.format(name=journey.name), "subtitle": "", "note": "",
        "entry": _cut(wording.entry(journey, company)), "steps": chain(journey.steps),
    }  # fmt: skip


def arms(step: Step, company: Company) -> list[tuple[str, str, Steps]]:
    """Its ways: the graph's name, what people call it, what is on it."""
    match step:
        case Branch():
            found = [
                (str(n), _cut(describe(arm.when, company.registry)), arm.steps)
                for n, arm in enumerate(step.branch, 1)
            ]
            return [*found, ("else", ELSE, step.otherwise)]
        case Split():
            found = [(arm.name, f"{arm.name} {arm.percent}%", arm.steps) for arm in step.arms]
            return [*found, *([("hold_out", f"{HOLD_OUT} {step.hold_out}%", ())] if step.hold_out else [])]
        case WaitFor():
            return [("then", THEN, step.then), ("else", ELSE, step.otherwise)]
        case Approve():
            late = [("timeout", LATE, step.timeout)] if step.timeout is not None else []
            return [("then", YES, step.then), ("else", NO, step.otherwise), *late]
        case Loop():
            return [("again", EACH.format(n=step.times), step.loop)]
        case _:
            return []


def _results(counts: Iterable[Count]) -> str:
    """How many passed, and what came of messages."""
    passed = said = rep = not_sent = 0
    says = False
    for one in counts:
        passed += one.n
        word = one.note.partition(":")[0]
        says = says or word in ("rep", "not_sent") or word in _CHANNELS
        rep += one.n if word == "rep" else 0
        not_sent += one.n if word == "not_sent" else 0
        said += one.n if word in _CHANNELS else 0
    if not says:
        return PASSED.format(n=passed) if passed else ""
    parts = (
        SAID.format(n=said),
        *(form.format(n=n) for form, n in ((TO_REP, rep), (NOT_SAID, not_sent)) if n),
    )
    return " · ".join(parts)


_CHANNELS = frozenset({"email", "sms", "wecom", "wechat_service", "wechat_official", "mini_program"})


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_WORDS else f"{text[: _MOST_WORDS - 1]}…"
