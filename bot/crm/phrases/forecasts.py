"""Words about what is to come and how it ended: 承诺 本月 50万, 承诺汇总, 输单分析 本季度, KPI."""

from __future__ import annotations

import re

from bot.crm.amount import read_amount
from bot.crm.forecast_commands import Commit, ShowCommitments, ShowKpi, ShowReview
from bot.crm.phrases.said import GAP, Rule, Said, whole, words

_WHEN = (
    r"(?:(?:本|这个?|当|上个?|下个?)(?:月|季度|季|年|周)|今年|去年|(?:(?:20)?\d{2}年)?"
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,2})月份?|(?:(?:20)?\d{2}年)?(?:[qQ][1-4]|第?[一二三四1-4]季度)|[近最][近过]?\d{1,3}[天周]|最?近[一二三六]个月|半年)"
)
_PROMISE = words("承诺", "我承诺", "我的承诺", "承诺业绩", "业绩承诺", "承诺金额")
_BACK = words("取消承诺", "撤回承诺", "收回承诺", "不承诺了", "删除承诺")
_AMOUNT = (
    r"(?:为|是|改为|改成|做到|做|完成|能做)?\s*"
    r"(?P<amount>[¥$]?[\d零一二三四五六七八九十百千万亿两.,]+\s*(?:万|千|百|亿|w|k)?(?:元|块)?)"
)
_COMMITS = (
    whole(rf"{_PROMISE}{GAP}(?P<when>{_WHEN})?{GAP}(?:的)?{GAP}{_AMOUNT}"),
    whole(rf"(?:我)?(?P<when>{_WHEN}){GAP}{_PROMISE}{GAP}{_AMOUNT}"),
)
_BACKS = whole(rf"{_BACK}{GAP}(?P<when>{_WHEN})?")
_LIST = words(
    *("承诺汇总", "承诺情况", "团队承诺", "大家的承诺", "承诺一览", "承诺列表", "预测汇总", "团队预测"),
    *("承诺和预测", "承诺对比", "承诺", "我的承诺", "查看承诺", "看承诺"),
)
_LISTS = (
    whole(rf"{_LIST}{GAP}(?P<when>{_WHEN})?"),
    whole(rf"(?P<when>{_WHEN}){GAP}(?:的)?{_LIST}"),
)
_LOST = words(
    *("输单分析", "丢单分析", "输单复盘", "丢单复盘", "输单原因分析", "丢单原因分析", "输单总结", "败单分析"),
    *(
        "为什么输",
        "为什么输单",
        "为什么丢单",
        "为啥输",
        "为啥丢单",
        "为什么输了",
        "怎么输的",
        "为什么会输单",
        "为什么老输",
    ),
)
_WON = words(
    *("赢单分析", "赢单复盘", "赢单总结", "成交分析", "为什么赢", "为什么赢单", "怎么赢的", "为啥赢")
)
_REVIEWS = tuple(
    (kind, whole(rf"(?P<before>[^,。;!?]{{0,20}}?)(?:的)?{said}(?:的)?(?P<after>[^,。;!?]{{0,20}})[?]?"))
    for kind, said in (("lost", _LOST), ("won", _WON))
)
#: About one lead or deal: that is somebody else's question.
_ONE = re.compile(r"(?<![A-Za-z])[LlDdTt]\d")
_KPI = words("kpi", "看板数字", "关键指标", "我的kpi", "kpi指标", "核心指标", "kpi看板", "指标看板")
_KPIS = (whole(rf"{_KPI}(?P<when>{_WHEN})?"), whole(rf"(?:我的)?(?P<when>{_WHEN})(?:的)?{_KPI}"))


def _commits(text: Said) -> object | None:
    for pattern in _COMMITS:
        found = pattern.fullmatch(text.plain)
        if found and read_amount(found["amount"]) is not None:
            return Commit(found["when"] or "", text.part(found, "amount"))
    if found := _BACKS.fullmatch(text.plain):
        return Commit(found["when"] or "")
    for pattern in _LISTS:
        if found := pattern.fullmatch(text.plain):
            return ShowCommitments(found["when"] or "")
    return None


def _reviews(text: Said) -> object | None:
    if _ONE.search(text.plain):
        return None
    for kind, pattern in _REVIEWS:
        if found := pattern.fullmatch(text.plain):
            about = f"{text.part(found, 'before')} {text.part(found, 'after')}".strip()
            return ShowReview(kind, about)
    return None


def _kpi(text: Said) -> object | None:
    found = next((match for one in _KPIS if (match := one.fullmatch(text.tight))), None)
    return ShowKpi(found["when"] or "") if found else None


RULES: tuple[Rule, ...] = (_commits, _reviews, _kpi)
