"""Journeys on cards: all of them, one with its numbers, and what another version would mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.card import Button, Card, Field
from bot.crm.journey_commands import ListJourneys, PublishJourney, RollBackJourney, SetJourney, ShowJourney
from bot.crm.trial_commands import BacktestJourney

TITLE, NONE = "旅程", "还没有旅程，在 config/journeys/ 里写，一个文件一个"
STATES = {"live": "运行中", "paused": "已暂停", "stopped": "已停止", "": "未发布"}
LINE = "· {name}（{state}）：现在 {n} 人{changed}"
CHANGED = "，文件有改动未发布"
HINT = "发「旅程 {name}」看每一步的数字。"
NOT_HERE = "旅程只能私聊问我。"
NOT_YOURS = "旅程由市场和总监管，你可以看自己的线索在哪些旅程：发「L7 在哪些旅程」。"
NOT_TO_CHANGE = "改旅程要市场或总监。"
UNKNOWN = "没有“{name}”这个旅程{meant}\n现有的：{known}"
MEANT, NOT_MEANT = "，是不是“{name}”？", "。"
WHICH = "哪个旅程？请写上名称，例如「旅程 {name}」「发布旅程 {name}」。\n现有的：{known}"
WHEN, NOW, EVER = "进入", "现在在里面", "已结束"
PEOPLE, ELSEWHERE = "{n} 人", "（其中 {n} 人在别的版本上）"
PAUSE, RESUME, STOP, PUBLISH, BACK, ALL = "暂停", "恢复", "停止", "发布新版", "回退上一版", "所有旅程"
MEANT_ONE = "是不是{verb}旅程「{name}」？"
STOP_SURE = "停止「{name}」？里面的 {n} 人都会退出，不再收到后面的内容；没发出的也不再发。"
STOP_YES, KEEP = "确定停止", "不停"
DONE = {
    "live": "「{name}」已恢复。",
    "paused": "「{name}」已暂停：没人往下走，新来的先排着。",
    "stopped": "「{name}」已停止。",
}
AS_IT_IS = "「{name}」本来就是{state}。"
SAME = "「{name}」的文件和在跑的第 {version} 版一样，没有要发布的。"
UNREAD = "config/ 里有写错的地方，改过的文件还没有读进来，在跑的不受影响。改好后几秒生效，再发布：\n{why}"
NO_FILE = "「{name}」没有配置文件了，不能发布；可以停止它。"
PUBLISHED = "「{name}」第 {version} 版已发布。{moved}"
MOVED = "里面 {n} 人已换到新版。"
NOT_MOVED = "里面的人按原来的版本走完。"
STALE = "文件刚又改过，请看过新的再确认。"
NO_EARLIER = "「{name}」没有更早的版本。"
ROLLED_BACK = "「{name}」已回到第 {version} 版，之后进来的人走这一版；里面的人走完各自的版本。"
PLAN_TITLE = "发布「{name}」"
PLAN_FIRST = "第一次发布，里面还没有人。"
PLAN_EMPTY = "现在里面没有人，之后进来的人走新版。"
PLAN_INSIDE = "现在里面有 {n} 人。不迁移：他们按原来的版本走完，谁也不会重收、漏收。"
PLAN_MOVE = "迁移：{movable} 人可以换到新版{twice}{stranded}{partly}"
PLAN_TWICE = "；{n} 人换了会重复收到，留在旧版"
PLAN_STRANDED = "；{n} 人所在的步骤新版没有，留在旧版"
PLAN_PARTLY = "（只逐个看了前 {n} 人）"
PLAN_WHERE = "都在哪一步"
NOTICE = "提醒：{text}"
PUBLISH_ONLY, PUBLISH_MOVE, NOT_NOW = "发布", "发布并迁移", "先不发"
PAST, PAGE = "如果上个月就有它", "模拟、试算"
BACK_TITLE = "回退「{name}」"
BACK_TEXT = "之后进来的人走第 {version} 版；里面的人走完各自的版本，不会重收。"
BACK_YES, NOT_BACK = "确定回退", "不回退"
MOST_LINES = 14
_MOST_NOTICES = 3
MORE = "…还有 {n} 步"


@dataclass(frozen=True, slots=True)
class Line:
    """One journey in the list."""

    name: str
    state: str
    inside: int
    is_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One journey as somebody may see it."""

    name: str
    state: str
    version: int
    entry: str
    about: str
    inside: int
    #: How many of them by another version; the numbers of the steps are of this one.
    elsewhere: int
    #: How they ended, in words, with numbers.
    ended: str
    #: Each step in words with its numbers, in the order of the file.
    steps: tuple[str, ...]
    may_change: bool
    is_changed: bool
    has_earlier: bool


