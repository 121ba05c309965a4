"""What waits, what was set aside, what nobody knows of, and the audit chain."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from bot.cli.diagnosis.finding import Finding, broken, fine, worth_a_look

if TYPE_CHECKING:
    from bot.kit.vault import Vault
    from bot.store.gauges import Backlog, Totals, Waiting
    from bot.store.leases import Lease

#: Seconds of waiting: worth a look, and broken.
_LATE, _STUCK = 60, 900


async def look(url: str, vault: Vault | None, now: datetime, *, quick: bool) -> AsyncIterator[Finding]:
    """Read what waits, beside whoever runs the bot."""
    from bot.cli.progress import Progress
    from bot.store import audit_verify, gauges, leases
    from bot.store.reader import open_reader

    reader = open_reader(url)
    try:
        async with reader.read() as tx:
            backlog, totals = await gauges.backlog(tx, now=now), await gauges.totals(tx, now=now)
            for finding in (
                *_waits(backlog, totals, now),
                *_aside(totals),
                *_held(await leases.everything(tx), now),
            ):
                yield finding
            if vault is not None and not quick:
                progress = Progress("已校验审计记录 {n} 条").reached
                yield _chain(await audit_verify.verify(tx, vault, progress=progress), now)
    finally:
        await reader.close()


def _waits(backlog: Backlog, totals: Totals, now: datetime) -> Iterator[Finding]:
    yield _late(
        "work.deliveries",
        "收到还没处理的消息",
        backlog.deliveries,
        now,
        "看 worker 角色是否在运行，再看日志里的 delivery.failed",
    )
    yield _late("work.timers", "到点还没做的提醒", totals.overdue, now, "看 worker 角色是否在运行")
    yield _late(
        "work.unsent",
        "到点还没发出的消息",
        backlog.unsent,
        now,
        "看 sender 角色是否在运行，再看日志里的 send.postponed",
    )


def _late(what: str, name: str, waiting: Waiting, now: datetime, cure: str) -> Finding:
    seconds = waiting.seconds(now)
    if not waiting.n:
        return fine(what, f"{name}：没有")
    text = f"{name}：{waiting.n} 条，最久等了 {seconds} 秒"
    if seconds > _STUCK:
        return broken(what, text, cure)
    return worth_a_look(what, text, cure) if seconds > _LATE else fine(what, text)


def _aside(totals: Totals) -> Iterator[Finding]:
    quarantined = totals.inbox.get("quarantined", 0) + totals.timers.get("quarantined", 0)
    if quarantined:
        cure = "多次失败后放到一边的，原因在日志 delivery.failed 里；升级或修好后请告诉维护者"
        yield worth_a_look("work.quarantined", f"隔离的消息和提醒：{quarantined} 条", cure)
    else:
        yield fine("work.quarantined", "隔离的消息和提醒：没有")
    if unknown := totals.sends("unknown"):
        cure = "平台没有答复，不知道对方收到没有，不会自动重发；请人工问一下收件人"
        yield worth_a_look("work.unknown", f"结果不明的发送：{unknown} 条", cure)
    else:
        yield fine("work.unknown", "结果不明的发送：没有")


def _held(found: list[Lease], now: datetime) -> Iterator[Finding]:
    for lease in found:
        text = f"{lease.role}：由 {lease.holder} 负责，状态 {lease.state_at(now)}"
        if lease.trouble_at(now):
            since = f"（从 {lease.since:%m-%d %H:%M} UTC 起）"
            yield worth_a_look(
                "lease", f"{text}{since}", "看 stream 角色是否在运行，再看日志里 stream. 开头的事件"
            )
        else:
            yield fine("lease", text)


def _chain(verdict: object, now: datetime) -> Finding:
    from bot.cards.texts.audit import trouble
    from bot.store.audit_verify import Verdict

    assert isinstance(verdict, Verdict)  # noqa: S101 - named here because it is imported late
    fault = verdict.fault
    if fault is not None:
        said = trouble(fault.wrong.value, fault.n, fault.row_id)
        return broken(
            "audit.chain", f"审计链：{said}", "请保留现场，找出谁直接改过数据库；详情用 leadbell audit verify"
        )
    since = verdict.waiting_since
    if since is not None and (now - since).total_seconds() > _STUCK:
        text = f"审计链：{verdict.waiting} 条记录一直没有入链"
        return worth_a_look("audit.chain", text, "看 scheduler 角色是否在运行")
    return fine("audit.chain", f"审计链完好：{verdict.head.n:,} 条")
