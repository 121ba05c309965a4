"""Words about leads: 领取 L7, 退回 L7 联系不上, 改 L7 公司 云帆, 转商机 L7, 查 张三, 录线索 …"""

from __future__ import annotations

import re

from bot.crm.amount import read_amount
from bot.crm.commands import (
    ChangeLead,
    ClaimLead,
    ConvertLead,
    EnterLead,
    MarkInvalid,
    ReassignLead,
    ReleaseLead,
    RevealContact,
    SearchLeads,
    ShowContactWay,
    ShowLead,
)
from bot.crm.phrases.said import GAP, LEAD, Rule, Said, is_sentence, lead_id, whole, words
from bot.crm.when import names_moment

_SHOW = words("看", "看看", "查看", "查", "查一下", "打开", "详情", "看一下", "看下", "怎么样", "怎么样了")
_CLAIM = words("领取", "抢单", "抢", "认领", "领", "我来", "我要")
_REVEAL = words(
    "看电话", "电话", "看手机", "手机", "手机号", "联系方式", "看联系方式", "电话号码", "查电话", "电话多少"
)
_WAY = words(
    "加微码",
    "二维码",
    "微信码",
    "加微二维码",
    "加微信二维码",
    "微信二维码",
    "发二维码",
    "发加微码",
    "要二维码",
)
_RELEASE = words("退回", "退回公海", "退", "放弃", "释放", "退回去")
_INVALID = words("无效", "标为无效", "标记无效", "标无效", "作废", "标记为无效")
_GIVE = words(
    "改派",
    "转交",
    "转交给",
    "转给",
    "分配",
    "分配给",
    "指派",
    "指派给",
    "派给",
    "移交",
    "移交给",
    "交给",
    "改派给",
)
_CONVERT = words("转商机", "转为商机", "转成商机", "转化", "转客户", "建商机", "转化为商机", "变成商机")
_CHANGE = words("改", "修改", "更改", "更新", "改一下", "补充", "补")
_CHANGED = r"\s*(?:改成|改为|更新为|换成|=|:|是|为)\s*"
#: What every lead has; the company's own fields need a blank or 改成 after them.
_FIELD = words(
    *(
        "姓名",
        "名字",
        "联系人",
        "手机",
        "电话",
        "手机号",
        "手机号码",
        "邮箱",
        "邮件",
        "公司",
        "公司名称",
        "公司名",
        "单位",
    ),
    *("职位", "职务", "省份", "城市", "行业", "来源", "活动", "留言", "需求", "预算", "员工数", "人数"),
)


def _both(verb: str, rest: str = "") -> tuple[re.Pattern[str], ...]:
    """A verb before or after the number of the lead."""
    more = rf"{GAP}{rest}" if rest else ""
    return whole(rf"{verb}{GAP}{LEAD}{more}"), whole(rf"{LEAD}{GAP}{verb}{more}")


