"""The address book becomes our list of colleagues."""

from __future__ import annotations

import dataclasses

import pytest
from sqlalchemy import select

from bot.chat.outbound import Department, Directory, Person
from bot.crm.user import Role
from bot.store import directory, incidents, users
from bot.store.org_chart import OrgChart, Place
from bot.store.tables.machinery import timers
from bot.store.tables.people import user_changes
from bot.store.tables.people import users as users_table

DEPARTMENTS = (
    Department("1", "云帆软件", "0"),
    Department("2", "华东", "1"),
    Department("3", "上海组", "2"),
    Department("4", "市场部", "1"),
)
CHEN = Person("chen", "陈立", ("1",), leads=("1",), mobile="13800010001")
ZHOU = Person("zhou", "周敏", ("1",), leads=("1",))
WANG = Person("wang", "王磊", ("2",), leads=("2",))
ZHANG = Person("zhang", "张三", ("3",), position="销售", mobile="13800010007")
LI = Person("li", "李娜", ("3",), leads=("3",))
MIA = Person("mia", "米娅", ("4",))
PEOPLE = (CHEN, ZHOU, WANG, ZHANG, LI, MIA)
BOOK = Directory(PEOPLE, DEPARTMENTS)


@pytest.fixture
def sync(unit):
    """Apply a book to its end; what was done."""

    async def run(book, platform="wecom"):
        done = []
        while True:
            change = await unit(lambda desk: directory.apply(desk, platform, book, at_most=3))
            done.append(change)
            if not change.has_more:
                break
            assert len(done) < 50
        return directory.DirectoryChange(
            joined=tuple(one for change in done for one in change.joined),
            changed=tuple(one for change in done for one in change.changed),
            returned=tuple(one for change in done for one in change.returned),
            left=done[-1].left,
        )

    return run


async def get(unit, user_id):
    return await unit(lambda desk: users.get(desk.tx, user_id))


async def test_roles_and_places_come_from_the_book(unit, sync):
    """First leader of the root, second, leader of a region, everybody else."""
    await sync(BOOK)

    found = {one: await get(unit, one) for one in ("chen", "zhou", "wang", "zhang", "li", "mia")}
    assert {one: user.role for one, user in found.items()} == {
        "chen": Role.EXECUTIVE, "zhou": Role.DIRECTOR, "wang": Role.MANAGER,
        "zhang": Role.REP, "li": Role.REP, "mia": Role.REP,
    }  # fmt: skip
    # 华东 is an alias of the company's own name for it.
    assert (found["zhang"].region, found["zhang"].team) == ("华东大区", "上海组")
    assert (found["wang"].region, found["chen"].region, found["mia"].region) == ("华东大区", "", "市场部")


def test_what_the_config_says_of_somebody_wins(company):
    """Marketing sits in the book like everybody else."""
    org = company.org.model_copy(update={"roles": {"mia": Role.MARKETER, "zhang": Role.DIRECTOR}})
    chart = OrgChart(BOOK, org)

    assert chart.place(MIA, "mia").role is Role.MARKETER
    assert chart.place(ZHANG, "zhang") == Place(Role.DIRECTOR)


def test_a_book_of_which_we_see_half_still_has_places(company):
    """A visible range may begin below the root, and a broken tree may run in a circle."""
    lone = Directory((ZHANG,), (Department("3", "上海组", "2"),))
    circle = Directory((ZHANG,), (Department("3", "上海组", "2"), Department("2", "华东", "3")))

    assert OrgChart(lone, company.org).place(ZHANG, "zhang").role is Role.REP
    assert OrgChart(circle, company.org).place(ZHANG, "zhang").role is Role.REP


async def test_the_same_book_changes_nothing(unit, sync):
    """A daily reading leaves no trace in the histories."""
    await sync(BOOK)
    before = len(await unit(lambda desk: desk.tx.all(select(user_changes))))

    change = await sync(BOOK)

    assert (change.joined, change.changed, change.left) == ((), (), ())
    assert len(await unit(lambda desk: desk.tx.all(select(user_changes)))) == before


