"""The database: reached, migrated, durable, whole, with room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from bot.cli.diagnosis.finding import Finding, broken, fine, worth_a_look

if TYPE_CHECKING:
    from bot.store.facts import Facts

_MIB = 1024 * 1024
#: Bytes free: below the first it stops soon, below the second somebody should know.
_SCARCE, _LOW = 200 * _MIB, 1024 * _MIB
#: Bytes of SQLite's journal; it is folded back at 4 MiB, unless a reader hangs.
_JOURNAL = 64 * _MIB


def look(url: str, *, quick: bool) -> Iterator[Finding]:
    """Ask the database about itself."""
    from bot.errors import SettingsError
    from bot.store.facts import facts
    from bot.store.migrate import newest, revision

    try:
        found, at = facts(url, look_through=not quick), revision(url)
    except SettingsError as exc:
        yield broken("database.reached", str(exc), "数据库通了再看其他几项")
        return
    yield fine("database.reached", f"数据库：{found.kind} {found.version}，{found.size / _MIB:.1f} MiB")
    if at == newest():
        yield fine("database.revision", f"数据库版本：{at}，是最新的")
    else:
        yield broken(
            "database.revision", f"数据库版本：{at or '还没建表'}，程序要 {newest()}", "运行 leadbell migrate"
        )
    yield from _kept(found, quick=quick)


def _kept(found: Facts, *, quick: bool) -> Iterator[Finding]:
    if found.durable:
        yield fine("database.durable", f"数据落盘：{found.mode}")
    else:
        cure = "请打开 synchronous_commit 和 fsync，否则断电会丢已经答复过的线索"
        yield broken("database.durable", f"数据落盘：{found.mode}，断电会丢数据", cure)
    if found.trouble:
        cure = "停掉客铃，先把文件复制一份，再用 leadbell restore 从备份恢复"
        yield broken("database.whole", f"数据库文件损坏：{found.trouble}", cure)
    elif found.files and not quick:
        yield fine("database.whole", "数据库文件完好（quick_check）")
    if found.journal > _JOURNAL:
        cure = "有读连接一直没关：重启客铃，或关掉打开着数据库文件的工具"
        yield worth_a_look("database.journal", f"WAL 有 {found.journal / _MIB:.0f} MiB，没有收回", cure)
    if found.free is not None:
        yield _room(found.free)


def _room(free: int) -> Finding:
    text = f"磁盘剩余 {free / _MIB:,.0f} MiB"
    if free < _SCARCE:
        return broken("database.room", text, "马上清出空间：写不进去时客铃会拒收回调（503）")
    if free < _LOW:
        return worth_a_look("database.room", text, "请清出空间，至少留 1 GiB")
    return fine("database.room", text)
