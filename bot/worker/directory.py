"""Keep our list of colleagues equal to each platform's address book."""

from __future__ import annotations

import asyncio

import structlog

from bot.cards.menu import MENU
from bot.chat.outbound import Directory
from bot.errors import PlatformError, StoreBusyError
from bot.store import Tx, directory, incidents
from bot.store.directory import DirectoryChange
from bot.store.org_chart import written_book
from bot.worker.bench import Bench

log = structlog.get_logger()


#: Seconds: changes come in swarms, one reading serves them all.
_SETTLE = 2.0
#: Seconds until the next try when it could not be read.
_AGAIN = 60.0


async def follow(bench: Bench) -> None:
    """Read the address books at the start, and again whenever a platform says that one changed."""
    is_read = await _sync(bench)
    while True:
        if is_read:
            await bench.directory_changed.wait()
        # What could not be read is asked for again: nobody else may ever say that it changed.
        await asyncio.sleep(_SETTLE if is_read else _AGAIN)
        bench.directory_changed.clear()
        is_read = await _sync(bench)


async def sync(bench: Bench) -> None:
    """Read every platform's address book and take over what differs: joined, moved, left."""
    await _sync(bench)


async def _sync(bench: Bench) -> bool:
    is_read = True
    for platform, adapter in bench.adapters.items():
        try:
            book = await adapter.directory()
            if book.is_absent:
                book = written_book(bench.company.org)
            await _apply(bench, platform, book)
        except (PlatformError, StoreBusyError) as exc:
            log.warning("directory.unreadable", platform=platform, error=str(exc))
            await _count(bench, platform)
            is_read = False
    return is_read


async def _apply(bench: Bench, platform: str, book: Directory) -> None:
    async def unit(tx: Tx) -> DirectoryChange:
        return await directory.apply(bench.desk(tx), platform, book)

    # A part at a time, so that nobody's tap waits for an address book.
    joined = left = 0
    more = True
    while more:
        change = await bench.store.write(unit, within=10)
        joined, left, more = joined + len(change.joined), len(change.left), change.has_more
    log.info("directory.synced", platform=platform, joined=joined, left=left)
    bench.wake()


async def _count(bench: Bench, platform: str) -> None:
    async def unit(tx: Tx) -> None:
        await incidents.count(tx, "directory.unreadable", platform, bench.clock())

    try:
        await bench.store.write(unit)
    except StoreBusyError:
        log.warning("incident.not_committed", reason="directory.unreadable")


async def set_menus(bench: Bench) -> None:
    """Give each platform's app its menu."""
    for platform, adapter in bench.adapters.items():
        try:
            await adapter.set_menu(MENU)
        except PlatformError as exc:
            log.warning("menu.not_set", platform=platform, error=str(exc))
