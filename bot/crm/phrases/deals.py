"""Words about opportunities: 报价 D4 48000 九五折, D4 到方案报价, D4 赢单, D4 输单 价格, 回款 D4 2万."""

from __future__ import annotations

import re

from bot.crm.amount import find_amount, find_discount
from bot.crm.commands import ChangeDeal, LoseDeal, MoveStage, QuoteDeal, RecordPayment, ShowDeal, WinDeal
from bot.crm.phrases.said import DEAL, GAP, SUBJECT, Rule, Said, deal_id, subject_id, whole, words
from bot.crm.written import half_width

_SHOW = words("看", "看看", "查看", "查", "查一下", "打开", "详情", "看一下", "怎么样了", "怎么样")
_QUOTE = words("报价", "报了", "出价", "发报价", "报价了", "报价为", "给报价")
_WIN = words(
    "赢单",
    "成交",
    "签约",
    "签单",
    "签了",
    "赢了",
    "拿下",
    "拿下了",
    "中标",
    "赢单了",
    "成交了",
    "签下",
    "已赢单",
    "已签约",
)
_LOSE = words("输单", "丢单", "输了", "丢了", "黄了", "输单了", "丢单了", "没成", "失败")
_PAY = words("回款", "收款", "到账", "到款", "收到回款", "收到", "付款", "打款", "回款了", "到账了", "收到款")
_MOVE = words(
    *(
        "到",
        "进入",
        "推进",
        "推进到",
        "推到",
        "转到",
        "移到",
        "进到",
        "到了",
        "推进至",
        "阶段",
        "阶段到",
        "改阶段",
        "更新阶段",
    ),
    *("阶段改为", "阶段改成", "变更阶段", "走到"),
)
_FIELDS = {
    "amount": words("金额", "预计金额", "价格", "总额", "总价", "合同金额"),
    "product": words("产品", "商品", "版本"),
    "expected_close_on": words(
        "预计成交日期",
        "预计成交日",
        "预计成交",
        "预计签约",
        "预计签单",
        "成交日期",
        "成交日",
        "签约日期",
        "预计",
        "预计关闭",
        "预计时间",
    ),
    "name": words("名称", "商机名称", "名字", "改名"),
}
_SET = r"\s*(?:改成|改为|调整为|调整到|调到|更新为|换成|定为|=|:|是|为|到|在)?\s*"
_CHANGE = r"(?:改|修改|更改|更新|设置?|填|补)?"
#: Characters. More words than this around a figure are a report, not an entry.
_LOOSE = 6
_SIGNS = re.compile(r"[\s,。;、:()]+")


