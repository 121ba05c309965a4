"""Read the shared mailbox: one process at a time, each mail once, none lost between looking and keeping."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta

import structlog

from bot.errors import PlatformError, StoreBusyError, UnitTooSlowError
from bot.intake import responding
from bot.intake.doors.reading import Failed, Ready, Skipped
from bot.intake.doors.take import take
from bot.intake.mail.port import Look, Mail, Mailbox, Position
from bot.intake.mail.reading import DOOR, Found, read_mail
from bot.intake.mail.report import Report, Told, read_reply, read_report
from bot.intake.mail.verdict import AUTO_REPLY, BOUNCE
from bot.intake.submit import lane_key_of
from bot.kit.pushed import digest
from bot.store import Tx, incidents, leases, mailboxes
from bot.worker.bench import Bench

log = structlog.get_logger()

#: Mails in one look.
_MOST = 50
#: Seconds to which the pause grows while the mailbox cannot be reached.
_LONGEST = 600.0
#: How far back mails are looked at again when the mailbox numbered them anew; those we had are known.
_BACK = timedelta(days=3)
#: A unit that was too slow left no trace; statements are compiled at the first ones.
_TRIES = 5
_LEASE = timedelta(seconds=180)


class MailboxKeeper:
    """Looks into one mailbox for ever."""

    def __init__(self, bench: Bench, mailbox: Mailbox) -> None:
        self._bench = bench
        self._mailbox = mailbox
        self._role = f"mailbox:{mailbox.name}"

    async def run(self) -> None:
        """Look until cancelled."""
        pause = self._mailbox.poll
        try:
            while True:
                try:
                    more = await self.step()
                    pause = self._mailbox.poll
                except PlatformError as exc:
                    await self._trouble(exc)
                    more, pause = False, min(pause * 2, _LONGEST)
                except StoreBusyError:
                    log.warning("mailbox.store_busy", mailbox=DOOR)
                    more = False
                if not more:
                    await asyncio.sleep(pause)
        finally:
            await self._mailbox.close()

    async def step(self) -> bool:
        """One look, if it is ours to look; whether there is more."""
        bench, name = self._bench, self._mailbox.name
        if not await self._is_ours():
            return False
        async with bench.store.read() as tx:
            state = await mailboxes.find(tx, name)
        is_known = state is not None and state.validity > 0
        after = Position(state.validity, state.uid) if state is not None and is_known else None
        today = (state.looked_at if state is not None else bench.clock()).date()
        look = await self._mailbox.look(after, since=today - _BACK, most=_MOST)
        await self._begin(look, is_new=after is None or after.validity != look.position.validity)
        for mail in look.mails:
            await self._take(mail, look.position.validity)
        if look.mails:
            bench.wake()
        return look.has_more

    async def _is_ours(self) -> bool:
        bench = self._bench

        async def unit(tx: Tx) -> int | None:
            now = bench.clock()
            return await leases.hold(tx, self._role, by=bench.name, now=now, for_=_LEASE)

        return await bench.store.write(unit) is not None

    async def _begin(self, look: Look, *, is_new: bool) -> None:
        name, position = self._mailbox.name, look.position

        async def unit(tx: Tx) -> None:
            await mailboxes.looked(tx, name, at=self._bench.clock())
            if is_new:
                await mailboxes.move(tx, name, validity=position.validity, uid=position.uid)

        await self._bench.store.write(unit)

    async def _take(self, mail: Mail, validity: int) -> None:
        """Take one mail and move on past it, both or neither."""
        bench, name = self._bench, self._mailbox.name
        # Reading a large one takes a while, and the door must not wait for it.
        found = await asyncio.to_thread(read_mail, bench.company, mail.raw, own=self._mailbox.own)
        report = await asyncio.to_thread(_report, found, mail.raw)

        async def keep(what: Found) -> None:
            async def unit(tx: Tx) -> None:
                taken = await take(bench.desk(tx), DOOR, mail.raw, what.what, sender=what.sender)
                if report is not None and taken.state != "repeated":
                    await responding.told(bench.desk(tx), report)
                await mailboxes.move(tx, name, validity=validity, uid=mail.uid)

            lane_key = lane_key_of(bench.vault, what.what.enquiry) if isinstance(what.what, Ready) else ""
            for _ in range(_TRIES):
                with contextlib.suppress(UnitTooSlowError):
                    await bench.store.write(unit, lane_key=lane_key or self._role, within=10)
                    return
            msg = "too slow at every try"
            raise StoreBusyError(msg)

        try:
            await keep(found)
        except StoreBusyError:
            raise
        except Exception:
            # A defect of ours must not stop the next mail; this one is kept, and people hear of it.
            log.exception("mail.not_taken")
            await keep(Found(Failed(f"raw:{digest(mail.raw)}", "broken")))

    async def _trouble(self, exc: PlatformError) -> None:
        why = str(exc).partition(":")[2].strip()
        log.warning("mailbox.unreachable", error=why)

        async def unit(tx: Tx) -> None:
            now = self._bench.clock()
            await mailboxes.looked(tx, self._mailbox.name, at=now, trouble=why)
            await incidents.count(tx, "mailbox.unreachable", type(exc).__name__, now)

        try:
            await self._bench.store.write(unit)
        except StoreBusyError:
            log.warning("incident.not_committed", reason="mailbox.unreachable")


def _report(found: Found, raw: bytes) -> Report | None:
    """What it tells of a mail of ours."""
    if not isinstance(found.what, Skipped):
        return read_reply(raw)
    report = read_report(raw) if found.what.reason in (BOUNCE, AUTO_REPLY) else None
    # Whoever is on holiday answers to where mail comes back, too: that is no mail that came back.
    is_holiday = found.what.reason == AUTO_REPLY and report is not None and report.told is not Told.COMPLAINED
    return None if is_holiday else report