_NAME = r"(?:给|到|为)?\s*(?P<rest>[^\s,。;]{1,20})?"
_WHY = r"(?:[(:]|原因|因为|理由)?\s*(?P<rest>[^,。;)]{0,20})\)?"
_SHOWN = (*_both(_SHOW), whole(LEAD))
_CLAIMED, _REVEALED, _WAYS = _both(_CLAIM), _both(_REVEAL), _both(_WAY)
_RELEASED, _INVALIDATED = _both(_RELEASE, _WHY), _both(_INVALID, _WHY)
_GIVEN = (*_both(_GIVE, _NAME), whole(rf"(?:把)\s*{LEAD}{GAP}{_GIVE}{GAP}{_NAME}"))
_CONVERTED = _both(_CONVERT, r"(?P<rest>.*)")
_CHANGES = (
    whole(
        rf"(?:把)?\s*(?:{_CHANGE}{GAP})?{LEAD}\s*的?\s*(?P<field>[^\s,。:=]{{1,12}}?){_CHANGED}(?P<value>.+)"
    ),
    whole(rf"{_CHANGE}{GAP}{LEAD}\s*的?\s*(?P<field>[^\s,。:=]{{1,12}})[\s,]+(?P<value>.+)"),
    whole(rf"{_CHANGE}{GAP}{LEAD}\s*的?\s*(?P<field>{_FIELD})\s*(?P<value>.+)"),
    whole(rf"{LEAD}{GAP}{_CHANGE}\s*(?P<field>[^\s,。:=]{{1,12}})[\s,:=]+(?P<value>.+)"),
    whole(rf"{LEAD}{GAP}(?P<field>{_FIELD})[\s:=]+(?P<value>[^,。;]{{1,60}})"),
)
_ENTER = whole(
    r"(?:录入?一?[条个下]?(?:新?线索|客户|单)|录入|新建线索|添加线索|加一?[条个]?线索|登记线索|登记客户|报备客户?|创建线索)"
    rf"{GAP}(?P<text>.*)"
)
_ENTER_SHORT = whole(r"(?:录|新增线索|新线索|新客户)[\s,:]+(?P<text>.+)")
_CONTACT = re.compile(r"\d[\d\s-]{6,}|@")
_SEARCH = whole(
    r"(?:帮我|请)?(?:(?:查一下|查下|查询|查找|查重|查|搜索|搜一下|搜|找一下|找)\s*(?:客户|线索|手机号?|电话|公司)?[\s:]*)(?P<text>[^,。;!?\n]{1,40})"
)
_PHONE = whole(r"(?P<text>(?:\+?86[-\s]?)?1[3-9]\d[-\s]?\d{4}[-\s]?\d{4})")
#: 查了, 找到: the beginning of a report, not a wish.
_REPORT = tuple("了过看完到个验账收明清不他她客")
_NUMBERS = re.compile(
    r"本[月周年季]|[上这今去下]个?[月周年季]|今天|昨天|近\d|业绩|金额|成交|回款|新增|线索[数量]|商机|客单价|花费|roi|公海|逾期|赢单|输单",
    re.IGNORECASE,
)


def _first(patterns: tuple[re.Pattern[str], ...], text: Said) -> re.Match[str] | None:
    return next((found for pattern in patterns if (found := pattern.fullmatch(text.plain))), None)


def _simple(text: Said) -> object | None:
    found_by = (
        (_SHOWN, ShowLead),
        (_CLAIMED, ClaimLead),
        (_REVEALED, RevealContact),
        (_WAYS, ShowContactWay),
    )
    for patterns, command in found_by:
        if found := _first(patterns, text):
            return command(lead_id(found))
    return None


def _reasoned(text: Said) -> object | None:
    if found := _first(_RELEASED, text):
        return ReleaseLead(lead_id(found), text.part(found, "rest"))
    if found := _first(_INVALIDATED, text):
        return MarkInvalid(lead_id(found), text.part(found, "rest"))
    return None


def _given(text: Said) -> object | None:
    found = _first(_GIVEN, text)
    return ReassignLead(lead_id(found), text.part(found, "rest")) if found else None


def _converted(text: Said) -> object | None:
    found = _first(_CONVERTED, text)
    if found is None:
        return None
    product, amount, close_on = "", "", ""
    for token in re.split(r"[\s,。;、]+", text.part(found, "rest").replace("，", ",")):
        if not amount and read_amount(token) is not None:
            amount = token
        elif not close_on and names_moment(token):
            close_on = token
        elif not product:
            product = token
    return ConvertLead(lead_id(found), product, amount, close_on)


def _changed(text: Said) -> object | None:
    found = _first(_CHANGES, text)
    if found is None or (is_sentence(text.part(found, "value")) and not text.plain.lstrip().startswith("改")):
        return None
    return ChangeLead(lead_id(found), text.part(found, "field"), text.part(found, "value"))


def _entered(text: Said) -> object | None:
    if found := _ENTER.fullmatch(text.plain):
        return EnterLead(text.part(found, "text"))
    found = _ENTER_SHORT.fullmatch(text.plain)
    if found and _CONTACT.search(found["text"]):
        return EnterLead(text.part(found, "text"))
    return None


def _searched(text: Said) -> object | None:
    if found := _PHONE.fullmatch(text.plain):
        return SearchLeads(text.part(found, "text"))
    found = _SEARCH.fullmatch(text.plain)
    if found is None or text.is_question or _NUMBERS.search(found["text"]):
        return None
    is_report = found["text"].startswith(_REPORT) and found.start("text") <= 1
    return None if is_report else SearchLeads(text.part(found, "text"))


RULES: tuple[Rule, ...] = (_simple, _reasoned, _given, _converted, _changed, _entered, _searched)
