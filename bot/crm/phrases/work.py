"""Words about what was done and what is to be done: 跟进 L7 …, T5 推迟到明天, 提醒我 …"""

from __future__ import annotations

import re

from bot.crm.commands import (
    BeginFollowUp,
    CompleteTask,
    HandOverTask,
    PlanTask,
    PostponeTask,
    RecordFollowUp,
    ShowTask,
)
from bot.crm.phrases.said import (
    GAP,
    LEAD,
    SUBJECT,
    TASK,
    Rule,
    Said,
    lead_id,
    subject_id,
    task_id,
    whole,
    words,
)
from bot.crm.when import begins_with_moment, names_moment

_SHOW = words("看", "看看", "查看", "查", "打开", "详情")
_DONE = words(
    "完成", "完成了", "已完成", "做完", "做完了", "搞定", "搞定了", "done", "好了", "办完了", "已办", "ok"
)
_LATER = words(
    "推迟",
    "推迟到",
    "延期",
    "延期到",
    "延后",
    "延后到",
    "改到",
    "改期",
    "改期到",
    "推到",
    "顺延",
    "顺延到",
    "晚点",
    "推后",
    "延到",
)
_GIVE = words("转交", "转交给", "转给", "交给", "移交", "移交给", "给")
_FOLLOW = words(
    "跟进", "跟进记录", "记录", "记录一下", "写跟进", "记一下", "记跟进", "跟进了", "跟进一下", "已跟进", "记"
)
_REMIND = words("提醒我", "提醒", "任务", "新建任务", "建任务", "待办", "加任务", "记得", "提醒一下", "安排")
_SHOWN = (whole(TASK), whole(rf"{_SHOW}{GAP}{TASK}"))
_COMPLETED = (whole(rf"{_DONE}{GAP}{TASK}"), whole(rf"(?:把)?{TASK}{GAP}{_DONE}"))
_POSTPONED = (
    whole(rf"{_LATER}{GAP}{TASK}{GAP}(?:到|至)?\s*(?P<rest>.{{0,30}})"),
    whole(rf"(?:把)?{TASK}{GAP}{_LATER}{GAP}(?:到|至)?\s*(?P<rest>.{{0,30}})"),
)
_GIVEN = (
    whole(rf"{_GIVE}{GAP}{TASK}{GAP}(?:给|到)?\s*(?P<rest>[^\s,。;]{{0,20}})"),
    whole(rf"(?:把)?{TASK}{GAP}{_GIVE}{GAP}(?:给|到)?\s*(?P<rest>[^\s,。;]{{0,20}})"),
)
_FOLLOWED = whole(rf"{_FOLLOW}{GAP}{SUBJECT}{GAP}(?P<rest>.*)")
_FOLLOWED_AFTER = whole(rf"{SUBJECT}{GAP}{_FOLLOW}{GAP}(?P<rest>.*)")
_FOLLOWED_NAME = whole(
    r"(?:跟进|记录|写跟进|记一下|记跟进)[\s:]+(?P<who>[^\s,。:;]{2,20})(?:[\s,:。]+(?P<rest>.+))?"
)
_PLANNED = (
    whole(rf"{_REMIND}{GAP}{SUBJECT}{GAP}(?P<rest>.+)"),
    whole(rf"{SUBJECT}{GAP}{_REMIND}{GAP}(?P<rest>.+)"),
)
_PLANNED_FREE = whole(
    r"(?:提醒我|提醒一下我?|提醒|新建任务|建任务|加任务|加一?个?任务|记得)[\s,:]*(?P<rest>.+)"
)
_WITHIN = re.compile(rf"(?:给|跟|和|向|联系|回访|拜访|约)?\s*{LEAD}\s*", re.IGNORECASE)
_ABOUT = whole(rf"{SUBJECT}{GAP}(?P<rest>.+)")


def _first(patterns: tuple[re.Pattern[str], ...], text: Said) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.fullmatch(text.plain))), None)


def _task(text: Said) -> object | None:
    if found := _first(_SHOWN, text):
        return ShowTask(task_id(found))
    if found := _first(_COMPLETED, text):
        return CompleteTask(task_id(found))
    if found := _first(_POSTPONED, text):
        return PostponeTask(task_id(found), text.part(found, "rest"))
    if found := _first(_GIVEN, text):
        return HandOverTask(task_id(found), text.part(found, "rest"))
    return None


def _followed(text: Said) -> object | None:
    found = _FOLLOWED.fullmatch(text.plain) or _FOLLOWED_AFTER.fullmatch(text.plain)
    if found is None:
        return None
    rest = text.part(found, "rest")
    return RecordFollowUp(subject_id(found), rest) if rest else BeginFollowUp(subject_id(found))


def _followed_name(text: Said) -> object | None:
    found = _FOLLOWED_NAME.fullmatch(text.plain)
    if found is None or text.is_question or names_moment(found["who"]):
        return None
    who, rest = text.part(found, "who"), text.part(found, "rest")
    return RecordFollowUp(who, rest) if rest else BeginFollowUp(who)


def _planned(text: Said) -> object | None:
    if found := _first(_PLANNED, text):
        return PlanTask(subject_id(found), text.part(found, "rest"))
    found = _PLANNED_FREE.fullmatch(text.plain)
    if found is None or not names_moment(found["rest"]):
        return None
    about = _WITHIN.search(found["rest"])
    return PlanTask(lead_id(about) if about else "", text.part(found, "rest"))


def about(text: Said) -> object | None:
    """A number and a sentence: what was done, or, if it begins with a day, what is to be done."""
    found = _ABOUT.fullmatch(text.plain)
    if found is None:
        return None
    rest = text.part(found, "rest")
    command = (
        PlanTask if begins_with_moment(rest) and not re.search(r"[了过]|已|刚", rest) else RecordFollowUp
    )
    return command(subject_id(found), rest)


RULES: tuple[Rule, ...] = (_task, _followed, _planned, _followed_name)