async def test_a_move_is_taken_over_with_history(unit, sync):
    """张三 goes to marketing: before and after stay readable."""
    await sync(BOOK)
    moved = dataclasses.replace(ZHANG, department_ids=("4",))

    change = await sync(Directory((CHEN, ZHOU, WANG, moved, LI, MIA), DEPARTMENTS))

    assert change.changed == ("zhang",)
    rows = await unit(lambda desk: desk.tx.all(select(user_changes).where(user_changes.c.what == "profile")))
    assert rows[0].before == {"region": "华东大区", "team": "上海组"}
    assert rows[0].after == {"region": "市场部", "team": ""}


async def test_who_is_gone_from_the_book_is_to_leave(unit, sync):
    """A timer sees to what he held; he is named once and again until that is done."""
    await sync(BOOK)

    change = await sync(Directory((CHEN, ZHOU, WANG, LI, MIA), DEPARTMENTS))

    assert change.left == ("zhang",)
    row = await unit(lambda desk: desk.tx.first(select(timers)))
    assert (row.kind, row.lane_key) == ("signal.member.left", "user:zhang")


async def test_an_empty_book_dismisses_nobody(unit, sync):
    """A platform that shows us nothing has not lost its people."""
    await sync(BOOK)

    change = await sync(Directory((), ()))

    assert change.left == ()
    totals = await unit(lambda desk: incidents.totals(desk.tx))
    assert totals["directory.refused", "empty"] == 1


async def test_a_book_without_most_of_us_dismisses_nobody(unit, sync):
    """More likely a right was taken from the app than a company emptied overnight."""
    many = tuple(Person(f"p{i}", f"人{i}", ("3",)) for i in range(10))
    await sync(Directory((*PEOPLE, *many), DEPARTMENTS))

    change = await sync(Directory((CHEN, WANG), DEPARTMENTS))

    assert change.left == ()
    totals = await unit(lambda desk: incidents.totals(desk.tx))
    assert totals["directory.refused", "most_would_leave"] >= 1


async def test_who_comes_back_is_the_same_person(unit, sync):
    """He left and returns, even under another account: known by his phone."""
    from bot.store import departures

    await sync(BOOK)
    zhang = await get(unit, "zhang")
    await unit(lambda desk: departures.mark_left(desk, zhang, by="system", reason=""))
    again = dataclasses.replace(ZHANG, user_id="zhangsan2")

    await sync(Directory((CHEN, ZHOU, WANG, again, LI, MIA), DEPARTMENTS))

    found = await unit(lambda desk: users.by_login(desk.tx, "wecom", "zhangsan2"))
    assert (found.id, found.active) == ("zhang", True)


async def test_a_person_has_one_id_on_two_platforms(unit, sync):
    """Matched by phone; an equal id with another phone is another person."""
    await sync(BOOK)
    other = Directory(
        (dataclasses.replace(ZHANG, user_id="dd-7"), Person("wang", "王伟", ("3",), mobile="13900000000")),
        DEPARTMENTS,
    )

    await sync(other, "dingtalk")

    same = await unit(lambda desk: users.by_login(desk.tx, "dingtalk", "dd-7"))
    namesake = await unit(lambda desk: users.by_login(desk.tx, "dingtalk", "wang"))
    assert same.id == "zhang"
    assert namesake.id == "dingtalk-wang"


async def test_phones_are_sealed_and_a_book_that_hides_them_takes_none_away(unit, sync):
    """Found again by index, never in the clear."""
    await sync(BOOK)
    hidden = tuple(dataclasses.replace(one, mobile="") for one in PEOPLE)
    await sync(Directory(hidden, DEPARTMENTS))

    row = await unit(lambda desk: desk.tx.first(select(users_table).where(users_table.c.id == "zhang")))

    assert b"13800010007" not in bytes(row.mobile)
    assert row.mobile_index
