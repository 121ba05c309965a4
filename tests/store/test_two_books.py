"""Two address books, one company: who is the same, who decides where he stands, who has left."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from bot.chat.outbound import Department, Directory, Person
from bot.crm.company.org import Colleague
from bot.crm.signals import MembersAreOne
from bot.crm.user import Role
from bot.kit.wire import unpack
from bot.store import directory, incidents, logins, users
from bot.store.desk import Desk
from bot.store.tables.machinery import timers

CHART = (Department("1", "云帆软件", "0"), Department("2", "华东", "1"), Department("3", "上海组", "2"))
FLAT = (Department("1", "云帆软件", "0"),)
LI = Person("li", "李娜", ("3",), mobile="13800010001")
WANG = Person("wang", "王磊", ("2",), leads=("2",), mobile="+86 138-0001-0002")
BOOK = Directory((LI, WANG), CHART)
#: The same people, otherwise called, with their phones otherwise spelled.
LI_THERE = Person("0101", "李娜", ("1",), mobile="+86-13800010001")
WANG_THERE = Person("0102", "王磊", ("1",), mobile="13800010002")
THERE = Directory((LI_THERE, WANG_THERE), FLAT)


@pytest.fixture
def sync(unit, company):
    """Apply a book to its end, in this company."""

    async def run(book, platform, org=company.org):
        def desk_of(desk: Desk) -> Desk:
            return dataclasses.replace(desk, company=dataclasses.replace(company, org=org))

        while (await unit(lambda desk: directory.apply(desk_of(desk), platform, book))).has_more:
            pass

    return run


async def of(unit, user_id):
    return await unit(lambda desk: logins.of_user(desk.tx, user_id))


async def test_phones_tell_who_is_the_same_however_they_are_spelled(unit, sync):
    """One id, two logins; the place that the departments give him stays."""
    await sync(BOOK, "wecom")
    await sync(THERE, "dingtalk")

    assert await of(unit, "li") == [("dingtalk", "0101"), ("wecom", "li")]
    assert await of(unit, "wang") == [("dingtalk", "0102"), ("wecom", "wang")]
    assert len(await unit(lambda desk: users.active(desk.tx))) == 2


async def test_a_book_without_departments_takes_nobodys_place_away(unit, sync):
    """Whichever is read last: the one with departments tells region and role, and the other is told of."""
    await sync(THERE, "dingtalk")
    await sync(BOOK, "wecom")
    await sync(THERE, "dingtalk")

    found = await unit(lambda desk: users.by_login(desk.tx, "dingtalk", "0102"))
    assert (found.role, found.region) == (Role.MANAGER, "华东大区")
    counted = await unit(lambda desk: incidents.totals(desk.tx))
    assert counted["directory.conflict", "role"] == 1
    assert counted["directory.conflict", "region"] == 2


async def test_of_two_charts_the_configured_one_counts(unit, sync, company):
    """Else regions would change with each reading."""
    south = (Department("1", "云帆软件", "0"), Department("9", "华南", "1"))
    there = Directory((dataclasses.replace(LI_THERE, department_ids=("9",)),), south)
    await sync(BOOK, "wecom")
    await sync(there, "dingtalk")
    assert (await unit(lambda desk: users.get(desk.tx, "li"))).region == "华东大区"

    org = company.org.model_copy(update={"address_book": "dingtalk"})
    await sync(there, "dingtalk", org)
    await sync(BOOK, "wecom", org)
    assert (await unit(lambda desk: users.get(desk.tx, "li"))).region == "华南大区"


async def test_the_configuration_says_who_is_the_same_where_no_phone_does(unit, sync, company):
    """In either order of reading; and nobody gets a role by being named there."""
    named = Colleague(userid="wang", name="王磊", logins={"dingtalk": "0102"})
    org = company.org.model_copy(update={"people": (named,)})
    bare = [dataclasses.replace(one, mobile="") for one in (WANG, WANG_THERE)]
    await sync(Directory((bare[1],), FLAT), "dingtalk", org)
    await sync(Directory((bare[0],), CHART), "wecom", org)

    assert await of(unit, "wang") == [("dingtalk", "0102"), ("wecom", "wang")]
    assert (await unit(lambda desk: users.get(desk.tx, "wang"))).role is Role.MANAGER


async def test_a_phone_that_is_shown_later_makes_two_one(unit, sync):
    """First the other book hid it: they were two, and a unit of its own unites them."""
    await sync(BOOK, "wecom")
    hidden = Directory((dataclasses.replace(LI_THERE, mobile=""),), FLAT)
    await sync(hidden, "dingtalk")
    assert await of(unit, "0101") == [("dingtalk", "0101")]

    await sync(Directory((LI_THERE,), FLAT), "dingtalk")

    rows = await unit(lambda desk: desk.tx.all(select(timers).where(timers.c.lane_key == "user:li")))
    assert [unpack(row.payload) for row in rows] == [MembersAreOne("0101", "li")]


async def test_who_is_missing_in_one_book_only_loses_that_login(unit, sync):
    """Both books lacking him are two departures, each under its own key."""
    await sync(BOOK, "wecom")
    await sync(THERE, "dingtalk")
    await sync(Directory((WANG,), CHART), "wecom")
    await sync(Directory((WANG_THERE,), FLAT), "dingtalk")

    rows = await unit(lambda desk: desk.tx.all(select(timers).where(timers.c.lane_key == "user:li")))
    assert sorted(row.key for row in rows) == ["leave:dingtalk", "leave:wecom"]
    assert (await unit(lambda desk: users.get(desk.tx, "li"))).active
