"""A follow-up: what a rep did with a lead, in his own words, and what he means to do next."""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.crm.when import When, find_whens
from bot.crm.working_time import WorkingTime
from bot.crm.written import half_width


class FollowUpKind(enum.StrEnum):
    """By what means; stored, so never rename one."""

    CALL = "call"
    VISIT = "visit"
    WECHAT = "wechat"
    MAIL = "mail"
    MESSAGE = "message"
    NOTE = "note"


KIND_LABELS: Mapping[FollowUpKind, str] = {
    FollowUpKind.CALL: "电话",
    FollowUpKind.VISIT: "拜访",
    FollowUpKind.WECHAT: "微信",
    FollowUpKind.MAIL: "邮件",
    FollowUpKind.MESSAGE: "消息",
    FollowUpKind.NOTE: "记录",
}
_KINDS: tuple[tuple[FollowUpKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(words))
    for kind, words in (
        (
            FollowUpKind.CALL,
            r"电话|去电|来电|回电|致电|通话|通了话|打通|打了|拨打|拨了|接通|未接|没接|无人接|不接|占线|关机|停机|语音",
        ),
        (FollowUpKind.VISIT, r"拜访|上门|面谈|见面|见了|到访|来访|现场|当面|登门|参观|一起吃|请客户吃"),
        (FollowUpKind.WECHAT, r"微信|加微|加v|vx|朋友圈"),
        (FollowUpKind.MAIL, r"邮件|发邮|邮箱|e-?mail"),
        (FollowUpKind.MESSAGE, r"短信|私信|留言|企微|钉钉|发了?消息"),
    )
)
_CLAUSE = re.compile(r"[^,。;!?\n]+")
#: What somebody will do; a date beside such a word is a plan.
_PLAN = re.compile(
    r"回访|再|联系|约|拜访|发|跟进|打|见|开会|演示|签|沟通|回复|回电|提醒|催|上门|送|给他|给她|给客户|报价|面谈|确认|推进|试用|去|做|聊"
)
_DONE = re.compile(r"已|过了?|了(?!解)|刚|完|没接|未接|不接|打不通|通话中")
_THEIRS = re.compile(r"^\s*(?:客户|对方|他们?|她们?|老板|领导|那边|[张王李刘陈杨赵黄周吴]总)")
#: What is left of a clause once its date is gone.
_BEFORE = re.compile(r"^[\s,.。、:;-]*(?:的|就|要|将|会|准备|打算|计划|我|请)*\s*")
_EDGES = " \t,.。、:;-"
_LONGEST_TITLE = 40
USUAL_TITLE = "回访"


@dataclass(frozen=True, slots=True)
class NextStep:
    """What is to be done next, and by when."""

    title: str
    when: When


def guess_kind(text: str, step: NextStep | None = None) -> FollowUpKind:
    """Say by what means it was done: the first means that is named outside the plan."""
    plain = half_width(text).lower()
    done = plain if step is None else _without_clause(plain, step.when)
    for said in (done, plain):
        found = [(match.start(), kind) for kind, words in _KINDS if (match := words.search(said))]
        if found:
            return min(found)[1]
    return FollowUpKind.NOTE


def next_step(text: str, *, now: datetime, working_time: WorkingTime) -> NextStep | None:
    """Find the next thing to do in what a rep wrote down; None if he named no day.

    A day in a clause about the past (今天已电话) is none; one with a verb of doing (周五给他打电话)
    comes before one that is the customer's (客户说周二开会); of equals the sooner one is next.
    """
    plain = half_width(text).lower()
    ranked: list[tuple[int, datetime, When, re.Match[str]]] = []
    for when in find_whens(text, now=now, working_time=working_time):
        clause = next((c for c in _CLAUSE.finditer(plain) if c.start() <= when.begins < c.end()), None)
        if clause is None or _is_past(clause[0], when, now, working_time):
            continue
        weight = 2 * bool(_PLAN.search(clause[0])) - bool(_THEIRS.match(clause[0]))
        ranked.append((-weight, when.due_at, when, clause))
    if not ranked:
        return None
    _, _, when, clause = min(ranked, key=lambda one: one[:2])
    return NextStep(_title(text, when, clause), when)


def _is_past(clause: str, when: When, now: datetime, working_time: WorkingTime) -> bool:
    zone = working_time.zone
    is_today = when.due_at.astimezone(zone).date() == now.astimezone(zone).date()
    return is_today and _DONE.search(clause) is not None


def _title(text: str, when: When, clause: re.Match[str]) -> str:
    begins, ends = when.begins, max(when.ends, when.begins)
    left = _BEFORE.sub("", text[clause.start() : begins]).strip(_EDGES)
    right = _BEFORE.sub("", text[ends : max(clause.end(), ends)]).strip(_EDGES)
    title = f"{left}{right}"
    if not title:
        # 下周二,回访: the verb stands in the next clause.
        after = _CLAUSE.search(half_width(text), clause.end())
        title = _BEFORE.sub("", after[0]).strip(_EDGES) if after else ""
    return title[:_LONGEST_TITLE] or USUAL_TITLE


def _without_clause(plain: str, when: When) -> str:
    clauses = [c for c in _CLAUSE.finditer(plain) if not c.start() <= when.begins < c.end()]
    return ",".join(c[0] for c in clauses)