def _both(verb: str, rest: str, subject: str = SUBJECT) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A verb before or after the number of the deal."""
    return (
        whole(rf"(?:给|把)?\s*{verb}{GAP}{subject}{GAP}{rest}"),
        whole(rf"(?:给|把)?\s*{subject}{GAP}{verb}{GAP}{rest}"),
    )


_ANY = r"(?P<rest>.*)"
_SHOWN = (whole(DEAL), whole(rf"{_SHOW}{GAP}{DEAL}"), whole(rf"{DEAL}{GAP}{_SHOW}"))
_QUOTED, _WON, _PAID = _both(_QUOTE, _ANY), _both(_WIN, _ANY), _both(_PAY, _ANY)
_LOST = _both(_LOSE, r"(?:[(:]|原因是?|因为|理由是?|给)?\s*(?P<rest>[^,。;)]{0,20})\)?")
_MOVED = (
    whole(rf"(?:把)?\s*{DEAL}{GAP}(?:的)?{_MOVE}{GAP}(?P<rest>[^\s,。;]{{0,12}})"),
    whole(rf"{_MOVE}{GAP}{DEAL}{GAP}(?:到|至|为)?\s*(?P<rest>[^\s,。;]{{0,12}})"),
    # Only the stage's name: D4 方案报价.
    whole(rf"{DEAL}\s*(?P<rest>[\u4e00-\u9fff]{{4}})"),
)
_STAGE_LIKE = re.compile(r"接触|需求|方案|谈判|确认|报价|阶段|商务")
_CHANGES = {
    field: (
        whole(
            rf"(?:把)?\s*{_CHANGE}{GAP}{DEAL}\s*的?{GAP}{_CHANGE}\s*{label}{_SET}(?P<rest>[^,。;]{{1,40}})"
        ),
        whole(
            rf"(?:把)?\s*{_CHANGE}{GAP}{DEAL}\s*的?{GAP}{_CHANGE}\s*{label}{_SET}(?P<rest>\d{{1,3}}(?:,\d{{3}})+\S*)"
        ),
    )
    for field, label in _FIELDS.items()
}


def _first(patterns: tuple[re.Pattern[str], ...], text: Said) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.fullmatch(text.plain))), None)


def quote_of(opportunity_id: str, rest: str) -> QuoteDeal | None:
    """Amount and discount of a quote; None for a text that is more than these two."""
    discount = find_discount(rest)
    left = rest if discount is None else f"{rest[: discount.begins]} {rest[discount.ends :]}"
    amount = find_amount(left)
    if amount is not None:
        left = f"{left[: amount.begins]} {left[amount.ends :]}"
    if len(_SIGNS.sub("", half_width(left))) > _LOOSE:
        return None
    return QuoteDeal(
        opportunity_id,
        f"{amount.value:f}" if amount else _SIGNS.sub(" ", left).strip(),
        f"{discount.value:f}" if discount else "",
    )


def payment_of(opportunity_id: str, rest: str) -> RecordPayment | None:
    """Amount and day of a payment; None for a text without an amount."""
    amount = find_amount(rest)
    if amount is None:
        return None
    day = _SIGNS.sub(" ", half_width(f"{rest[: amount.begins]} {rest[amount.ends :]}")).strip()
    return RecordPayment(opportunity_id, f"{amount.value:f}", day)


def _shown(text: Said) -> object | None:
    found = _first(_SHOWN, text)
    return ShowDeal(deal_id(found)) if found else None


def _quoted(text: Said) -> object | None:
    found = _first(_QUOTED, text)
    if found is None:
        return None
    quote = quote_of(subject_id(found), text.part(found, "rest"))
    is_certain = found["letter"] in "Dd" or quote is None or bool(quote.amount or not found["rest"].strip())
    return quote if is_certain else None


def _won(text: Said) -> object | None:
    found = _first(_WON, text)
    if found is None:
        return None
    rest = text.part(found, "rest")
    amount = find_amount(rest)
    left = rest if amount is None else rest[: amount.begins] + rest[amount.ends :]
    if len(_SIGNS.sub("", half_width(left))) > _LOOSE:
        return None
    return WinDeal(subject_id(found), f"{amount.value:f}" if amount else left.strip())


def _lost(text: Said) -> object | None:
    found = _first(_LOST, text)
    return LoseDeal(subject_id(found), text.part(found, "rest")) if found else None


def _paid(text: Said) -> object | None:
    found = _first(_PAID, text)
    if found is None:
        return None
    rest = text.part(found, "rest")
    return payment_of(subject_id(found), rest) if rest else RecordPayment(subject_id(found), "")


def _changed(text: Said) -> object | None:
    for field, patterns in _CHANGES.items():
        if found := _first(patterns, text):
            return ChangeDeal(deal_id(found), field, text.part(found, "rest"))
    return None


def _moved(text: Said) -> object | None:
    for pattern in _MOVED[:2]:
        if found := pattern.fullmatch(text.plain):
            return MoveStage(deal_id(found), text.part(found, "rest").removesuffix("阶段"))
    found = _MOVED[2].fullmatch(text.plain)
    if found and _STAGE_LIKE.search(found["rest"]):
        return MoveStage(deal_id(found), text.part(found, "rest"))
    return None


RULES: tuple[Rule, ...] = (_shown, _lost, _changed, _quoted, _won, _paid, _moved)
