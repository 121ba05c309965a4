"""Pull what customers write to our desks (微信客服): one process at a time, each message once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import TypeVar

import structlog

from bot.chat.customer_service import CustomerDesk, Item, Page, Who
from bot.chat.inbound import OWN, Accepted
from bot.crm.service_signals import CustomerEntered, CustomerSaid, ServiceMessageFailed, SessionChanged
from bot.errors import (
    AnswerLostError,
    PlatformBusyError,
    PlatformError,
    PlatformRejectedError,
    StoreBusyError,
)
from bot.kit.wire import pack
from bot.store import Tx, inbox, incidents, lead_keys, leases, service_accounts, service_sessions
from bot.store.desk import Desk
from bot.store.service_accounts import Account
from bot.store.service_sessions import Session
from bot.worker.bench import Bench, wait

log = structlog.get_logger()
T = TypeVar("T")

CHANNEL, PLATFORM = "wechat_service", "wecom"
#: A call that was lost on its way costs this much time, and nothing else.
BACKSTOP = timedelta(minutes=10)
_LEASE, _TROUBLE = timedelta(seconds=90), timedelta(seconds=30)
#: Pages in one look; the rest comes right after it.
_PAGES = 50
#: Messages taken in one unit.
_CHUNK = 100


class ServiceKeeper:
    """Pulls, and gives conversations to colleagues who want them."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        #: Seconds of rest while the platform cannot be reached, and until when that lasts.
        self._pause, self._rests_until = 1.0, 0.0

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            worked = False
            try:
                if self._bench.monotonic() >= self._rests_until:
                    worked = await self.step()
                    self._pause = 1.0
            except StoreBusyError:
                log.warning("service.store_busy")
            except PlatformError as exc:
                log.warning("service.unreachable", error=type(exc).__name__)
                self._rest(self._pause)
                self._pause = min(self._pause * 2, _TROUBLE.total_seconds())
            if not worked:
                await wait(self._bench.to_pull, self._bench.poll)

    def _rest(self, seconds: float) -> None:
        """Whoever wakes us meanwhile does not make the platform answer."""
        self._rests_until = self._bench.monotonic() + seconds

    async def step(self) -> bool:
        """One look, if it is ours to look; whether something was done."""
        bench = self._bench
        desk = bench.channels.get(CHANNEL)
        if not isinstance(desk, CustomerDesk):
            return False
        before = bench.clock() - BACKSTOP
        async with bench.store.read() as tx:
            at = bench.desk(tx)
            is_known = await service_accounts.is_known(tx, PLATFORM)
            due = await service_accounts.due(at, PLATFORM, before=before)
            wanted = await service_sessions.wanted(at)
        if not (due or wanted or not is_known) or not await self._is_ours():
            return False
        if not is_known:
            due = await self._first(desk)
        for account in due:
            await self._pull(desk, account)
        for session in wanted:
            await self._give(desk, session)
        return bool(due or wanted)

    async def _is_ours(self) -> bool:
        bench = self._bench

        async def unit(tx: Tx) -> int | None:
            return await leases.hold(tx, "service", by=bench.name, now=bench.clock(), for_=_LEASE)

        return await bench.store.write(unit) is not None

    async def _first(self, desk: CustomerDesk) -> list[Account]:
        """Which accounts there are: what was written before anybody told us of one is pulled as well."""
        names = await desk.accounts()

        async def unit(at: Desk) -> None:
            for name in names:
                await service_accounts.known(at, PLATFORM, name)

        await self._unit(unit)
        if not names:
            self._rest(_TROUBLE.total_seconds())
        return [Account(name=name, cursor="", told=0) for name in names]

    async def _pull(self, desk: CustomerDesk, account: Account) -> None:
        """Page by page until there is no more; the cursor moves with the messages."""
        cursor = account.cursor
        for _ in range(_PAGES):
            try:
                page = await desk.pull(account.name, cursor=cursor, token=account.token)
                known = await self._who(desk, page)
            except PlatformError as exc:
                await self._looked(account, trouble=type(exc).__name__)
                raise
            if not await self._take(account, cursor, page, known):
                log.warning("service.overtaken", account=account.name)
                return
            cursor = page.cursor
            if not page.has_more:
                break
        else:
            return
        await self._looked(account)

    async def _who(self, desk: CustomerDesk, page: Page) -> Mapping[str, Who]:
        """Names of those whom we do not know; without them they come without a name."""
        customers = sorted(
            {one.customer for one in page.items if one.kind in ("said", "entered") and one.customer}
        )
        vault = self._bench.vault
        keys = {one: lead_keys.keys_of(vault, wecom=one)[0] for one in customers}
        async with self._bench.store.read() as tx:
            held = await lead_keys.holders(tx, keys.values())
        strangers = [one for one in customers if keys[one] not in held]
        if not strangers:
            return {}
        try:
            return await desk.who(strangers)
        except (PlatformBusyError, PlatformRejectedError, AnswerLostError) as exc:
            log.info("service.nameless", error=type(exc).__name__)
            return {}

    async def _take(self, account: Account, cursor: str, page: Page, known: Mapping[str, Who]) -> bool:
        """Keep all of a page in the inbox, and move on past it: both or neither; False if it is another's."""
        items = page.items
        for begin in range(0, len(items), _CHUNK):
            some = items[begin : begin + _CHUNK]
            is_last = begin + _CHUNK >= len(items)

            async def unit(at: Desk, some: tuple[Item, ...] = some, *, moves: bool = is_last) -> bool:
                for item in some:
                    await _keep(at, account.name, item, known.get(item.customer, Who()))
                # Those before are known by their ids if we die here, so only the last one moves on.
                return not moves or await _moved(at, account, cursor, page)

            if not await self._unit(unit):
                return False
        return bool(items) or await self._unit(lambda at: _moved(at, account, cursor, page))

    async def _looked(self, account: Account, *, trouble: str = "") -> None:
        async def unit(at: Desk) -> None:
            if not trouble:
                await service_accounts.taken(at.tx, PLATFORM, account.name, so_far=account.told)
            else:
                await incidents.count(at.tx, "service.unreachable", trouble, at.now)
            await service_accounts.looked(at.tx, PLATFORM, account.name, at=at.now, trouble=trouble)

        await self._unit(unit)

    async def _give(self, desk: CustomerDesk, session: Session) -> None:
        try:
            await desk.give(session.account, session.customer, session.wanted)
        except (PlatformBusyError, AnswerLostError):
            at = self._bench.clock() + _TROUBLE
            await self._unit(lambda on: service_sessions.want(on.tx, session.id, session.wanted, at))
            return
        except PlatformRejectedError as exc:
            code = str(exc.code)
            log.warning("service.not_given", code=code)

            async def unit(at: Desk) -> None:
                await service_sessions.given_up(at.tx, session.id)
                await incidents.count(at.tx, "service.not_given", code, at.now)

            await self._unit(unit)
            return
        changed = SessionChanged(session.account, session.customer, session.wanted)
        await self._unit(
            lambda at: _leave(at, f"given:{session.id}:{at.new_id()}", changed, session.customer)
        )
        await self._unit(lambda at: service_sessions.given_up(at.tx, session.id))

    async def _unit(self, work: Callable[[Desk], Awaitable[T]]) -> T:
        bench = self._bench
        found = await bench.store.write(lambda tx: work(bench.desk(tx)), lane_key="service", within=10)
        bench.wake()
        return found


