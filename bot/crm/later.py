"""The usual times to put something off to, as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.crm.working_time import WorkingTime

SOON, TOMORROW, NEXT_WORKING, IN_DAYS, NEXT_WEEK = "1小时后", "明天", "下个工作日", "3天后", "下周一"
_FROM_OWN_DAY = (1, 3, 7)


def next_days(now: datetime, working_time: WorkingTime) -> tuple[str, ...]:
    """Days for the next follow-up; 明天 only if it is worked."""
    tomorrow = now.astimezone(working_time.zone).date() + timedelta(days=1)
    is_worked = working_time.calendar.is_working_day(tomorrow)
    return (TOMORROW if is_worked else NEXT_WORKING, IN_DAYS, NEXT_WEEK)


def next_times(due_at: datetime, now: datetime, working_time: WorkingTime) -> tuple[str, ...]:
    """Times to postpone a task to; what is still ahead moves by days from its own."""
    if due_at <= now:
        return (SOON, *next_days(now, working_time))
    own_day = due_at.astimezone(working_time.zone).date()
    moved = (own_day + timedelta(days=days) for days in _FROM_OWN_DAY)
    return tuple(f"{day.month}月{day.day}日" for day in moved)
