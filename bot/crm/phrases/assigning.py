"""Words about who gets which lead: 为什么 L7 给了张三, 改派 L7,L8 给 张三, 锁定 L7, 请假 明天到周五."""

from __future__ import annotations

import re

from bot.crm.assigning import (
    GiveAllLeads,
    GiveLeads,
    LockLead,
    PreviewRecycling,
    ShowFairness,
    WhyAssigned,
)
from bot.crm.commands import SetDuty
from bot.crm.phrases.said import GAP, LEAD, Rule, Said, lead_id, whole, words
from bot.crm.when import names_moment

_NAME = r"[^\s,.。;!?的给到了]{1,12}"
_WHY = r"(?:为什么|为啥|为何|凭什么|怎么)"
_GIVEN = words("给了", "给", "分给了", "分给", "派给了", "派给", "归了", "归", "是", "到了")
_NOT_GIVEN = words("没给", "不给", "没有给", "没分给", "没派给", "没轮到", "轮不到", "不归")
_WHYS = (
    (whole(rf"{_WHY}{GAP}{_NOT_GIVEN}\s*(?P<who>{_NAME}?){GAP}{LEAD}"), "no"),
    (whole(rf"{_WHY}{GAP}{LEAD}{GAP}{_NOT_GIVEN}\s*(?P<who>{_NAME}?)"), "no"),
    (whole(rf"{LEAD}{GAP}{_WHY}{GAP}{_NOT_GIVEN}\s*(?P<who>{_NAME}?)"), "no"),
    (whole(rf"{_WHY}{GAP}{_GIVEN}\s*(?P<who>{_NAME}){GAP}{LEAD}"), ""),
    (whole(rf"{_WHY}{GAP}{LEAD}{GAP}{_GIVEN}\s*(?P<who>{_NAME}?)(?:了|的)?"), ""),
    (whole(rf"{LEAD}{GAP}{_WHY}{GAP}(?:会)?{_GIVEN}\s*(?P<who>{_NAME}?)(?:了|的)?"), ""),
    (whole(rf"{LEAD}{GAP}(?P<who>){_WHY}这?(?:么|样)?(?:分配?|派)的?"), ""),
)
_ME = frozenset({"我", "本人", "自己"})
_GIVE = words("改派", "转交", "转给", "分配", "指派", "派", "移交", "交给", "交接")
_NUMBERS = r"(?:线索)?\s*[Ll]\d{1,9}(?:[\s,、;和与及]+(?:线索)?[Ll]\d{1,9})+"
_MANY = (
    whole(rf"{_GIVE}{GAP}(?P<ids>{_NUMBERS}){GAP}(?:都|全)?(?:给|到)?\s*(?P<to>{_NAME})"),
    whole(rf"(?:把)?\s*(?P<ids>{_NUMBERS}){GAP}(?:都|全)?{_GIVE}{GAP}(?:给|到)?\s*(?P<to>{_NAME})"),
)
_ALL_OF = words(
    "的全部线索", "的所有线索", "的线索", "全部线索", "所有线索", "名下的线索", "名下线索", "手上的线索"
)
_ALL = (
    whole(rf"{_GIVE}{GAP}(?P<of>{_NAME}?)\s*{_ALL_OF}{GAP}(?:都|全)?(?:给|到)\s*(?P<to>{_NAME})"),
    whole(rf"把\s*(?P<of>{_NAME}?)\s*{_ALL_OF}{GAP}(?:都|全)?{_GIVE}{GAP}(?:给|到)?\s*(?P<to>{_NAME})"),
)
_EVERYTHING = (
    whole(rf"(?:工作)?交接{GAP}(?P<of>{_NAME})\s*(?:的工作|的全部|的)?{GAP}(?:给|到)\s*(?P<to>{_NAME})"),
    whole(rf"把?\s*(?P<of>{_NAME})\s*(?:的工作|的全部工作|的活)\s*(?:都)?(?:交接?|转)给\s*(?P<to>{_NAME})"),
)
_ONE_NUMBER = re.compile(r"[Ll](\d{1,9})")
_LOCK = words("锁定", "锁住", "加锁")
_UNLOCK = words("解锁", "解除锁定", "取消锁定")
_PREVIEW = whole(
    r"(?:回收|掉保|保护期)\s*(?:预览|预演|模拟|试算|会掉多少)[\s,:]*"
    r"(?:(?P<days>\d{1,4})\s*(?:天|个?工作日)?(?:\s*[/,、-]\s*(?P<extend>\d{1,4})\s*天?)?"
    r"(?:\s*[/,、-]\s*(?P<longest>\d{1,4})\s*天?)?)?"
    r"|谁(?P<monday>周一|星期一|下周一?)?会?掉多少(?:线索)?|谁(?:快|要)掉保了?"
)
_FAIR = whole(
    r"(?P<before>上个?月|本月|这个?月)?的?\s*(?:分配|派单|线索分配)\s*"
    r"(?:公平|公平性|公平度|均衡|公平报告|均匀吗?|公平吗)"
    r"[\s,:]*(?P<month>上个?月|本月|这个?月|20\d\d-(?:0[1-9]|1[0-2]))?"
)
_COVER = (
    r"[\s,，。;]*(?:由|让|请|找)?\s*(?P<cover>[^\s,.。;!?到至由让请找]{2,6}?)"
    r"\s*(?:代班|顶班|代我|替我|代为|代|替|顶|接)"
)
_SPAN = whole(
    r"(?:我)?\s*(?:要|想)?\s*(?:请假|休假|请个假|年假|出差|外出)\s*[从自]?\s*(?P<since>[^到至~]{1,12}?)"
    rf"\s*(?:到|至|~)\s*(?P<until>.{{1,10}}?)(?:{_COVER})?"
)
_SPAN_FIRST = whole(
    r"(?:我)?\s*[从自]?\s*(?P<since>[^到至~]{2,10}?)\s*(?:到|至|~)\s*(?P<until>.{2,10}?)"
    rf"\s*(?:请假|休假|年假|出差|外出)(?:{_COVER})?"
)
_UNTIL = whole(
    rf"(?:我)?\s*(?:要|想)?\s*(?:请假|休假|请个假|出差|外出)\s*(?:到|至)\s*(?P<until>.{{1,10}}?){_COVER}"
)
#: One day that is ahead: the whole of it, and not from now on.
_DAY = r"明天|后天|大后天|(?:下周|下星期|周|星期)[一二三四五六日天]|\d{1,2}月\d{1,2}[日号]"
_ONE_DAY = (
    whole(rf"(?:我)?\s*(?P<day>{_DAY})\s*(?:要|想)?(?:请假|休假|请个假|年假)(?:一天)?(?:{_COVER})?"),
    whole(rf"(?:我)?\s*(?:要|想)?(?:请假|休假|请个假|年假)\s*(?P<day>{_DAY})(?:一天)?(?:{_COVER})?"),
)