async def _moved(at: Desk, account: Account, cursor: str, page: Page) -> bool:
    if page.cursor == cursor:
        return True
    return await service_accounts.move(
        at.tx, PLATFORM, account.name, from_cursor=cursor, to_cursor=page.cursor
    )


async def _keep(at: Desk, account: str, item: Item, who: Who) -> None:
    """Leave it to the customer's lane; what asks nothing of us is counted."""
    moment = item.at.isoformat() if item.at else ""
    command: object
    match item.kind:
        case "said" if item.customer:
            command = CustomerSaid(
                account, item.customer, item.id, item.text, item.media, moment, who.name, who.union_id
            )
        case "entered" if item.customer:
            command = CustomerEntered(
                account, item.customer, item.id, item.welcome_code, item.scene, item.scene_param, moment,
                who.name, who.union_id,
            )  # fmt: skip
        case "failed":
            command = ServiceMessageFailed(account, item.customer, item.failed_id, item.failed_why)
        case "session" if item.customer:
            command = SessionChanged(account, item.customer, item.servicer)
        case _:
            await incidents.count(at.tx, "service.noted", item.kind, at.now)
            return
    await _leave(at, f"kf:{account}:{item.id}", command, item.customer)


async def _leave(at: Desk, key: str, command: object, customer: str) -> None:
    lane = f"wecom:customer:{customer}" if customer else "service"
    accepted = Accepted(platform=OWN, key=key, lane_key=lane, body=pack(command).encode())
    await inbox.receive(at.tx, at.vault, accepted, now=at.now)
