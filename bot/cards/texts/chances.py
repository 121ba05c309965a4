"""成交可能: how likely a lead is to be won, and how far that may be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

ASKED_BY_OTHERS = "预测模型的情况只给大区经理、总监、高管和市场看。"
_NO_NIGHT = "每天凌晨用公司自己的成交结果学一次，今晚之后就有。"
_TOO_FEW = "历史结果还太少（赢单 {won} 条、没成 {lost} 条；各要满 50 条、一共 300 条），先看规则评分。"
_TOO_WEAK = "从历史结果里学不出可靠的规律（排序准确度 {auc:.2f}，要 0.60 以上），先看规则评分。"


def no_card(outcome: str, *, won: int = 0, lost: int = 0, auc: float | None = None) -> str:
    """Why there is no forecast; an empty outcome: no night has passed."""
    if outcome == "too_few":
        return _TOO_FEW.format(won=won, lost=lost)
    return _NO_NIGHT if auc is None else _TOO_WEAK.format(auc=auc)


def lead(
    lead_id: str, chance: float, usual: float, reasons: Sequence[tuple[str, str, int]], *, at: datetime
) -> str:
    """One lead; `reasons` are field, value and points, and `at` is local time."""
    lines = [f"{lead_id} 成交可能约 {_share(chance)}，平均 {_share(usual)}。"]
    for name, chosen in (
        ("加分", [r for r in reasons if r[2] > 0]),
        ("减分", [r for r in reasons if r[2] < 0]),
    ):
        if chosen:
            lines.append(
                f"{name}：" + "，".join(f"{field} {value} {points:+d}" for field, value, points in chosen)
            )
    lines.append(f"20 分约等于机会翻一倍。按历史成交推算，{at:%m-%d %H:%M} 更新，仅供参考。")
    return "\n".join(lines)


def rules_alone(lead_id: str, score: int, tier: str, why: str) -> str:
    """One lead while there is no card."""
    return f"{lead_id} 还没有成交预测。{why}\n规则评分 {score} 分，{tier}。"


def model(*, won: int, lost: int, auc: float, bands: Sequence[tuple[int, float, float]], at: datetime) -> str:
    """How good the card is; bands are leads, said and came, from the lowest."""
    lines = [
        f"成交预测（{at:%m-%d %H:%M} 更新）",
        f"学自 {won + lost:,} 条有结果的线索，其中赢单 {won:,} 条。",
        f"排序准确度 AUC {auc:.2f}（0.5 等于瞎猜，1 是全对），用没学过的最近三成线索检验。",
        "说的和实际的（从低到高各两成）：",
    ]
    lines += [f"· 预测 {_share(said)} → 实际 {_share(came)}（{leads} 条）" for leads, said, came in bands]
    return "\n".join(lines)


def _share(value: float) -> str:
    return f"{value:.1%}" if value < 0.1 else f"{value:.0%}"  # noqa: PLR2004 - below ten per cent a decimal tells
