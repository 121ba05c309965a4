"""A simulated way as a reader gets it: what it is of, day by day, and the picture."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cards.texts import journey_trials as texts
from bot.crm.company import Company
from bot.crm.company.journeys import Journey
from bot.journeys import picture as pictures
from bot.journeys import wording
from bot.journeys.picture import Chart
from bot.journeys.simulate_entry import is_by_time
from bot.journeys.simulate_lead import Way
from bot.journeys.telling import told as telling

MORE = "…还有 {n} 行"


@dataclass(frozen=True, slots=True)
class Told:
    """In words."""

    title: str
    remarks: tuple[str, ...]
    days: tuple[str, ...]

    def lines(self, most: int) -> list[str]:
        """All of it, or as much as a message takes; what it is founded on always."""
        body, last = self.days[:-1], self.days[-1:]
        cut = [MORE.format(n=len(body) - most)] if len(body) > most else []
        return [self.title, *self.remarks, *body[:most], *cut, *last]


def told(way: Way, journey: Journey, company: Company, *, who: str) -> Told:
    """Of one person."""
    never = _never(way, journey, company)
    days = telling(
        way.lines, way.refused if way.why_not is None else (), way.ways, company,
        begins=way.begins, until=way.until, zone=company.org.zone, key=way.key,
        came_into=way.came_into, is_made_up=bool(way.taken),
    )  # fmt: skip
    return Told(
        texts.SIM_TITLE.format(name=journey.name, who=who),
        (*remarks(way), *([never] if never else ())),
        tuple(days),
    )


def remarks(way: Way) -> list[str]:
    """What is to be known before."""
    if way.is_inside:
        return [texts.INSIDE]
    if way.why_not is not None:
        said = texts.THEN_NOT if is_by_time(way.ways[way.key].journey) else texts.WHY_NOT
        return [said.format(why=texts.WHY.get(way.why_not.value, way.why_not.value))]
    return [way.taken] if way.taken else []


def _never(way: Way, journey: Journey, company: Company) -> str:
    """What he would have entered by, where it did not come; empty if he entered, or was kept out."""
    came = any(one.journey == way.key for one in way.lines) or any(
        key == way.key for _, key, _ in way.refused
    )
    if came or way.is_inside:
        return ""
    begins = "，或".join(wording.happening(one, company) for one in journey.enter)
    return texts.NEVER.format(until=way.until.astimezone(company.org.zone).date().isoformat(), begins=begins)


def picture(way: Way, journey: Journey, company: Company, *, who: str) -> Chart:
    """The journey with this way marked."""
    zone = company.org.zone
    first = way.begins.astimezone(zone).date()
    return pictures.with_way(
        journey, company, [one for one in way.lines if one.journey == way.key],
        subtitle=texts.SIM_SUBTITLE.format(who=who, day=f"{first.month}月{first.day}日"),
        note="；".join([*remarks(way), texts.SIM_NOTE]), first_day=first.toordinal(),
    )  # fmt: skip
