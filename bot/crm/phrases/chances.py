"""Words about chances: 成交可能 L7, L7 能成吗, 预测模型."""

from __future__ import annotations

from bot.crm.forecast_commands import ShowChance, ShowChanceModel
from bot.crm.phrases.said import GAP, LEAD, Rule, Said, lead_id, whole, words

_CHANCE = words(
    *("成交可能", "成交可能性", "成交的可能性", "成交可能性多大", "成交概率", "成交概率多少", "成交几率"),
    *("成交预测", "赢率", "能成吗", "能成交吗", "能不能成", "胜算", "预测"),
)
_ASKED = (whole(rf"{_CHANCE}{GAP}{LEAD}[?]?"), whole(rf"{LEAD}{GAP}的?{_CHANCE}[?]?"))
_MODEL = frozenset({"预测模型", "成交模型", "评分模型", "预测准不准", "预测准吗", "模型准吗", "成交预测准吗"})


def _chance(text: Said) -> object | None:
    found = next((match for one in _ASKED if (match := one.fullmatch(text.plain))), None)
    return ShowChance(lead_id(found)) if found else None


def _model(text: Said) -> object | None:
    return ShowChanceModel() if text.tight in _MODEL else None


RULES: tuple[Rule, ...] = (_chance, _model)
