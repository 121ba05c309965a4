"""Lists, duty, help and the like: 我的线索, 公海, 逾期, 值班, 请假到明天, 帮助 跟进, 反馈 …, 取消."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.crm.commands import (
    AskBindingCode,
    BindAccount,
    BindGroup,
    CancelDialogue,
    FreeGroup,
    GiveFeedback,
    ListMyDeals,
    ListMyLeads,
    ListMyTasks,
    ListOverdue,
    ListPool,
    ListStale,
    SetDuty,
    ShowHelp,
)
from bot.crm.phrases.said import Rule, Said, whole
from bot.crm.when import names_moment

_FIXED: dict[Callable[[], object], str] = {
    ListMyLeads: """我的线索 我的客户 我的私海 私海 线索列表 查看我的线索 看我的线索 我手上的线索
        我的线索列表 手上的线索""",
    ListMyTasks: """我的任务 任务 待办 我的待办 今日任务 今天的任务 今天有什么任务 任务列表 今天做什么
        我的日程 查看我的任务 待办任务""",
    ListMyDeals: "我的商机 商机列表 我的单子 查看我的商机 我的商机列表 跟进中的商机",
    ListPool: """公海 公海线索 看公海 公海池 线索池 公海列表 有什么可领的 抢单 领线索 领取 领取线索
        查看公海 可领线索""",
    ListOverdue: "逾期 逾期任务 逾期列表 逾期的任务 超期 过期任务 超期任务 谁逾期了 逾期清单",
    ListStale: "未跟进 未跟进列表 没跟进的 没人跟进 谁没跟进 未跟进清单",
    ShowHelp: """帮助 help h 怎么用 使用说明 说明 功能 菜单 指令 命令 你能做什么 你会什么 能做什么
        你好 您好 hi hello 在吗 嗨 hey 早 早上好 开始""",
    CancelDialogue: "取消 算了 不用了 退出 cancel 取消吧 不了 先不用 没事了",
    FreeGroup: "解绑本群 解绑群 本群解绑 取消绑定本群 解除绑定本群 取消绑定",
    AskBindingCode: "绑定 绑定账号 绑定钉钉 绑定企业微信 绑定企微 账号绑定 我要绑定 绑定码 获取绑定码",
    GiveFeedback: "反馈 我要反馈 意见 建议 意见反馈 提意见 提建议 吐槽",
}
_BY_WORD = {word: command for command, listed in _FIXED.items() for word in listed.split()}
_STALE = whole(
    r"(?:超过)?(?P<days>\d{1,3})\s*天(?:以上)?(?:未|没|没有)跟进(?:的|过)?(?:列表|名单)?|(?:未|没)跟进\s*(?P<after>\d{1,3})\s*天(?:以上)?"
)
#: The word alone says nothing of what about: explain how it is said.
_BARE = {
    "跟进",
    "报价",
    "转商机",
    "录",
    "改",
    "查",
    "推迟",
    "转交",
    "完成",
    "赢单",
    "输单",
    "改派",
    "无效",
    "看电话",
    "查重",
    "搜索",
}
_HELP = whole(
    r"(?:帮助|help)[\s:]*(?P<topic>[^\s,。]{1,12})|(?:怎么|如何|怎样)(?P<how>[^\s,。?]{1,10})[?]?|(?P<what>[^\s,。]{1,8})怎么用[?]?"
)
_BIND = whole(
    r"(?:绑定(?:到)?(?:本|这个|此)?群|(?:本|这个)群绑定)[\s:,]*(?:到|为)?\s*(?P<pool>[^\s,。]{0,20})"
)
_BIND_ACCOUNT = whole(r"(?:账号)?绑定(?:账号|码)?[\s:,]*(?P<code>[A-Za-z0-9][A-Za-z0-9\s-]{3,14}[A-Za-z0-9])")
_FEEDBACK = whole(
    r"(?:我要|我想)?(?:反馈|吐槽|提个?建议|提个?意见|建议|bug)[\s:,]*(?P<text>.+)|(?:意见|建议)[\s:,]+(?P<more>.+)"
)
_ON = whole(
    r"(?:我)?(?:开始)?(?:值班|上班|接单|上线|销假|回来|恢复接单|上岗|取消请假|结束请假)了?(?:\s*(?:到|至)\s*(?P<until>.{1,12}))?"
)
_OFF = whole(
    r"(?:我)?\s*(?P<day>今天|明天|后天|上午|下午|今晚)?\s*(?:我)?(?:要|想|先)?"
    r"(?:请假|休假|休息|下班|下线|不接单|停止接单|暂停接单|请个假|外出|请)了?"
    r"\s*(?:(?:到|至|直到|截止)?\s*(?P<until>.{1,12}?)(?:回来|结束)?)?"
)
_SPAN = re.compile(r"(?P<n>\d{1,2}|[一二两三四五六七八九十])\s*(?P<unit>天|个?小时|周|个?星期)")


def _fixed(text: Said) -> object | None:
    if text.tight in _BARE:
        return ShowHelp(text.tight)
    command = _BY_WORD.get(text.tight) or (text.plain.strip() == "?" and ShowHelp)
    return command() if command else None


def _stale(text: Said) -> object | None:
    found = _STALE.fullmatch(text.plain)
    return ListStale(str(int(found["days"] or found["after"]))) if found else None


def _duty(text: Said) -> object | None:
    if found := _ON.fullmatch(text.plain):
        return SetDuty("on", text.part(found, "until"))
    found = _OFF.fullmatch(text.plain)
    if found is None:
        return None
    until = text.part(found, "until") or text.part(found, "day")
    if until in {"半天", "半日"}:
        return SetDuty("off", "4小时后")
    if _SPAN.fullmatch(until):
        return SetDuty("off", f"{until}后")
    # 请假流程, 请客户吃饭: no time, so something else is meant.
    is_meant = not until or names_moment(until)
    is_whole = found["until"] is not None or not text.plain.strip().endswith("请")
    return SetDuty("off", until) if is_meant and is_whole else None


def _help(text: Said) -> object | None:
    found = _HELP.fullmatch(text.plain)
    if found is None:
        return None
    topic = next((text.part(found, group) for group in ("topic", "how", "what") if found[group]), "")
    return ShowHelp(topic)


def _bind(text: Said) -> object | None:
    found = _BIND.fullmatch(text.plain)
    return BindGroup(text.part(found, "pool")) if found else None


def _bind_account(text: Said) -> object | None:
    found = _BIND_ACCOUNT.fullmatch(text.plain)
    return BindAccount("".join(found["code"].split()).upper()) if found else None


def _feedback(text: Said) -> object | None:
    found = _FEEDBACK.fullmatch(text.plain)
    return GiveFeedback(text.part(found, "text") or text.part(found, "more")) if found else None


RULES: tuple[Rule, ...] = (_fixed, _stale, _duty, _help, _bind, _bind_account, _feedback)
