"""Words about journeys: 旅程, 旅程 白皮书跟进, 暂停旅程 …, 发布旅程 …, L7 加入旅程 …"""

from __future__ import annotations

from bot.crm.journey_commands import (
    JoinJourney,
    ListJourneys,
    PublishJourney,
    QuitJourney,
    RollBackJourney,
    SetJourney,
    ShowJourney,
    StockCoupons,
)
from bot.crm.phrases.said import GAP, LEAD, Rule, Said, lead_id, whole, words

_NAME = r"(?P<rest>[^,。;!?\n]{1,40}?)"
_ALL = whole(r"(?:看|看看|查看|所有|全部)?\s*(?:旅程|旅程列表|所有旅程|自动化旅程|营销旅程|规则|自动化)")
_ONE = whole(rf"(?:看|看看|查看)?\s*旅程{GAP}{_NAME}")
_STATES = {
    "paused": words("暂停", "停一下"),
    "live": words("恢复", "继续", "启动"),
    "stopped": words("停止", "停掉", "下线"),
}
_SET = {
    state: (
        whole(rf"{verb}\s*旅程{GAP}{_NAME}"),
        whole(rf"旅程{GAP}{_NAME}{GAP}{verb}"),
        whole(rf"{verb}{GAP}{_NAME}旅程"),
    )
    for state, verb in _STATES.items()
}
#: Without a name: the answer asks which one.
_BARE = {state: whole(rf"{verb}\s*旅程") for state, verb in _STATES.items()}
_BARE_PUBLISH, _BARE_BACK = whole(r"(?:发布|上线)\s*旅程"), whole(r"(?:回退|回滚)\s*旅程")
_PUBLISH = (whole(rf"(?:发布|上线)\s*旅程{GAP}{_NAME}"), whole(rf"(?:发布|上线){GAP}{_NAME}旅程"))
_BACK = (whole(rf"(?:回退|回滚)\s*旅程{GAP}{_NAME}"), whole(rf"(?:回退|回滚){GAP}{_NAME}旅程"))
_STOCK = whole(r"(?:补券|加券码|补券码)\s+(?P<stock>\S{1,40})\s+(?P<codes>[A-Za-z0-9_\-\s,;、]{1,1800})")
_LEFT = whole(r"(?:券码|券码库存|还剩多少券)")
_JOIN = (
    whole(rf"(?:把|让)?\s*{LEAD}{GAP}(?:加入|放进|进入)\s*旅程{GAP}{_NAME}"),
    whole(rf"加入旅程{GAP}{LEAD}{GAP}{_NAME}"),
)
_QUIT = (
    whole(rf"(?:把|让)?\s*{LEAD}{GAP}(?:退出|移出|离开)\s*旅程{GAP}{_NAME}"),
    whole(rf"退出旅程{GAP}{LEAD}{GAP}{_NAME}"),
)
_WHERE = whole(rf"{LEAD}{GAP}(?:在(?:哪些|哪个|什么)旅程|的旅程|旅程)")


def _people(text: Said) -> object | None:
    for pattern in _JOIN:
        if found := pattern.fullmatch(text.plain):
            return JoinJourney(lead_id(found), text.part(found, "rest"))
    for pattern in _QUIT:
        if found := pattern.fullmatch(text.plain):
            return QuitJourney(lead_id(found), text.part(found, "rest"))
    found = _WHERE.fullmatch(text.plain)
    return QuitJourney(lead_id(found)) if found else None


def _changed(text: Said) -> object | None:
    if (bare := _unnamed(text)) is not None:
        return bare
    for state, patterns in _SET.items():
        for pattern in patterns:
            if found := pattern.fullmatch(text.plain):
                return SetJourney(text.part(found, "rest"), state)
    for pattern in _PUBLISH:
        if found := pattern.fullmatch(text.plain):
            return PublishJourney(text.part(found, "rest"))
    for pattern in _BACK:
        if found := pattern.fullmatch(text.plain):
            return RollBackJourney(text.part(found, "rest"))
    return None


def _unnamed(text: Said) -> object | None:
    if _BARE_PUBLISH.fullmatch(text.plain):
        return PublishJourney("")
    if _BARE_BACK.fullmatch(text.plain):
        return RollBackJourney("")
    state = next((state for state, pattern in _BARE.items() if pattern.fullmatch(text.plain)), None)
    return SetJourney("", state) if state else None


def _coupons(text: Said) -> object | None:
    if _LEFT.fullmatch(text.plain):
        return StockCoupons()
    found = _STOCK.fullmatch(text.plain)
    return StockCoupons(text.part(found, "stock"), text.part(found, "codes")) if found else None


def _shown(text: Said) -> object | None:
    if _ALL.fullmatch(text.plain):
        return ListJourneys()
    found = _ONE.fullmatch(text.plain)
    return ShowJourney(text.part(found, "rest")) if found else None


RULES: tuple[Rule, ...] = (_people, _changed, _coupons, _shown)
