"""Words about results of journeys: 旅程 欢迎 结果, 效果 旅程 欢迎, 欢迎旅程效果怎么样, … 第 2 版."""

from __future__ import annotations

from bot.crm.phrases.said import GAP, Rule, Said, whole
from bot.crm.result_commands import ShowResults

_NAME = r"(?P<rest>[^,。;!?\n]{1,40}?)"
_WORD = r"的?(?:结果|效果|成效|实验结果|试验结果|对照结果|转化)(?:怎么样|如何|好不好)?"
_WHICH = rf"(?:{GAP}(?:(?P<all>全部版本|所有版本|各版合计)|第?\s*(?P<number>\d{{1,4}})\s*版))?"
_ASKED = (
    whole(rf"(?:看|看看|查看)?\s*旅程{GAP}{_NAME}{GAP}{_WORD}{_WHICH}"),
    whole(rf"(?:看|看看|查看)?\s*(?:结果|效果|成效){GAP}旅程{GAP}{_NAME}{_WHICH}"),
    whole(rf"(?:看|看看|查看)?\s*旅程(?:结果|效果|成效){GAP}{_NAME}{_WHICH}"),
    whole(rf"(?:看|看看|查看)?\s*{_NAME}旅程{GAP}{_WORD}{_WHICH}"),
)


def _results(text: Said) -> object | None:
    for pattern in _ASKED:
        if found := pattern.fullmatch(text.plain):
            version = "all" if found["all"] else found["number"] or ""
            return ShowResults(text.part(found, "rest"), version)
    return None


RULES: tuple[Rule, ...] = (_results,)
