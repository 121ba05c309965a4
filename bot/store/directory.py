"""Bring what we know of our colleagues to what the address book says, a part at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import bindparam, delete, func, select, text, update

from bot.chat.outbound import Directory, Person
from bot.crm.signals import MemberHasLeft, MembersAreOne
from bot.crm.user import User
from bot.store import incidents, timers, users
from bot.store.desk import Desk
from bot.store.org_chart import OrgChart, Place
from bot.store.tables.people import departments, logins
from bot.store.tables.people import users as users_table

#: Changes in one unit of work; the caller comes back until nothing is left.
AT_ONCE = 20
#: A book that lacks so large a part of us is a mistake of rights, not a company that emptied.
_MOST_LEAVING = 0.5
_FEW = 5
#: Digits of a mainland number that begins with the country's.
_WITH_COUNTRY = 13
_PROFILE = ("name", "role", "region", "team", "position")

_log = structlog.get_logger()

_LOGINS = select(logins.c.account, logins.c.user_id).where(logins.c.platform == bindparam("on_platform"))
_MOBILES = select(users_table.c.id, users_table.c.mobile_index)
_ELSEWHERE = select(logins.c.user_id, logins.c.platform).where(logins.c.platform != bindparam("on_platform"))
_CHARTS = select(departments.c.platform, func.count().label("n")).group_by(departments.c.platform)
_DEPARTMENTS = select(departments).where(departments.c.platform == bindparam("on_platform"))
_PUT_DEPARTMENT = text(
    'INSERT INTO departments (platform, id, name, parent_id, "order")'
    " VALUES (:platform, :id, :name, :parent, :rank)"
    " ON CONFLICT (platform, id) DO UPDATE SET name = excluded.name, parent_id = excluded.parent_id,"
    ' "order" = excluded."order"'
)
_DROP_DEPARTMENT = delete(departments).where(
    departments.c.platform == bindparam("on_platform"), departments.c.id == bindparam("of")
)
_PUT_PROFILE = (
    update(users_table)
    .where(users_table.c.id == bindparam("of"))
    .values(**{column: bindparam(f"new_{column}") for column in _PROFILE})
)
_PUT_MOBILE = (
    update(users_table)
    .where(users_table.c.id == bindparam("of"))
    .values(mobile=bindparam("new_mobile"), mobile_index=bindparam("new_index"))
)
_COME_BACK = (
    update(users_table)
    .where(users_table.c.id == bindparam("of"))
    .values(active=True, on_duty=True, away_until=None, left_at=None)
)


@dataclass(frozen=True, slots=True)
class DirectoryChange:
    """What was done, and what is left to do."""

    joined: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    #: Accounts that the book no longer has and that were active here: what they held is handed on
    #: in units of their own, for which timers are set.
    left: tuple[str, ...] = ()
    #: Call again with the same book.
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class _Sync:
    """One comparison of the book with what we know."""

    desk: Desk
    platform: str
    chart: OrgChart
    #: Accounts in the book.
    here: frozenset[str]
    by_account: Mapping[str, User]
    by_id: Mapping[str, User]
    #: Whose phone is whose, by blind index; and each one's index.
    mobiles: Mapping[str, str]
    indexes: Mapping[str, str]
    #: By user: the other platforms on which he has a login and whose departments come before these.
    led_elsewhere: Mapping[str, Collection[str]]

    def same(self, index: str | None) -> User | None:
        """Whose phone it is, unless he is in the book under an account of his own."""
        user = self.by_id.get(self.mobiles.get(index or "", ""))
        if user is None or any(self.by_account.get(one) is user for one in self.here):
            return None
        return user

    def named(self, account: str) -> str | None:
        """The id that config/org.yaml gives to whom this platform knows so."""
        return self.desk.company.org.user_of(self.platform, account)


async def apply(desk: Desk, platform: str, book: Directory, *, at_most: int = AT_ONCE) -> DirectoryChange:
    """Enter newcomers, change what changed, and see to those who are gone.

    An empty book, or one that lacks most of us, changes nobody's presence: it is counted and logged.
    """
    if not book.people:
        await incidents.count(desk.tx, "directory.refused", "empty", desk.now)
        return DirectoryChange()
    here = [person for person in book.people if person.active]
    room = at_most - await _departments(desk, platform, book, at_most)
    sync = await _begin(desk, platform, book, frozenset(one.user_id for one in here))
    done: dict[str, list[str]] = {"joined": [], "changed": [], "returned": []}
    for person in here:
        if room <= 0:
            break
        for what in await _settle(sync, person):
            done[what].append(person.user_id)
            room -= 1
    lists = {what: tuple(accounts) for what, accounts in done.items()}
    return DirectoryChange(**lists, left=await _leaving(sync), has_more=room <= 0)


async def _begin(desk: Desk, platform: str, book: Directory, here: frozenset[str]) -> _Sync:
    by_id = {one.id: one for one in await users.everybody(desk.tx)}
    accounts = {row.account: row.user_id for row in await desk.tx.all(_LOGINS, on_platform=platform)}
    phones = {row.id: row.mobile_index for row in await desk.tx.all(_MOBILES) if row.mobile_index}
    return _Sync(
        desk=desk,
        platform=platform,
        chart=OrgChart(book, desk.company.org),
        here=here,
        by_account={account: by_id[one] for account, one in accounts.items() if one in by_id},
        by_id=by_id,
        # Of two with one phone, whoever is still here.
        mobiles={
            index: user_id for user_id, index in sorted(phones.items(), key=lambda one: by_id[one[0]].active)
        },
        indexes=phones,
        led_elsewhere=await _led_elsewhere(desk, platform, book),
    )


async def _led_elsewhere(desk: Desk, platform: str, book: Directory) -> Mapping[str, Collection[str]]:
    """Of somebody on several platforms one tells where he stands: else that changed with each reading."""
    charts = {row.platform: row.n for row in await desk.tx.all(_CHARTS)}
    charts[platform] = len(book.departments)
    found: dict[str, set[str]] = {}
    own = _rank(desk, platform, charts)
    for row in await desk.tx.all(_ELSEWHERE, on_platform=platform):
        if _rank(desk, row.platform, charts) > own:
            found.setdefault(row.user_id, set()).add(row.platform)
    return found


def _rank(desk: Desk, platform: str, charts: Mapping[str, int]) -> tuple[bool, bool, str]:
    """Whoever has departments at all comes first, then the one that the configuration names."""
    return charts.get(platform, 0) > 1, platform == desk.company.org.address_book, platform


async def _settle(sync: _Sync, person: Person) -> tuple[str, ...]:
    """Bring one person in line: nothing, joined, or changed and perhaps returned."""
    index = sync.desk.vault.index("mobile", _digits(person.mobile)) if person.mobile else None
    user = sync.by_account.get(person.user_id)
    if user is None:
        return await _join(sync, person, index)
    await _find_himself(sync, person, user, index)
    done = ["returned"] if await _come_back(sync, user) else []
    if await _change(sync, person, user, index):
        done.append("changed")
    return tuple(done)


async def _find_himself(sync: _Sync, person: Person, user: User, index: str | None) -> None:
    """Somebody whom we know under two ids: the configuration says so, or his phone does by now."""
    named = sync.named(person.user_id)
    same = sync.by_id.get(named) if named is not None else sync.same(index)
    if same is None or same.id == user.id or not (user.active and same.active):
        return
    command = MembersAreOne(user.id, same.id)
    desk = sync.desk
    await timers.set_timer(desk, lane_key=f"user:{same.id}", command=command, key=user.id, due_at=desk.now)


async def _come_back(sync: _Sync, user: User) -> bool:
    if user.active:
        return False
    await sync.desk.tx.run(_COME_BACK, of=user.id)
    was, now = {"active": False}, {"active": True}
    await users.note_change(sync.desk, user.id, "returned", before=was, after=now, by="directory")
    return True


async def _join(sync: _Sync, person: Person, index: str | None) -> tuple[str, ...]:
    """Enter a newcomer; one with a phone that we know is somebody we know, here or elsewhere."""
    desk, named = sync.desk, sync.named(person.user_id)
    same = sync.same(index) if named is None else sync.by_id.get(named)
    user_id = same.id if same else named or person.user_id
    if same is None and user_id in sync.by_id:
        user_id = f"{sync.platform}-{person.user_id}"
    if same is None:
        row = {**_profile(person, sync.chart.place(person, user_id)), **_mobile(desk, user_id, person, index)}
        fresh = {"active": True, "on_duty": True, "platform": sync.platform, "joined_at": desk.now}
        await desk.tx.insert(users_table, {"id": user_id, **row, **fresh})
    else:
        await _come_back(sync, same)
    login = {"platform": sync.platform, "account": person.user_id}
    await desk.tx.insert(logins, {**login, "user_id": user_id})
    what = "joined" if same is None else "login_added"
    await users.note_change(desk, user_id, what, before=None, after=login, by="directory")
    if same is not None:
        await _change(sync, person, same, index)
    return ("joined",)


async def _change(sync: _Sync, person: Person, user: User, index: str | None) -> bool:
    """Write what differs; a book that hides phones takes none away."""
    after = _profile(person, sync.chart.place(person, user.id))
    before = {**{name: getattr(user, name) for name in _PROFILE}, "role": user.role.value}
    if user.id in sync.led_elsewhere:
        await _note_conflict(sync, user, before, after)
        after = before
    is_new_phone = index is not None and sync.indexes.get(user.id) != index
    if after == before and not is_new_phone:
        return False
    values = {f"new_{name}": value for name, value in after.items()}
    await sync.desk.tx.run(_PUT_PROFILE, of=user.id, **values)
    if is_new_phone:
        phone = _mobile(sync.desk, user.id, person, index)
        await sync.desk.tx.run(
            _PUT_MOBILE, of=user.id, new_mobile=phone["mobile"], new_index=phone["mobile_index"]
        )
    differs = {name: value for name, value in after.items() if value != before[name]}
    was = {name: before[name] for name in differs}
    now = {**differs, **({"mobile": "changed"} if is_new_phone else {})}
    await users.note_change(sync.desk, user.id, "profile", before=was, after=now, by="directory")
    return True


async def _note_conflict(
    sync: _Sync, user: User, before: Mapping[str, str], after: Mapping[str, str]
) -> None:
    """Two address books disagree about what somebody may see: one of them wins, and people are told."""
    for field in ("role", "region"):
        if before[field] != after[field]:
            await incidents.count(sync.desk.tx, "directory.conflict", field, sync.desk.now)
            _log.warning("directory.conflict", user=user.id, platform=sync.platform, field=field)


def _digits(mobile: str) -> str:
    """A number as both platforms spell it: one of them writes the country, the other does not."""
    digits = "".join(char for char in mobile if char.isdigit())
    return digits.removeprefix("86") if len(digits) == _WITH_COUNTRY else digits


def _profile(person: Person, place: Place) -> dict[str, str]:
    return {
        "name": person.name,
        "role": place.role.value,
        "region": place.region,
        "team": place.team,
        "position": person.position,
    }


def _mobile(desk: Desk, user_id: str, person: Person, index: str | None) -> dict[str, Any]:
    sealed = desk.vault.seal(person.mobile.encode(), f"users.mobile:{user_id}") if person.mobile else None
    return {"mobile": sealed, "mobile_index": index}


async def _departments(desk: Desk, platform: str, book: Directory, room: int) -> int:
    """Bring the departments in line; how many had to change."""
    rows = await desk.tx.all(_DEPARTMENTS, on_platform=platform)
    known = {row.id: (row.name, row.parent_id, row.order) for row in rows}
    wanted = {one.id: (one.name, one.parent_id, one.order) for one in book.departments}
    changed = [one for one in wanted if known.get(one) != wanted[one]][:room]
    for one in changed:
        name, parent, rank = wanted[one]
        await desk.tx.run(_PUT_DEPARTMENT, platform=platform, id=one, name=name, parent=parent, rank=rank)
    gone = [one for one in known if one not in wanted][: room - len(changed)]
    for one in gone:
        await desk.tx.run(_DROP_DEPARTMENT, on_platform=platform, of=one)
    return len(changed) + len(gone)


async def _leaving(sync: _Sync) -> tuple[str, ...]:
    active = {account for account, user in sync.by_account.items() if user.active}
    gone = sorted(active - sync.here)
    if len(gone) > _FEW and len(gone) > _MOST_LEAVING * len(active):
        await incidents.count(sync.desk.tx, "directory.refused", "most_would_leave", sync.desk.now)
        _log.error("directory.leaving_refused", gone=len(gone), active=len(active))
        return ()
    for account in gone:
        lane_key, now = f"user:{sync.by_account[account].id}", sync.desk.now
        command = MemberHasLeft(sync.platform, account)
        await timers.set_timer(
            sync.desk, lane_key=lane_key, command=command, key=f"leave:{sync.platform}", due_at=now
        )
    return tuple(gone)