def _first(patterns: tuple[re.Pattern[str], ...], text: Said) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.fullmatch(text.plain))), None)


def _why(text: Said) -> object | None:
    for pattern, got in _WHYS:
        if found := pattern.fullmatch(text.plain.rstrip("? ")):
            who = text.part(found, "who").removesuffix("了")
            return WhyAssigned(lead_id(found), "me" if who in _ME or (got and not who) else who, got)
    return None


def _many(text: Said) -> object | None:
    found = _first(_MANY, text)
    if found is None:
        return None
    numbers = dict.fromkeys(f"L{int(one)}" for one in _ONE_NUMBER.findall(found["ids"]))
    return GiveLeads(",".join(numbers), text.part(found, "to"))


def _all(text: Said) -> object | None:
    if found := _first(_ALL, text):
        return GiveAllLeads(_me(text.part(found, "of")), text.part(found, "to"))
    found = _first(_EVERYTHING, text)
    return GiveAllLeads(_me(text.part(found, "of")), text.part(found, "to"), "all") if found else None


def _me(who: str) -> str:
    return "me" if not who or who in _ME else who


_LOCKED = (whole(rf"{_LOCK}{GAP}{LEAD}"), whole(rf"{LEAD}{GAP}{_LOCK}"))
_UNLOCKED = (whole(rf"{_UNLOCK}{GAP}{LEAD}"), whole(rf"{LEAD}{GAP}{_UNLOCK}"))


def _lock(text: Said) -> object | None:
    if found := _first(_LOCKED, text):
        return LockLead(lead_id(found))
    found = _first(_UNLOCKED, text)
    return LockLead(lead_id(found), "off") if found else None


def _preview(text: Said) -> object | None:
    found = _PREVIEW.fullmatch(text.plain)
    if found is None:
        return None
    return PreviewRecycling("/".join(found[name] for name in ("days", "extend", "longest") if found[name]))


def _fair(text: Said) -> object | None:
    found = _FAIR.fullmatch(text.plain)
    if found is None:
        return None
    month = found["month"] or found["before"] or ""
    return ShowFairness("last" if month.startswith("上") else month if month.startswith("2") else "")


def _leave(text: Said) -> object | None:
    if found := _SPAN.fullmatch(text.plain) or _SPAN_FIRST.fullmatch(text.plain):
        since, until = text.part(found, "since"), text.part(found, "until")
        if names_moment(since) and (names_moment(until) or until.isdigit()):
            return SetDuty("off", until, since, text.part(found, "cover"))
    if found := _UNTIL.fullmatch(text.plain):
        return SetDuty("off", text.part(found, "until"), "", text.part(found, "cover"))
    found = _first(_ONE_DAY, text)
    if found is None:
        return None
    return SetDuty("off", text.part(found, "day"), text.part(found, "day"), text.part(found, "cover"))


RULES: tuple[Rule, ...] = (_why, _many, _all, _lock, _preview, _fair, _leave)
