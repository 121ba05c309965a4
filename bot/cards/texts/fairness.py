"""The fairness report (分配公平) in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.crm.fairness import Share, Skew, skew

HEAD = "{month} 分配情况（{where}，{people} 人，{total} 条）"
NOBODY = "{month} 没有可看的销售。"
LINE = "{name}：{got} 条{ways}，重点 {hot}{response}"
RESPONSE = "，首响中位 {minutes} 分钟"
WAYS: Mapping[str, str] = {"claimed": "领取", "rule": "规则", "hand": "指派"}
MOST = "最多 {most} {high} 条，最少 {least} {low} 条"
UNFAIR, FAIR, FEW = "，差距超出随机（百里挑一）", "，差距在随机范围内", "，条数太少，看不出公平不公平"
BY_WAY = "差在「{way}」这一路：{most} {high} 条，{least} {low} 条。"
ALL_EVEN = "都没有分到线索。"
FOOTNOTE = "只算别人也可能得到的：自己录入的不算。重点：现在评分 ≥ {line}。首响按工作分钟。"
ONLY_LEADERS = "分配公平给经理看：问自己的可以发「本月我领了多少线索」。"
ONLY_PRIVATE = "数字只能私聊问我。"
_LISTED = 30


def report(month: str, where: str, shares: Sequence[Share], *, hot_from: int) -> str:
    """All of it, those with most first."""
    if not shares:
        return NOBODY.format(month=month)
    ranked = sorted(shares, key=lambda one: (-one.got, one.user_id))
    total = sum(one.got for one in shares)
    lines = [HEAD.format(month=month, where=where, people=len(shares), total=total)]
    lines += [_line(one) for one in ranked[:_LISTED]]
    lines += _skews(shares)
    lines.append(FOOTNOTE.format(line=hot_from))
    return "\n".join(lines)


def _line(one: Share) -> str:
    ways = "、".join(f"{label}{one.ways[way]}" for way, label in WAYS.items() if one.ways.get(way))
    response = "" if one.response is None else RESPONSE.format(minutes=one.response)
    return LINE.format(
        name=one.name, got=one.got, ways=f"（{ways}）" if ways else "", hot=one.hot, response=response
    )


def _skews(shares: Sequence[Share]) -> list[str]:
    found = skew(shares)
    if found is None:
        return [] if len(shares) == 1 else [ALL_EVEN]
    said = MOST.format(most=found.most.name, high=found.most.got, least=found.least.name, low=found.least.got)
    verdict = FEW if found.is_more_than_chance is None else UNFAIR if found.is_more_than_chance else FAIR
    return [f"{said}{verdict}。", *([_by_way(shares)] if found.is_more_than_chance else [])]


def _by_way(shares: Sequence[Share]) -> str:
    """Name the way that brought it about: the one in which the two ends are farthest apart."""
    apart = {way: skew(shares, way) for way in WAYS}

    def gap(way: str) -> int:
        one = apart[way]
        return 0 if one is None else one.most.ways.get(way, 0) - one.least.ways.get(way, 0)

    way = max(WAYS, key=gap)
    one: Skew | None = apart[way]
    if one is None:
        return ""
    return BY_WAY.format(
        way=WAYS[way], most=one.most.name, high=one.most.ways.get(way, 0),
        least=one.least.name, low=one.least.ways.get(way, 0),
    )  # fmt: skip
