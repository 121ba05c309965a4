"""Do journeys agree with the other files and with each other? What leads nowhere, what goes in circles."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from bot.crm.company import cross_check_words as words
from bot.crm.company import journey_says
from bot.crm.company import journey_steps as s
from bot.crm.company import journey_triggers as t
from bot.crm.company.cross_check_marketing import beyond_reach
from bot.crm.company.journey_conflicts import circles
from bot.crm.company.journey_walk import walk
from bot.crm.company.journeys import Journey
from bot.crm.condition import Condition
from bot.crm.condition_check import misfits
from bot.crm.condition_values import NUMBERS, constant
from bot.crm.lead import LeadStatus
from bot.kit.yaml import ConfigError, Document, Path

if TYPE_CHECKING:
    from bot.crm.company.company import Company

Fault: TypeAlias = tuple[Path, str]
FOLDER = "journeys"
LIFECYCLE = ("认知", "考虑", "决策", "购买", "服务", "忠诚")
#: Columns whose change is marked; the others nobody hears of.
WATCHED = frozenset(
    (
        *(
            "title",
            "company",
            "province",
            "city",
            "region",
            "industry",
            "source",
            "campaign",
            "form",
            "score",
        ),
        *("tier", "lifecycle", "owner_id", "pool_id", "last_follow_up_at", "wechat_added_at"),
    )
)


def errors(company: Company, documents: Mapping[str, Document]) -> list[ConfigError]:
    """All of them, each at its place."""
    found = []
    for key, journey in company.journeys.items():
        document = documents[f"{FOLDER}/{key}"]
        faults = (*_journey(company, key, journey), *_names(company, key, journey))
        found += [document.error(path, message) for path, message in faults]
    for key, message in circles(company.journeys, company.segments):
        found.append(documents[f"{FOLDER}/{key}"].error(("enter",), message))
    return found


def _names(company: Company, key: str, journey: Journey) -> Iterator[Fault]:
    others = {name: k for k, one in company.journeys.items() if k < key for name in (one.name, *one.aliases)}
    aliases = ((("aliases", n), name) for n, name in enumerate(journey.aliases))
    for path, name in ((("name",), journey.name), *aliases):
        if name in others:
            yield path, f"{words.twice('旅程', name)}，{FOLDER}/{others[name]}.yaml 里已经有了"


def _journey(company: Company, key: str, journey: Journey) -> Iterator[Fault]:
    for index, trigger in enumerate(journey.enter):
        yield from _trigger(company, trigger, ("enter", index))
    for name in ("only", "goal", "leave"):
        condition = getattr(journey, name)
        if condition is not None:
            yield from _condition(company, condition, (name,))
    if journey.zone_by is not None and journey.zone_by not in company.registry:
        yield ("zone_by",), words.unknown("字段", journey.zone_by, tuple(company.registry))
    steps = list(walk(journey.steps, ("steps",)))
    ids: set[str] = set()
    for path, step in steps:
        if step.id in ids:
            yield (*path, "id"), words.twice("步骤", step.id)
        if step.id:
            ids.add(step.id)
        yield from _step(company, key, step, path)
    yield from journey_says.faults(company, journey)


def _condition(company: Company, condition: Condition, path: Path) -> Iterator[Fault]:
    for place, message in misfits(condition, company.registry):
        yield (*path, *place), message
    for message in beyond_reach(condition, company):
        yield path, message


def _known(path: Path, kind: str, name: str | None, known: Collection[str]) -> Iterator[Fault]:
    if name is not None and name not in known:
        yield path, words.unknown(kind, name, known)


def _trigger(company: Company, trigger: Any, path: Path) -> Iterator[Fault]:  # noqa: ANN401, C901 - one case a kind
    """What a beginning or a wait names."""
    registry = company.registry
    match trigger:
        case t.Event():
            yield from _known((*path, "event"), "行为", trigger.event, company.scoring.events)
        case t.Submitted():
            yield from _known((*path, "form"), "表单", trigger.form, [one.id for one in company.forms.forms])
        case t.Changed():
            yield from _changed(company, trigger, path)
        case t.Status():
            yield from _known(
                (*path, "status"), "线索状态", trigger.status, [one.value for one in LeadStatus]
            )
        case t.Stage():
            stages = [one.name for one in company.pipeline.stages]
            yield from _known((*path, "stage"), "商机阶段", trigger.stage, stages)
        case t.Bought():
            products = [one.name for one in company.catalogue.products]
            yield from _known((*path, "bought"), "产品", trigger.bought, [t.ANYTHING, *products])
        case t.Tagged():
            yield from _known(
                (*path, "tagged"), "标签", trigger.tagged, [one.name for one in company.tags.all()]
            )
        case t.Entered():
            keys = [one.key for one in company.segments.segments]
            yield from _known((*path, "segment"), "分群", trigger.segment, keys)
        case t.OnDate():
            spec = registry.get(trigger.date)
            if spec is None or spec.type not in {"date", "datetime"} or spec.column.startswith("@"):
                dates = [k for k, one in registry.items() if one.type in {"date", "datetime"}]
                yield (*path, "date"), words.unknown("日期字段", trigger.date, dates)
        case _:
            pass


def _changed(company: Company, trigger: t.Changed, path: Path) -> Iterator[Fault]:
    spec = company.registry.get(trigger.changed)
    if spec is None:
        yield (*path, "changed"), words.unknown("字段", trigger.changed, tuple(company.registry))
    elif spec.column not in WATCHED and not spec.column.startswith("custom."):
        yield (*path, "changed"), f"“{spec.label}”的改动不能触发旅程"
    elif trigger.to is not None and spec.type in NUMBERS:
        try:
            constant(spec, trigger.to)
        except ValueError as exc:
            yield (*path, "to"), str(exc)


def _step(company: Company, key: str, step: Any, path: Path) -> Iterator[Fault]:  # noqa: ANN401, C901, PLR0912 - one case a kind
    registry, tags = company.registry, [one.name for one in company.tags.all()]
    others = [one for one in company.journeys if one != key]
    match step:
        case s.Touch():
            yield from _known((*path, "touch"), "内容", step.touch, tuple(company.content))
        case s.Survey():
            yield from _known((*path, "survey"), "内容", step.survey, tuple(company.content))
        case s.WaitUntil():
            spec = registry.get(step.wait_until)
            if spec is None or spec.type not in {"date", "datetime"} or spec.column.startswith("@"):
                dates = [k for k, one in registry.items() if one.type in {"date", "datetime"}]
                yield (*path, "wait_until"), words.unknown("日期字段", step.wait_until, dates)
        case s.WaitFor():
            yield from _trigger(company, step.wait_for, (*path, "wait_for"))
        case s.Branch():
            for n, arm in enumerate(step.branch):
                yield from _condition(company, arm.when, (*path, "branch", n, "when"))
        case s.Loop():
            if step.until is not None:
                yield from _condition(company, step.until, (*path, "until"))
        case s.Goal():
            yield from _condition(company, step.goal, (*path, "goal"))
        case s.GiveTag() | s.TakeTag():
            name = "tag" if isinstance(step, s.GiveTag) else "untag"
            yield from _tag(company, getattr(step, name), (*path, name), tags)
        case s.SetField():
            own = [one.key for one in company.fields.fields if not one.personal]
            yield from _known((*path, "set"), "字段", step.set, own)
        case s.Lifecycle():
            yield from _known((*path, "lifecycle"), "生命周期", step.lifecycle, LIFECYCLE)
        case s.SetStatus() if step.status == "invalid":
            yield from _known((*path, "reason"), "无效原因", step.reason, company.reasons.invalid)
        case s.SetStage():
            stages = [one.name for one in company.pipeline.stages if one.kind == "open"]
            yield from _known((*path, "stage"), "进行中的商机阶段", step.stage, stages)
        case s.Webhook():
            yield from journey_says.webhook(company, step, path)
        case s.EnterJourney():
            yield from _known((*path, "enter"), "旅程", step.enter, others)
        case s.LeaveJourney():
            yield from _known((*path, "leave"), "旅程", step.leave, others)
        case _:
            pass


def _tag(company: Company, tag: str, path: Path, known: list[str]) -> Iterator[Fault]:
    group = company.tags.group_of(tag)
    if group is None:
        yield path, words.unknown("标签", tag, known)
    elif "rules" not in group.set_by:
        yield path, f"“{group.label}”这组标签不许规则来打，请在 tags.yaml 的 set_by 里加上 rules"
