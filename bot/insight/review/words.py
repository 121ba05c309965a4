"""Every sentence of a review of won and lost deals, Chinese, in one place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from bot.store.reads.review import Ended

#: Of fewer deals a share says nothing.
ENOUGH = 10
MOST = 5
TITLES = {"lost": "输单分析", "won": "赢单分析"}
VERBS = {"lost": "输", "won": "赢"}
BY_REASON, BY_STAGE, BY_TIME = "原因", "输在哪个阶段", "用了多久"
FEW = "样本少"
NOBODY, NOT_KNOWN = "未分配", "未填写"
NOTHING = {"lost": "这个范围里没有输单。", "won": "这个范围里没有赢单。"}
_CENTS, _DAY = 100, 24 * 60 * 60
Say = Callable[[Decimal], str]


def title(kind: str, scope: str) -> str:
    """What it is about."""
    return f"{TITLES[kind]}：{scope}"


def whole(kind: str, ended: Ended, closed: int, won: int, say: Say) -> str:
    """All of them."""
    verb = VERBS[kind]
    return (
        f"{verb} {ended.count:,} 单 {money(ended, say)}；"
        f"共关闭 {closed:,} 单，赢单率 {_share(won, closed)}{_few(closed)}"
    )


def reasons(found: Sequence[tuple[str, Ended]], count: int, say: Say) -> str:
    """价格 10 单 ¥500,000（42%）、竞品 6 单 …."""
    shown = [
        f"{name or NOT_KNOWN} {one.count} 单 {money(one, say)}（{_share(one.count, count)}）"
        for name, one in found[:MOST]
    ]
    return f"{BY_REASON}{_few(count)}：" + _listed(shown, len(found))


def cut(label: str, kind: str, found: Sequence[tuple[str, int, int, str]]) -> str:
    """展会 8/10（主要：价格）; name, of this kind, closed, the main reason."""
    verb = VERBS[kind]
    shown = []
    for name, count, closed, why in found[:MOST]:
        notes = [note for note in (f"主要因为{why}" if why else "", FEW if closed < ENOUGH else "") if note]
        shown.append(f"{name} {verb} {count}/{closed}" + (f"（{'，'.join(notes)}）" if notes else ""))
    return f"{label}：" + _listed(shown, len(found))


def stages(found: Sequence[tuple[str, int]]) -> str:
    """方案报价 12、商务谈判 6."""
    return f"{BY_STAGE}：" + _listed(
        [f"{name or NOT_KNOWN} {count}" for name, count in found[:MOST]], len(found)
    )


def cycle(lost: Ended, won: Ended) -> str:
    """How long the one and the other took."""
    parts = [
        f"{verb}平均 {_days(one)} 天{_few(one.count)}"
        for verb, one in (("输单", lost), ("赢单", won))
        if one.count
    ]
    return f"{BY_TIME}：" + "，".join(parts) + "（从新建到关闭）"


def definition(kind: str) -> str:
    """What the numbers mean."""
    verb = VERBS[kind]
    return (
        f"口径：时间段内关闭的商机，按关闭时的归属；「{verb} 8/10」＝关闭 10 单里{verb}了 8 单；"
        f"不到 {ENOUGH} 单的标「{FEW}」，比例别当真。"
    )


def money(one: Ended, say: Say) -> str:
    """To the yuan."""
    return say(Decimal(round(one.cents / _CENTS)))


def _listed(shown: Sequence[str], total: int) -> str:
    more = f"，另有 {total - len(shown)} 项" if total > len(shown) else ""
    return "、".join(shown) + more


def _share(part: int, whole_: int) -> str:
    return f"{part / whole_:.0%}" if whole_ else "算不出"


def _few(count: int) -> str:
    return f"（{FEW}）" if count < ENOUGH else ""


def _days(one: Ended) -> str:
    return f"{one.seconds / one.count / _DAY:.1f}".removesuffix(".0")
