"""What a rule of protection would take, in words, and answers to 锁定."""

from __future__ import annotations

from collections import Counter
from datetime import date

from bot.crm.company.pools import Protection
from bot.crm.spoken import say_day

NOT_YOURS = "回收预览给经理看：先发「我的线索」看自己的。"
ONLY_PRIVATE = "名单只能私聊问我。"
UNCLEAR = "没看懂，例如：回收预览 10/3/20（领到后 10 个工作日，每次有效跟进至少再保 3 天，最长 20 天）。"
OFF = "现在没有开保护期回收（config/pools.yaml 的 protection）。发「回收预览 10/3/20」看开了会掉多少。"
RULE = "按 {days}/{extend}/{longest}（保护/延长/最长，工作日）"
AS_IT_IS = "按现在的规则"
FIRST, NONE = "{day} 下班前会掉 {n} 条：{who}", "{day} 下班前不会掉。"
SOON = "之后 {ahead} 个工作日内还有 {n} 条：{who}"
NOW = "现在的规则同一天掉 {n} 条。"
OF = "在保护期里的一共 {n} 条；已转商机、已锁定的不算。"
ONE, OTHERS = "{name} {n}", "其余 {n}"
_LISTED = 8
LOCKED, LOCKED_BEFORE = "{lead_id} 已锁定，到期不回收。发「解锁 {lead_id}」恢复。", "{lead_id} 本来就锁定着。"
UNLOCKED, UNLOCKED_BEFORE = "{lead_id} 已解锁，保护期照常算。", "{lead_id} 没有锁定。"
NO_LEAD = "没有找到你能锁定的 {lead_id}；锁定由大区经理或总监来做。"


def rule(terms: Protection | None) -> str:
    """Which rule it is about."""
    if terms is None:
        return AS_IT_IS
    return RULE.format(days=terms.days, extend=terms.extend_days, longest=terms.longest_days)


def fall(
    terms: Protection | None,
    *,
    on: date,
    today: date,
    first: Counter[str],
    soon: Counter[str],
    ahead: int,
    protected: int,
    now: int | None,
) -> str:
    """Who would lose how many, first and later; `now`: how many under the present rule."""
    day = say_day(on, today)
    n = first.total()
    lines = [f"{rule(terms)}：", FIRST.format(day=day, n=n, who=_who(first)) if n else NONE.format(day=day)]
    if soon:
        lines.append(SOON.format(ahead=ahead - 1, n=soon.total(), who=_who(soon)))
    if now is not None:
        lines.append(NOW.format(n=now))
    lines.append(OF.format(n=protected))
    return "\n".join(lines)


def _who(counted: Counter[str]) -> str:
    ranked = sorted(counted.items(), key=lambda one: (-one[1], one[0]))
    parts = [ONE.format(name=name, n=n) for name, n in ranked[:_LISTED]]
    rest = sum(n for _, n in ranked[_LISTED:])
    return "、".join((*parts, OTHERS.format(n=rest)) if rest else parts)
