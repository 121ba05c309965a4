"""Words about what comes by itself: 每周一9点发华东漏斗给我, 改成周二, 停掉华东漏斗, 我的订阅, 周报."""

from __future__ import annotations

import re

from bot.crm.cadence_words import is_other, read_spoken
from bot.crm.digest_commands import (
    ChangeSubscription,
    CompareChange,
    ListSubscriptions,
    ShowDigest,
    StopSubscription,
    Subscribe,
)
from bot.crm.phrases.said import Rule, Said, whole

_LISTS = """我的订阅 订阅 订阅列表 我订阅了什么 我的推送 推送列表 查看订阅 看订阅 有哪些订阅 管理订阅 定时推送
    查看我的订阅 我订阅的"""
#: Said alone, they are shown now.
_KINDS = {
    "morning": """今日清单 早报 晨报 今天要跟进的人 今天要跟进谁 今天跟进谁 今天该跟进谁 今日待跟进 今天的清单
        我的早报""",
    "day_report": "日报 写日报 我的日报 今日日报 今天的日报 发日报 日报草稿",
    "daily": "团队日报 今日战报 战报 看团队日报",
    "weekly": "周报 看周报 团队周报 上周周报 我的周报 销售周报",
    "monthly": "月报 看月报 团队月报 上月月报 月度总结 月结 销售月报",
    "alerts": """异常提醒 异常 有什么异常 有没有异常 有异常吗 看异常 查异常 今天有什么异常 最近有什么异常
        数据异常 异常情况 预警 有什么预警 异常预警""",
}
_FIXED: dict[str, object] = {
    **{word: ListSubscriptions() for word in _LISTS.split()},
    **{word: ShowDigest(kind) for kind, words in _KINDS.items() for word in words.split()},
}
_POLITE = r"(?:请|麻烦|帮我|帮忙|你|可以|能不能|以后|今后|从现在起|从下周起|设置|设个|加个|定个|,|\s)*"
_PREFIX = re.compile(rf"{_POLITE}(?P<asked>订阅|定时推送|定时发送?|定时)?[\s:,]*")
_TO_GROUP = r"(?:到|给|去|在)?(?:我们|咱们|本|这个?|此)?(?:销售)?群(?:里面?|聊)?"
_SEND = (
    r"(?:自动|定时|准时|都|请|帮我|,|\s)*(?:发送|推送|播报|汇报|同步|发|推|报)(?![了过现展生掉])"
    r"(?:一下|一份|一次|一张|条)?"
)
_ME = r"(?:给我|给自己|我)"
#: 把华东漏斗发给我, 把排名发到群.
_PUT = whole(rf"(?:都|自动|,)*(?:把|将)(?P<q>.+?){_SEND}(?:(?P<group>{_TO_GROUP})|{_ME})?(?:一下|一份)?")
#: 发到群里：今天新增线索; 给我发华东漏斗.
_FIRST = whole(
    rf"(?:,|\s)*(?:(?:给|向|跟)我(?:{_SEND})?|(?P<group>{_TO_GROUP}){_SEND}"
    rf"|{_SEND}(?:(?P<to_group>{_TO_GROUP})|{_ME}))[\s:,]*(?P<q>.+)"
)
#: 发华东漏斗给我, 发今天新增线索到群里, 发今天新增线索, 提醒我未跟进线索.
_LAST = whole(
    rf"(?:,|\s)*(?:{_SEND}|提醒(?P<me>我)(?:看|关注)?)(?P<q>[^的了过].*?)(?:(?:发|推送?)?(?P<group>(?:到|给){_TO_GROUP})|(?P<mine>给我|给自己))?"
)
_WHOM = re.compile(r"给我|发我|我发|给自己|提醒我|群|订阅|推送|定时|[把将]")
_CLOSING = re.compile(r"[\s,。!~]*(?:吧|哦|哈|啊|谢谢|谢了|可以吗|好吗|行吗|可以么)?[\s。!~?]*$")
_SHIFT = whole(
    r"(?:把|将)?(?P<which>.*?)\s*的?\s*(?:订阅|推送|时间|发送时间)?\s*"
    r"(?:改成|改到|改为|调成|调到|调整到|换成|换到|挪到)\s*(?P<when>.+)"
)
_STOPPED = whole(
    r"(?P<how>取消订阅|退订|停掉订阅|取消推送|停止推送|关闭推送|停掉|停止|停发|取消|关掉|关闭|不要再?发|别再?发|不用再?发|不要推送?|不想收)(?![率数量人])"
    r"(?:我的|我|这个|给我)?[\s:,]*(?P<which>[^,。;!?\n]{1,40}?)\s*的?\s*(?:订阅|推送|了)?"
)
#: Nobody stops a question: 退订最多的是谁.
_ASKS = re.compile(r"[?]|多少|谁|哪|最[多少高低]")
_PLAIN_STOPS = frozenset({"取消订阅", "退订", "停掉订阅", "取消推送", "停止推送", "关闭推送"})
_ID = re.compile(r"[Ss]\d{1,9}")
_OTHERS_ID = re.compile(r"(?<![A-Za-z])[A-RT-Za-rt-z]\d{1,9}(?!\d)")
_COMPARED = whole(
    r"(?:看|看看|查看)?\s*(?:(?:改|调|换)?了?(?:规则|配置|设置|评分|分配)(?:修改|调整|变更)?\s*#?\s*(?P<number>\d{1,9})?|(?:撤销)?#(?P<hash>\d{1,9}))\s*"
    r"(?:的)?\s*(?:前后(?:的)?(?:对比|比较|变化|效果|差别|区别)?|改前改后(?:对比)?|修改前后(?:对比)?|(?:以|之)?后(?:的)?(?:怎么样|效果(?:怎么样)?|有没有用))[?]?"
)


