"""A report as it is told in a chat."""

from __future__ import annotations

from bot.cards import results as cards
from bot.insight.results import words
from bot.insight.results.report import Node, Report


def shown(report: Report, *, currency: str, url: str) -> cards.Shown:
    """Every figure in words; steps that nothing was said at have none of messages."""
    success = words.did(report)
    return cards.Shown(
        name=report.outline.name, version=words.version(report), window=words.window(report),
        region=report.outline.whom.region, is_empty=not report.totals.entered,
        fields=fields(report, currency=currency), steps=tuple(_step(one, success) for one in report.nodes),
        trials=tuple(
            cards.Trial(
                one.trial.name,
                tuple(
                    part
                    for part in (
                        words.trial_head(one),
                        *words.trial_lines(one, success=success, currency=currency),
                        words.uplift(one, success=success),
                    )
                    if part
                ),
            )
            for one in report.trials
        ),
        is_all=not report.outline.whom.version, url=url,
        has_others=bool(report.versions.keys() - {report.outline.whom.version}),
    )  # fmt: skip


def fields(report: Report, *, currency: str) -> tuple[tuple[str, str], ...]:
    """The whole journey."""
    people, totals = report.people, report.totals
    entered = f"{totals.entered:,} 人次" if report.outline.whom.repeats else f"{totals.entered:,} 人"
    already = f"（另有 {totals.already:,} 人进来前已达成，不算）" if totals.already else ""
    found = [("进入", f"{entered}，现在里面 {totals.inside:,}"), ("已结束", words.ended(report))]
    if report.outline.goal:
        found.append((words.REACHED, f"{words.rate(people.reached, people.people)}{already}"))
    found.append((words.BOUGHT, _bought(report, currency)))
    found += [
        ("触达", words.touches(report.touches) if report.touches.sent else ""),
        ("没发", words.not_sent(report.touches)),
        ("退订投诉", words.harm(report.touches)),
        ("花费", words.cost(report.touches, currency)),
    ]
    return tuple((label, value) for label, value in found if value)


def _bought(report: Report, currency: str) -> str:
    people = report.people
    if not people.bought:
        return "" if report.outline.goal else words.rate(0, people.people)
    money = words.money(people.money, currency)
    return f"{words.rate(people.bought, people.people)}，共 {money}"


def _labelled(label: str, value: str) -> str:
    return f"{label} {value}" if value else ""


def _step(one: Node, success: str) -> cards.Step:
    said = one.touches
    parts = (
        []
        if said is None
        else [words.touches(said, success=success), _labelled("没发", words.not_sent(said))]
    )
    return cards.Step(
        f"{'　' * one.stop.depth}{one.stop.words}",
        words.node(one.count),
        "，".join(part for part in parts if part),
    )