def everyone(lines: Sequence[Line], notices: Sequence[str] = ()) -> str:
    """All of them."""
    if not lines:
        return NONE
    said = [
        LINE.format(
            name=one.name, state=STATES[one.state], n=one.inside, changed=CHANGED if one.is_changed else ""
        )
        for one in lines
    ]
    noted = [NOTICE.format(text=one) for one in notices[:_MOST_NOTICES]]
    return "\n".join((TITLE, *said, *noted, HINT.format(name=lines[0].name)))


def one(shown: Shown, *, url: str = "") -> Card:
    """One, with what came of each step; `url` is the page on which it is tried."""
    steps = list(shown.steps[:MOST_LINES])
    if len(shown.steps) > MOST_LINES:
        steps.append(MORE.format(n=len(shown.steps) - MOST_LINES))
    others = ELSEWHERE.format(n=f"{shown.elsewhere:,}") if shown.elsewhere else ""
    fields = [
        Field(WHEN, shown.entry),
        Field(NOW, PEOPLE.format(n=f"{shown.inside:,}") + others),
        Field(EVER, shown.ended),
    ]
    note = STATES[shown.state] + (f" · 第 {shown.version} 版" if shown.version else "")
    return Card(
        kind="journey",
        title=f"{TITLE}：{shown.name}",
        note=note + (CHANGED if shown.is_changed else ""),
        fields=tuple(field for field in fields if field.value),
        text="\n".join((*([shown.about] if shown.about else []), *steps)),
        buttons=(*_buttons(shown), *((Button(PAGE, url=url),) if url else ())),
    )


def _buttons(shown: Shown) -> list[Button]:
    found = []
    if shown.may_change:
        if shown.is_changed or not shown.version:
            found.append(Button(PUBLISH, PublishJourney(shown.name), style="primary"))
        if shown.state == "live":
            found.append(Button(PAUSE, SetJourney(shown.name, "paused")))
        elif shown.version:
            found.append(Button(RESUME, SetJourney(shown.name, "live")))
        if shown.state in {"live", "paused"}:
            found.append(Button(STOP, SetJourney(shown.name, "stopped"), style="danger"))
        if shown.has_earlier:
            found.append(Button(BACK, RollBackJourney(shown.name)))
    return [*found, Button(ALL, ListJourneys())]