def _fixed(text: Said) -> object | None:
    if text.tight in _FIXED:
        return _FIXED[text.tight]
    found = _COMPARED.fullmatch(text.plain)
    return CompareChange(found["number"] or found["hash"] or "") if found else None


def _subscribed(text: Said) -> Subscribe | None:
    """A cadence, a word of sending, and what; 订阅 alone takes up what comes by itself."""
    begins = _PREFIX.match(text.plain)
    at = begins.end() if begins else 0
    is_asked = begins is not None and begins["asked"] is not None
    plain, raw = text.plain[at:], text.raw[at:]
    spoken = read_spoken(plain)
    if spoken is None or spoken.every is None or not re.match(r"每|工作日|天天", plain):
        if is_other(plain) and _has_sending(plain):
            return Subscribe("每", plain)
        return Subscribe("", _trimmed(raw)) if is_asked and _trimmed(raw) else None
    rest = _CLOSING.sub("", plain[spoken.ends :])
    for pattern in (_PUT, _FIRST, _LAST):
        found = pattern.fullmatch(rest)
        if found and found["q"].strip(" :,"):
            shift = at + spoken.ends
            question = text.raw[shift + found.start("q") : shift + found.end("q")].strip(" ：:，,")
            groups = found.groupdict()
            to_group = groups.get("group") or groups.get("to_group")
            is_sure = spoken.at is not None or to_group or _WHOM.search(text.plain)
            return Subscribe(plain[: spoken.ends], question, "group" if to_group else "") if is_sure else None
    left = _trimmed(raw[spoken.ends :])
    return Subscribe(plain[: spoken.ends], left) if is_asked and left else None


def _has_sending(plain: str) -> bool:
    return re.search(rf"{_SEND}.*(?:给我|群)|给我发", plain) is not None


def _trimmed(raw: str) -> str:
    return _CLOSING.sub("", raw).strip(" ：:，,的")


def _certain(text: Said) -> object | None:
    """Whom it goes to was said, or that it is a subscription: nothing else can be meant."""
    found = _subscribed(text)
    return found if found is not None and _WHOM.search(text.plain) else None


def _shifted(text: Said) -> ChangeSubscription | None:
    found = _SHIFT.fullmatch(text.plain)
    if found is None or _OTHERS_ID.search(found["which"]):
        return None
    spoken = read_spoken(found["when"])
    if spoken is None or found["when"][spoken.ends :].strip(" 发送推吧了。"):
        return None
    return ChangeSubscription(text.part(found, "which"), found["when"][: spoken.ends])


def _stopped(text: Said) -> StopSubscription | None:
    found = _STOPPED.fullmatch(text.plain)
    if found is None or _ASKS.search(text.plain) or _OTHERS_ID.search(found["which"]):
        return None
    return StopSubscription(text.part(found, "which"))


def _certainly_changed(text: Said) -> object | None:
    """The thing is named by its number, or as a subscription."""
    stop = _STOPPED.fullmatch(text.plain)
    if stop and (stop["how"] in _PLAIN_STOPS or _ID.fullmatch(stop["which"]) or "订阅" in text.plain):
        return _stopped(text)
    shift = _SHIFT.fullmatch(text.plain)
    return _shifted(text) if shift and (_ID.fullmatch(shift["which"]) or "订阅" in text.plain) else None


RULES: tuple[Rule, ...] = (_fixed, _certainly_changed, _certain)
#: Only when the words are no answer to something that we asked.
LATE: tuple[Rule, ...] = (_subscribed, _shifted, _stopped)
