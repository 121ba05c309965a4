"""Short answers about opportunities."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from bot.crm.amount import say_amount, say_percent
from bot.crm.company.pipeline import DEAL_FIELDS
from bot.crm.opportunity import DealFacts

NOT_YOURS, CONVERT_FIRST = (
    "没有找到你负责的商机「{said}」。发「我的商机」看看编号。",
    "线索要先发「转商机 {said}」。",
)
NOT_CONVERTIBLE = "{lead_id} 现在不能转商机：要先领取，并且没有标为无效。"
CONVERTED_BEFORE = "{lead_id} 已经转过商机了。"
CLOSED = "{deal_id} 已经{stage}，不能再改。若是误操作，请新建商机或联系管理员。"
STAGE_UNKNOWN = "没有「{said}」这个阶段。可选：{stages}。"
STAGE_PROMPT = "{deal_id} 推进到哪个阶段？可选：{stages}。"
STAGE_SAME = "{deal_id} 已经在「{stage}」。"
STAGE_BY_WORD = {
    "won": "赢单请发「{deal_id} 赢单 金额」。",
    "lost": "输单请发「{deal_id} 输单 原因」，原因：{reasons}。",
}
GATE = "进入「{stage}」前还差：{fields}。"
HOW_TO_FILL = {
    "product": "「商机 {deal_id} 产品 {product}」",
    "amount": "「商机 {deal_id} 金额 48000」",
    "expected_close_on": "「商机 {deal_id} 预计成交 月底」",
    "name": "「商机 {deal_id} 名称 …」",
    "quote": "「报价 {deal_id} 48000」",
    "discount": "「报价 {deal_id} 48000 折扣5%」",
}
FILL = "补上再推进：{how}。"
AMOUNT_UNCLEAR = "没看懂金额「{said}」。例如：48000、4.8万、48,000。"
DISCOUNT_UNCLEAR = "折扣「{said}」太大或没看懂。优惠 5% 请写「折扣5%」或「95折」。"
PRODUCT_UNKNOWN = "没有「{said}」这个产品。{hint}可选：{products}。"
MEANT = "你是不是想写「{name}」？"
DAY_UNCLEAR = "没看懂日期「{said}」。例如：月底、12月31日。"
DAY_PAST = "「{said}」已经过去了，预计成交日要在今天或以后。"
PAID_AHEAD = "回款日期「{said}」还没到。"
QUOTE_PROMPT = "{deal_id} 报价多少？直接回复，例如「48000」「48000 九五折」。发「取消」放弃。"
WIN_PROMPT = "{deal_id} 赢单金额是多少？直接回复，例如「48000」。发「取消」放弃。"
LOSE_UNKNOWN = "输单原因要从这里选：{reasons}。"
PAYMENT_PROMPT = "{deal_id} 回款多少？直接回复，例如「2万」「2万 昨天」。发「取消」放弃。"
PAYMENT_LOST = "{deal_id} 已输单，不能记回款。"
FIELD_UNKNOWN = "商机没有「{said}」这一项。可以改：产品、金额、预计成交日、名称。"
QUOTED, ALARM = "已记录报价 {amount}{discount}", "，折扣超过 {limit}，已告诉总监"
DISCOUNT = "（优惠 {discount}）"
ALARM_IN_GROUP = "{owner} 给 {deal_id} 报价 {amount}，优惠 {discount}，超过 {limit}。"
ALARM_NOTICE = "{owner} 给 {deal_id}（{account}）报价 {amount}，优惠 {discount}，超过 {limit}。"
MOVED = "已推进到「{stage}」"
CHANGED = "已改{field}"
WON, LOST = "已赢单", "已输单，原因：{reason}"
PAID = "已记录回款 {amount}，合计 {total}"
PAID_OVER = "，超过了合同金额 {amount}，请核对"
CONVERTED = "已转商机"
ALREADY_CLOSED = "这个商机已经关闭了"


def not_yours(said: str) -> str:
    """The same answer for a deal that does not exist and for one that is not his."""
    return (NOT_YOURS + (CONVERT_FIRST if said.startswith("L") else "")).format(said=said)


def gate(deal_id: str, stage: str, missing: Iterable[str], *, product: str) -> str:
    """Say what has to be known first, and how to say it."""
    fields = tuple(missing)
    labels = "、".join(DEAL_FIELDS.get(field, field) for field in fields)
    how = [
        HOW_TO_FILL[field].format(deal_id=deal_id, product=product)
        for field in fields
        if field in HOW_TO_FILL
    ]
    return GATE.format(stage=stage, fields=labels) + (FILL.format(how="".join(how)) if how else "")


def product_unknown(said: str, meant: str | None, products: Iterable[str]) -> str:
    """Say what there is, and what was probably meant."""
    hint = MEANT.format(name=meant) if meant else ""
    return PRODUCT_UNKNOWN.format(said=said, hint=hint, products="、".join(products))


def quoted(amount: Decimal, discount: Decimal, currency: str, *, limit: int | None = None) -> str:
    """Say what was quoted; `limit` if the discount goes beyond it."""
    off = DISCOUNT.format(discount=say_percent(discount)) if discount else ""
    said = QUOTED.format(amount=say_amount(amount, currency), discount=off)
    return said if limit is None else said + ALARM.format(limit=say_percent(limit))


def alarm(facts: DealFacts, amount: str, discount: Decimal, limit: int) -> str:
    """Tell the director of a large discount."""
    return ALARM_NOTICE.format(
        owner=facts.owner,
        deal_id=facts.deal.id,
        account=facts.account,
        amount=amount,
        discount=say_percent(discount),
        limit=say_percent(limit),
    )


def alarm_in_group(facts: DealFacts, amount: str, discount: Decimal, limit: int) -> str:
    """As `alarm`, before others: the customer is not named."""
    off, most = say_percent(discount), say_percent(limit)
    return ALARM_IN_GROUP.format(
        owner=facts.owner, deal_id=facts.deal.id, amount=amount, discount=off, limit=most
    )


def paid(amount: Decimal, total: Decimal, agreed: Decimal | None, currency: str) -> str:
    """Say what came in, and when it is more than was agreed."""
    said = PAID.format(amount=say_amount(amount, currency), total=say_amount(total, currency))
    is_over = agreed is not None and total > agreed
    return said + (PAID_OVER.format(amount=say_amount(agreed, currency)) if is_over and agreed else "")
