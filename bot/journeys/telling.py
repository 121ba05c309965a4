"""A simulated way in words: day by day, what he would get and why he would get no more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.crm.company import Company
from bot.journeys import wording
from bot.journeys.admission import NotAdmitted
from bot.journeys.course import Course
from bot.journeys.simulate import SimLine
from bot.journeys.simulate_touch import Foreseen
from bot.journeys.simulate_words import decided
from bot.journeys.step import GivePoints, MoveOn, PutTag, SetTo, WriteField

DAY, FIRST = "第 {n} 天 {day} 周{weekday}", "（开始）"
STEP = "  {at}  {step}{outcome}"
NO_STEP = "没有走任何一步。"
REFUSED = "  {at}  没有进入「{name}」：{why}"
NOTHING_MORE = "{at} 之后到 {until} 没有别的了。"
NOTE = "这是模拟：没有发任何东西。每条内容发不发、走哪个渠道，到时按许可、频次和免打扰时段决定。"
DECIDED = (
    "这是模拟：没有发任何东西，也没有写任何数据。"
    "许可、次数、免打扰按他现在的情况和那天的规矩算；他之后做什么不知道，按什么都没做算。"
)
MADE_UP = "这是模拟：没有发任何东西，也没有写任何数据。许可、次数、免打扰按上面的假设和那天的规矩算。"
CHANGED = (
    "模拟里打的标签、改的字段、加的分，后面的条件和分群都算上了；评分规则因此再加减的分、到线转给销售没有算。"
)
CAME_INTO = "  {at}  进了分群「{name}」"
_CHANGES = (PutTag, WriteField, GivePoints, MoveOn, SetTo)
SCORED, AS_IT_WAS, OTHER = "（到 {score} 分）", "（本来就是这样）", "「{name}」"
_WEEKDAYS = "一二三四五六日"
OUTCOMES: Mapping[str, str] = {
    "waits": "，开始等", "then": " → 等到了", "else": " → 否则", "timeout": " → 没人答，时间到了",
    "again": " → 再来一轮", "done": " → 循环完",
    "hold_out": " → 对照组", "goal": " → 达成目标，到此为止", "left": " → 不该再走，到此为止",
    "exit": " → 到此为止", "next": "",
}  # fmt: skip
WHY: Mapping[NotAdmitted, str] = {
    NotAdmitted.NOT_FOR_HIM: "不符合 only 里的条件，用 --field 补上字段再试",
    NotAdmitted.ALREADY_IN: "已经在里面了",
    NotAdmitted.ONCE: "一人只走一次",
    NotAdmitted.TOO_SOON: "离上次进入还不够久",
    NotAdmitted.SAME_KEY: "这一单已经走过",
    NotAdmitted.NO_KEY: "没有单号",
    NotAdmitted.LOOP: "一天内进入太多次",
}


def told(
    lines: Sequence[SimLine],
    refused: Sequence[tuple[datetime, str, NotAdmitted]],
    ways: Mapping[str, Course],
    company: Company,
    *,
    begins: datetime,
    until: datetime,
    zone: ZoneInfo,
    key: str = "",
    came_into: Sequence[tuple[datetime, str]] = (),
    is_made_up: bool = False,
) -> Iterator[str]:
    """Line by line; of journeys other than `key`, if it is said, with their names."""
    moments: list[tuple[datetime, str]] = []
    known: set[tuple[str, NotAdmitted]] = set()
    for at, one_key, why in refused:
        # The same reason again each week is said once.
        if (one_key, why) in known or (key and one_key != key):
            continue
        known.add((one_key, why))
        name = ways[one_key].journey.name
        moments.append((at, REFUSED.format(at=_clock(at, zone), name=name, why=WHY.get(why, why.value))))
    for at, segment in came_into:
        meant = company.segments.meant(segment)
        moments.append((at, CAME_INTO.format(at=_clock(at, zone), name=meant.name if meant else segment)))
    for one in lines:
        if one.outcome == "next" and one.kind in {"wait", "wait_until"} and not one.note:
            continue
        moments.append((one.at, _step(one, ways, company, zone, key)))
    day: date | None = None
    first = begins.astimezone(zone).date()
    for at, text in sorted(moments, key=lambda one: one[0]):
        on = at.astimezone(zone).date()
        if on != day:
            day = on
            yield DAY.format(n=(on - first).days + 1, day=on.isoformat(), weekday=_WEEKDAYS[on.weekday()])
        yield text
    if not lines:
        yield NO_STEP
    else:
        last = max(one.at for one in lines)
        yield NOTHING_MORE.format(at=_day(last, zone), until=_day(until, zone))
    decides = any(one.said is not None and one.said.why is not None for one in lines)
    yield (MADE_UP if is_made_up else DECIDED) if decides else NOTE
    if any(isinstance(effect, _CHANGES) for one in lines for effect in one.effects):
        yield CHANGED


def _step(one: SimLine, ways: Mapping[str, Course], company: Company, zone: ZoneInfo, key: str) -> str:
    way = ways[one.journey]
    step = wording.step(one.config or way.graph[one.place].config, company)
    if key and one.journey != key:
        step = OTHER.format(name=way.journey.name) + step
    outcome = OUTCOMES.get(one.outcome, f" → {one.outcome}")
    if one.kind == "branch":
        outcome = " → 否则" if one.outcome == "else" else f" → 第 {one.outcome} 条路"
    elif one.outcome == "next" and one.note and one.kind.startswith("wait"):
        outcome = "，没有日期或已经过了，直接往下"
    if (found := _foreseen(one)) is not None:
        outcome = decided(found) + outcome
    if one.score is not None:
        outcome += SCORED.format(score=one.score)
    if one.note == "as_it_was":
        outcome += AS_IT_WAS
    return STEP.format(at=_clock(one.at, zone), step=step, outcome=outcome)


def as_json(lines: Sequence[SimLine], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "at": one.at.astimezone(zone).isoformat(), "journey": one.journey, "step": one.place,
            "kind": one.kind, "occurrence": one.occurrence, "outcome": one.outcome, "note": one.note,
            **({} if (found := _foreseen(one)) is None else {"decided": decided(found).removeprefix(" → ")}),
        }
        for one in lines
    ]  # fmt: skip


def _foreseen(one: SimLine) -> Foreseen | None:
    why = None if one.said is None else one.said.why
    return why if isinstance(why, Foreseen) else None


def as_document(
    key: str,
    lines: Sequence[SimLine],
    refused: Sequence[tuple[datetime, str, NotAdmitted]],
    zone: ZoneInfo,
    *,
    came_into: Sequence[tuple[datetime, str]] = (),
    taken: str = "",
) -> dict[str, Any]:
    """All of it for programs; `taken` is what was taken for granted."""
    said = [
        {"at": at.astimezone(zone).isoformat(), "journey": one, "reason": why.value}
        for at, one, why in refused
    ]
    entered = [{"at": at.astimezone(zone).isoformat(), "segment": one} for at, one in came_into]
    found = {"journey": key, "steps": as_json(lines, zone), "refused": said, "came_into": entered}
    return found | ({"taken": taken} if taken else {})


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def _day(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat()
