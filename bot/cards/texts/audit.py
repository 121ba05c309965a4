"""What people are told about the audit chain."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

#: By what is wrong; see bot.store.audit_verify.
_TROUBLE: Mapping[str, str] = {
    "altered": "第 {n} 条审计记录被改过",
    "missing": "第 {n} 条审计记录不见了",
    "extra": "第 {n} 条之后多出了不是客铃写的审计记录",
    "unreadable": "第 {n} 条审计记录读不出来",
    "forged": "有一条还没入链的审计记录不是客铃写的（id {row_id}）",
    "head_gone": "链头记录不见了，结尾可能被删过",
    "head_forged": "链头记录被改过，结尾可能被删过",
    "other_than_told": "和当时记下的链头对不上：第 {n} 条不是当时的那一条，数据可能被整体退回过",
}
NO_PLACE = "有审计记录的序号不对"


def trouble(wrong: str, n: int | None, row_id: str | None) -> str:
    """What is wrong, and with which row first."""
    if n is None and wrong in {"altered", "missing", "extra", "unreadable", "other_than_told"}:
        return NO_PLACE
    return _TROUBLE[wrong].format(n=n, row_id=row_id or "未知")


def daily_head(day: date, *, rows: int, head: str, found: str) -> str:
    """The end of the chain, to be kept where nobody who runs the database can change it."""
    title = f"审计链 {day.month}月{day.day}日"
    if found:
        kept = f"前 {rows:,} 条完好：{head}"
        return f"{title}：校验没有通过。\n{found}。\n{kept}\n请找系统管理员查明原因，这条消息请留存。"
    told = f"共 {rows:,} 条，链头 {head}"
    return f"{title}：校验通过。\n{told}\n请留存这条消息，日后可以核对：leadbell audit verify --head {head}"
