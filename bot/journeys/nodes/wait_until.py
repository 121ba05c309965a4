"""Go on around a date that the lead bears: 30 days before its contract ends, at ten."""

from __future__ import annotations

from datetime import date, datetime

from bot.crm.company.journey_steps import WaitUntil
from bot.crm.journey_time import at_local, read_moment, read_span, shifted
from bot.journeys.step import TIME, Facts, Node, Step

NO_DATE, OVER = "no_date", "over"


def run(config: WaitUntil, facts: Facts) -> Step:
    """Stay until then, as the date is now; on at once where there is none, or it is over."""
    found = facts.value(config.wait_until)
    day = found.astimezone(facts.zone).date() if isinstance(found, datetime) else found
    offset, moment = read_span(config.offset), read_moment(config.at)
    if not isinstance(day, date) or offset is None or moment is None:
        return Step(way="next", note=NO_DATE)
    try:
        until = at_local(shifted(day, offset, facts.working), moment.at, facts.zone)
    except (OverflowError, ValueError):
        # 9999-12-31 stands for "never" in many a list, 0001-01-01 for "unknown".
        return Step(way="next", note=NO_DATE)
    if until > facts.now:
        return Step(until=until, awaits=True)
    return Step(way="next", note="" if facts.woken == TIME else OVER)


NODE = Node(run, fields=lambda config: (config.wait_until,), label="等到日期")
