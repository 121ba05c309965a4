"""时间线 L7: all that happened, the newest first, with a link for one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards.texts import timeline as texts
from bot.chat import page_links
from bot.crm.timeline import GROUPS, Moment, Place
from bot.store.merge_moves import family
from bot.store.reads import timeline
from bot.store.tables.machinery import audit
from tests.handlers.workday import GAO, LINA, WANG, Day, labels, staff, told
from tests.intake.lives import did
from tests.intake.world import enquire


@pytest.fixture
async def day(unit, clock):
    """A lead with a life: form, claim, talk, task, deal, quote, payment, tag, merge."""
    await unit(staff)
    day = Day(unit, clock)
    for phone in ("13812345678", "13812345679"):
        lead = await unit(lambda desk, phone=phone: enquire(desk, phone=phone))
        await day.says(LINA, f"领取 {lead.id}")
        await unit(lambda desk, lead=lead: did(desk, lead.id, 1))
        day.push(minutes=10)
    for said in (
        "跟进 L1 已电话，客户要报价，下周二回访",
        "改 L1 职位 采购经理",
        "L1 转商机 专业版 48000",
        "报价 D1 48000 折扣5%",
        "回款 D1 2万",
        "跟进 L2 加了微信聊了价格",
    ):
        day.push(minutes=7)
        await day.says(LINA, said)
    asked = await day.says(LINA, "合并 L1 L2")
    await day.presses(LINA, asked.card, "合并")
    return day


async def all_of(day: Day, *, most: int = 500, group: str = "") -> list:
    """Page by page, to the end."""
    found, place = [], Place(day.clock.now + timedelta(minutes=1))
    while place is not None:

        async def look(desk, place=place):
            of = await family(desk.tx, "L1")
            return await timeline.moments(desk, of, place, most=most, group=group)

        page, place = await day.unit(look)
        found += page
    return found


async def test_a_card_with_the_latest_and_a_link(day):
    """Five moments; what L2 did is L1's history now."""
    card = (await day.says(LINA, "时间线 L2")).card
    said = told(await day.says(LINA, "时间线 L1"))

    assert "L2 并入 L1" in said
    assert "跟进（微信）：加了微信聊了价格（李娜）" in said
    assert len(card.fields) == 5
    assert labels(card)[-1] == "线索卡片"


async def test_everything_is_told_in_words(day, company):
    """Each sort that is read has words, and every moment a time."""
    found = await all_of(day)
    kinds = {one.what for one in found}

    assert kinds >= {
        "follow_up",
        "task",
        "stage",
        "quote",
        "payment",
        "behaviour",
        "submission",
        "touch_point",
    }
    assert kinds >= {"points", "owned", "status", "field", "merged"}
    assert {source.what for source in timeline._SOURCES} <= texts.SORTS
    assert {one.group for one in found} <= set(GROUPS)
    assert all(texts.told(one, company, {}).title for one in found)
    assert [one.at for one in found] == sorted((one.at for one in found), reverse=True)


def test_forms_and_agreements_have_names_not_keys(company, now):
    """A rep reads no word of ours."""

    def said(what: str, **facts: str) -> str:
        one = texts.told(Moment(group="source", what=what, at=now, facts=facts), company, {})
        return f"{one.title} {one.detail}"

    assert said("consent", given="1", purpose="marketing", version="2026-11") == "同意 营销 · 2026-11 版"
    assert said("consent", given="", purpose="marketing_email", version="") == "撤回同意 营销（邮件）"
    assert (
        said("behaviour", event="form_submitted", object="whitepaper", channel="form")
        == "提交表单 下载白皮书 · 表单"
    )


async def test_pages_of_any_size_show_everything_once(day):
    """However many happened in one instant, none is left out and none comes twice."""
    whole = await all_of(day)

    for most in (1, 3, 7):
        paged = await all_of(day, most=most)
        assert sorted(map(repr, paged)) == sorted(map(repr, whole))
    talks = await all_of(day, most=1, group="talk")
    assert [one.what for one in talks] == ["follow_up", "follow_up"]


async def test_a_long_life_takes_no_more_queries_than_a_short_one(day):
    """One for each sort, and one for the family; names are one more."""

    async def count(desk):
        asked, tx = [], desk.tx

        class Counting:
            async def all(self, statement, **params):
                asked.append(statement)
                return await tx.all(statement, **params)

        await timeline.moments(replace(desk, tx=Counting()), ("L1", "L2"), Place(desk.now), most=30)
        return len(asked)

    assert await day.unit(count) == timeline.QUERIES


async def test_who_may_not_see_the_lead_learns_nothing(day):
    """A colleague gets the same as for a lead that is not; in a group not even its owner is told."""
    assert "没有这条线索" in told(await day.says(GAO, "时间线 L1"))
    assert "时间线" in told(await day.says(WANG, "时间线 L1"))
    assert "私聊" in told(await day.says(LINA, "时间线 L1", chat="group-1"))
    looks = [row.actor for row in await day.rows(audit, action="timeline.shown")]
    assert looks == ["wang"]


def test_a_link_says_who_and_is_ours_alone(vault, now):
    """Signed, for a day; anything else is no link."""
    link = page_links.PageLink("L7", "lina", now)
    text = page_links.spell(vault, link)

    assert page_links.parse(vault, text, now=now) == replace(link, issued_at=now.replace(microsecond=0))
    assert page_links.parse(vault, text, now=now + page_links.LIFE) is None
    for forged in (
        text[:-1] + ("A" if text[-1] != "A" else "B"),
        text[1:],
        "",
        "x" * 400,
        "你好",
        f"{text}=",
    ):
        assert page_links.parse(vault, forged, now=now) is None
