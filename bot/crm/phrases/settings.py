"""Words of an admin: 每日领取上限改成8, 把李娜设为市场, 李娜11月目标50万, 停用规则 form, 撤销配置 3."""

from __future__ import annotations

import re

from bot.crm.amount import read_amount
from bot.crm.knobs import BY_NAME, ROLE, ROLES, RULE, TARGET
from bot.crm.phrases.said import GAP, Rule, Said, whole, words
from bot.crm.setting_commands import ChangeSetting, LeaveSetting, ListSettings, UndoSetting

_TO = r"(?:改成|改为|设为|设成|调成|调到|调为|定为|变成)"
_KNOB = words(*BY_NAME)
_PLAINLY = re.compile(_TO)
_SET = whole(
    rf"(?:把|将|设置|修改)?\s*(?:(?P<pool>[^\s的]{{1,10}}?)(?:公海)?\s*的?\s*)??(?P<what>{_KNOB})\s*"
    rf"(?:{_TO}|[:=]|\s)?\s*(?P<value>\S{{1,12}}|\d+\s*\S{{1,3}})"
)
_ROLE = whole(
    rf"(?:把|将|设置)?\s*(?P<who>[^\s,，的]{{1,12}}?)\s*(?:的?角色)?\s*{_TO}\s*(?P<role>{words(*ROLES)})"
)
_ROLE_SHORT = whole(rf"设置{GAP}(?P<who>[^\s,的]{{1,12}})\s*的?\s*角色{GAP}(?P<role>{words(*ROLES)})")
_ROLE_BACK = whole(
    r"(?:恢复\s*(?P<who>[^\s,的]{1,12})\s*的?\s*角色|(?P<whose>[^\s,的]{1,12})\s*的?\s*角色\s*按通讯录)"
)
_TARGET = whole(
    r"(?:把|设置)?\s*(?P<of>[^\s,的\d]{1,12}?)\s*的?\s*(?P<month>(?:20\d\d\s*年)?\s*\d{1,2}\s*月|20\d\d-\d{2}|本月|下月|下个月)"
    rf"\s*的?\s*(?:业绩)?目标\s*(?:{_TO}|[:=])?\s*(?P<amount>[\d.,]+\s*[万千元wW]*)"
)
_PAUSE = whole(
    rf"(?P<how>停用|暂停|停掉|启用|恢复|重新启用)\s*(?:评分|分配|加分)?规则{GAP}(?P<rule>\S.{{0,30}})"
)
_UNDO = whole(
    r"(?:撤销|撤回|还原|取消)\s*(?:上次|刚才的?)?\s*(?:的)?\s*(?:配置|设置)(?:修改)?\s*#?(?P<n>\d{1,9})?"
)
_LIST = frozenset(
    {"配置", "配置记录", "改配置", "修改配置", "设置", "系统设置", "可以改什么", "配置历史", "查看配置"}
)
_STOPS = frozenset({"停用", "暂停", "停掉"})


def _knob(text: Said) -> object | None:
    found = _SET.fullmatch(text.plain)
    if found is None:
        return None
    knob = BY_NAME.get(found["what"])
    if knob is None:
        return None
    # A value that is none is answered as such, if it is said plainly that something shall be changed.
    if knob.read(found["value"].strip()) is None and not _PLAINLY.search(text.plain):
        return None
    return ChangeSetting(knob.key, text.part(found, "pool") if found["pool"] else "", found["value"].strip())


def _role(text: Said) -> object | None:
    if found := _ROLE_BACK.fullmatch(text.plain):
        return ChangeSetting(ROLE, text.part(found, "who") or text.part(found, "whose"))
    found = _ROLE_SHORT.fullmatch(text.plain) or _ROLE.fullmatch(text.plain)
    return ChangeSetting(ROLE, text.part(found, "who"), found["role"]) if found else None


def _target(text: Said) -> object | None:
    found = _TARGET.fullmatch(text.plain)
    if found is None or read_amount(found["amount"]) is None:
        return None
    return ChangeSetting(
        TARGET, text.part(found, "of"), f"{''.join(found['month'].split())} {found['amount']}"
    )


def _rule(text: Said) -> object | None:
    found = _PAUSE.fullmatch(text.plain)
    if found is None:
        return None
    return ChangeSetting(RULE, text.part(found, "rule"), "off" if found["how"] in _STOPS else "on")


def _others(text: Said) -> object | None:
    if text.tight in _LIST:
        return ListSettings()
    if text.tight in {"不改了", "取消修改"}:
        return LeaveSetting()
    found = _UNDO.fullmatch(text.plain)
    return UndoSetting(found["n"] or "") if found else None


RULES: tuple[Rule, ...] = (_others, _rule, _role, _target, _knob)
