"""Words to try a journey: 模拟 旅程 欢迎 L12, 画 旅程 欢迎, 试算 旅程 唤醒 分群 老客户, 回测 旅程 唤醒."""

from __future__ import annotations

import re

from bot.crm.journey_commands import ShowJourney
from bot.crm.phrases.said import GAP, LEAD, Rule, Said, lead_id, whole, words
from bot.crm.trial_commands import BacktestJourney, SimulateJourney, TryJourney

_NAME = r"(?P<rest>[^,。;!?\n]{1,40}?)"
_DAYS = rf"(?:{GAP}(?:未来|接下来|过去|最近|近)?\s*(?P<days>\d{{1,4}})\s*天)?"
_SIMULATE = words("模拟", "推演", "演练", "模拟一下", "推演一下")
_TRY = words("试算", "试跑", "预演", "试算一下")
_BACK = words("回测", "回放", "回测一下")
_DRAW = words("画", "画一下", "画出", "图")
_SIMULATED = (
    whole(rf"{_SIMULATE}\s*旅程{GAP}{_NAME}{GAP}{LEAD}"),
    whole(rf"{_SIMULATE}{GAP}{LEAD}{GAP}(?:走)?\s*旅程{GAP}{_NAME}"),
    whole(rf"{LEAD}{GAP}(?:走|模拟|推演)\s*旅程{GAP}{_NAME}"),
)
_ANYBODY = whole(rf"{_SIMULATE}\s*旅程{GAP}{_NAME}")
_DRAWN_FOR = whole(rf"{_DRAW}\s*旅程{GAP}{_NAME}{GAP}{LEAD}")
_DRAWN = whole(rf"{_DRAW}\s*旅程{GAP}{_NAME}")
_TRIED = (
    whole(
        rf"{_TRY}\s*旅程{GAP}{_NAME}[\s,]*(?:对)?(?:分群|人群)[\s:]*(?P<segment>[^,。;!?\n]{{1,40}}?){_DAYS}"
    ),
    whole(rf"{_TRY}\s*旅程{GAP}{_NAME}{_DAYS}"),
)
_BACKTESTED = (
    whole(rf"{_BACK}\s*旅程{GAP}{_NAME}{_DAYS}"),
    whole(rf"如果\s*(?:上个月|过去一个月)\s*就有\s*旅程{GAP}{_NAME}"),
)


def _simulated(text: Said) -> object | None:
    for pattern in (*_SIMULATED, _DRAWN_FOR):
        if found := pattern.fullmatch(text.plain):
            return SimulateJourney(text.part(found, "rest"), lead_id(found))
    if found := _DRAWN.fullmatch(text.plain):
        return ShowJourney(text.part(found, "rest"))
    found = _ANYBODY.fullmatch(text.plain)
    return SimulateJourney(text.part(found, "rest")) if found else None


def _tried(text: Said) -> object | None:
    for pattern in _TRIED:
        if found := pattern.fullmatch(text.plain):
            return TryJourney(
                text.part(found, "rest"), _part(text, found, "segment"), _part(text, found, "days")
            )
    for pattern in _BACKTESTED:
        if found := pattern.fullmatch(text.plain):
            return BacktestJourney(text.part(found, "rest"), _part(text, found, "days"))
    return None


def _part(text: Said, found: re.Match[str], group: str) -> str:
    return text.part(found, group) if group in found.re.groupindex else ""


RULES: tuple[Rule, ...] = (_simulated, _tried)