def stop_asked(name: str, inside: int) -> Card:
    """To end a journey for everybody is asked first."""
    return Card(
        kind="journey",
        title=f"{TITLE}：{name}",
        text=STOP_SURE.format(name=name, n=inside),
        buttons=(
            Button(STOP_YES, SetJourney(name, "stopped", "yes"), style="danger"),
            Button(KEEP, ShowJourney(name)),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What a publication means."""

    name: str
    digest: str
    version: int
    inside: int
    where: tuple[tuple[str, int], ...]
    movable: int
    twice: int
    stranded: int
    looked_at: int
    #: What should be known before.
    notices: tuple[str, ...] = ()


def plan(found: Planned) -> Card:
    """Who is where, who would get something twice, who would be stranded; and a confirming tap."""
    buttons = [Button(PUBLISH_ONLY, PublishJourney(found.name, found.digest), style="primary")]
    if found.movable:
        buttons.append(Button(PUBLISH_MOVE, PublishJourney(found.name, found.digest, "yes")))
    empty = PLAN_EMPTY if found.version else PLAN_FIRST
    text = "\n".join((PLAN_INSIDE.format(n=found.inside), _moving(found))) if found.inside else empty
    text = "\n".join((text, *(NOTICE.format(text=one) for one in found.notices[:_MOST_NOTICES])))
    where = tuple(Field(name, PEOPLE.format(n=n)) for name, n in found.where[:5])
    buttons += [Button(PAST, BacktestJourney(found.name)), Button(NOT_NOW, ShowJourney(found.name))]
    return Card(
        kind="journey",
        title=PLAN_TITLE.format(name=found.name),
        note=PLAN_WHERE if where else "",
        fields=where,
        text=text,
        buttons=tuple(buttons),
    )


def _moving(found: Planned) -> str:
    return PLAN_MOVE.format(
        movable=found.movable,
        twice=PLAN_TWICE.format(n=found.twice) if found.twice else "",
        stranded=PLAN_STRANDED.format(n=found.stranded) if found.stranded else "",
        partly=PLAN_PARTLY.format(n=found.looked_at) if found.looked_at else "",
    )


def roll_back_asked(name: str, version: int) -> Card:
    """To go back is asked first."""
    return Card(
        kind="journey",
        title=BACK_TITLE.format(name=name),
        text=BACK_TEXT.format(version=version),
        buttons=(
            Button(BACK_YES, RollBackJourney(name, str(version)), style="primary"),
            Button(NOT_BACK, ShowJourney(name)),
        ),
    )


def done(title: str, name: str, text: str) -> Card:
    """What was asked before has been done: there is nothing to press twice."""
    return Card(
        kind="journey",
        title=title.format(name=name),
        text=text,
        buttons=(Button(f"{TITLE} {name}", ShowJourney(name)),),
    )


def meant(names: Sequence[str], state: str) -> Card:
    """Whether one of these was meant by words that did not say that it is a journey."""
    verb = {"live": RESUME, "paused": PAUSE, "stopped": STOP}[state]
    return Card(
        kind="journey",
        title=MEANT_ONE.format(verb=verb, name="」、「".join(names)),
        buttons=tuple(Button(f"{verb}{name}", SetJourney(name, state)) for name in names),
    )


def unknown(name: str, meant: str | None, known: Sequence[str]) -> str:
    """No such journey; or none was named."""
    if not name.strip() and known:
        return WHICH.format(name=known[0], known="、".join(known))
    guess = MEANT.format(name=meant) if meant else NOT_MEANT
    return UNKNOWN.format(name=name, meant=guess, known="、".join(known) or "没有")


ENDS = {
    "end": "走完", "goal": "达成目标", "exit": "结束", "left": "中途离开", "stopped": "旅程停止",
    "merged": "与另一条合并", "erased": "已删除", "failed": "出错", "gone": "线索没了",
    "restored": "恢复备份后停下",
    "too_long": "步数太多",
}  # fmt: skip
OUTCOMES = {
    "waits": "在等", "next": "过", "then": "等到了", "else": "没等到/否则", "timeout": "没人答",
    "again": "再来", "done": "循环完",
    "hold_out": "对照", **ENDS,
}  # fmt: skip
#: What a planner said, as people read it.
NOTES = {
    "email": "邮件", "sms": "短信", "wecom": "企微", "wechat_service": "微信客服",
    "wechat_official": "公众号", "mini_program": "小程序", "rep": "转给销售", "given": "已给",
    "approved": "同意", "refused": "没同意", "missing": "商机缺资料", "no_deal": "没有商机",
    "no_coupon": "券码不够", "nobody": "没人可派",
    "not_sent": "没发",
}  # fmt: skip
