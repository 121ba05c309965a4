"""A trial as a card and a small picture show it: counts of those who were walked made into counts of all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from bot.cards.journey_trial import Tried
from bot.cards.texts import journey_trials as texts
from bot.crm.company import Company
from bot.crm.user import Role, User
from bot.insight.charts import Chart, series_of, trend_chart
from bot.journeys.crowd import Trial

OTHERS = "其他大区的同事"
_ALL, _SEVERAL = frozenset({Role.DIRECTOR, Role.EXECUTIVE}), 2


def tried(trial: Trial, company: Company, viewer: User | None, *, is_past: bool) -> Tried:
    """For one reader; None is whoever sits at the machine."""
    tally, zone, by = trial.tally, company.org.zone, trial.scale

    def scaled(counts: Mapping[str, int]) -> dict[str, int]:
        return {name: found for name, n in counts.items() if (found := round(n * by))}

    not_in = {why.value: n for why, n in trial.not_admitted.items()}
    for why, n in tally.not_entered.items():
        not_in[why.value] = not_in.get(why.value, 0) + round(n * by)
    return Tried(
        name=trial.name, is_past=is_past, days=(trial.until - trial.begins).days,
        since=trial.begins.astimezone(zone).date(), until=trial.until.astimezone(zone).date(),
        whom=trial.whom, looked_at=trial.looked_at, is_partly=trial.is_more, concerned=trial.concerned,
        entered=round(tally.entered * by), walked=tally.walked, is_sampled=tally.walked < trial.concerned,
        not_in=not_in, per_day=[(day, round(tally.days[day] * by)) for day in _days(trial, company)],
        by_channel=scaled({_channel(company, key): n for key, n in tally.channels.items()}),
        put_off=round(tally.put_off * by), most_each=tally.most_a_person, not_sent=scaled(tally.refused),
        tasks=scaled(_tasks(trial, viewer)),
        names_people=viewer is None or viewer.role in _ALL | {Role.MANAGER},
        instead=round(tally.instead * by), told=round(tally.told * by),
        asked=round(tally.asked * by), coupons=scaled(tally.coupons),
        reached=round(tally.reached * by), bought=round(tally.bought * by), really=trial.sent,
    )  # fmt: skip


def chart(found: Tried) -> Chart | None:
    """Messages a day; None where a sentence says it."""
    if sum(n > 0 for _, n in found.per_day) < _SEVERAL:
        return None
    title = texts.CHART_PAST if found.is_past else texts.CHART_AHEAD
    labels = [f"{day.month}-{day.day}" for day, _ in found.per_day]
    series = series_of(texts.SERIES, [n for _, n in found.per_day])
    note = texts.SAMPLED.format(walked=found.walked) if found.is_sampled else ""
    return trend_chart(title.format(name=found.name), labels, [series], note=note)


def _days(trial: Trial, company: Company) -> Iterator[date]:
    zone = company.org.zone
    day, last = trial.begins.astimezone(zone).date(), trial.until.astimezone(zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _tasks(trial: Trial, viewer: User | None) -> Counter[str]:
    """By name; of other regions' people a manager is told the sum."""
    found: Counter[str] = Counter()
    for owner, n in trial.tally.tasks.items():
        person = trial.people.get(owner)
        if not owner or person is None:
            found[""] += n
        elif viewer is not None and viewer.role not in _ALL and person.region != viewer.region:
            found[OTHERS] += n
        else:
            found[person.name] += n
    return found


def _channel(company: Company, key: str) -> str:
    return next((one.name for one in company.channels.channels if one.key == key), key)
