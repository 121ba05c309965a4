"""Buttons that are links: looking does nothing, a press is the tap of whom the link was made for."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.chat.adapter import PageLogin
from bot.chat.card import Button, Card
from bot.chat.inbound import Entered, Inbound
from bot.chat.links import LIFE, Token, action_url, spelled, token_of
from bot.chat.outbound import Notice, SendCard
from bot.crm.commands import ClaimLead, RevealContact
from bot.store import leads, outbox
from bot.store.tables.leads import claims, tenures
from bot.store.tables.machinery import inbox
from bot.web.act import ActionPages
from bot.web.site import Site
from bot.worker.lanes import LaneWorker
from tests.worker.two_platforms import Both, open_both


@dataclass
class Recogniser:
    """Says who opened a page, as the platform's app would."""

    login: PageLogin | None = None
    codes: dict[str, str] = field(default_factory=dict)

    def page_login(self) -> PageLogin | None:
        return self.login

    async def recognise(self, code: str) -> str | None:
        return self.codes.pop(code, None)


@dataclass
class Phone:
    """A phone's browser, and the company behind it."""

    both: Both
    client: TestClient[web.Request, web.Application]
    app_login: Recogniser

    def path(self, card: SendCard, label: str) -> str:
        nth = [button.label for button in card.card.presses].index(label)
        url = action_url("https://bot.example", card_key=card.card_key, button=card.buttons[nth])
        return url.removeprefix("https://bot.example")

    async def look(self, path: str) -> str:
        answer = await self.client.get(path)
        return await answer.text()

    async def press(self, path: str, **chosen: str) -> str:
        """Open the page, press its button, and read what came of it."""
        mark = re.search(r'name="_request" value="(\w+)"', await self.look(path))
        assert mark is not None
        return await (await self.client.post(path, data={"_request": mark[1], **chosen})).text()


@pytest.fixture
async def phone(store, company, vault, clock, random_bytes, unit) -> Any:
    both = open_both(store, company, vault, clock, random_bytes, unit)
    both.dingtalk.changes_by_key = False
    bench, app_login = both.bench, Recogniser()
    site = Site(store, company, vault, clock, random_bytes, bench.wake)
    pages = ActionPages(
        site, at_once=LaneWorker(bench).at_once, monotonic=lambda: 0.0, recognising={"dingtalk": app_login}
    )
    app = web.Application()
    app.add_routes(pages.routes())
    async with TestClient(TestServer(app)) as client:
        yield Phone(both, client, app_login)


async def rows(phone: Phone, table: Any) -> list[Any]:
    return await phone.both.unit(lambda desk: desk.tx.all(select(table)))


@pytest.fixture
async def offered(phone) -> SendCard:
    """A lead that was shown to Mei and Jun with links."""
    await phone.both.hire("mei", "dingtalk", name="梅丽")
    await phone.both.hire("jun", "wecom", name="李军")
    await phone.both.lead()
    return phone.both.dingtalk.cards()[0]


def test_a_link_says_which_button_it_is_and_nothing_else_reads_as_one() -> None:
    """What was spelled is read; cut, longer or differently spelled it is no link of ours."""
    token = Token("abc123", "lead.claim?lead_id=L7~1~bWFj")
    text = spelled(token)
    assert token_of(text) == token
    for wrong in ("", ".", text[:-1] + "!", text + "=", "a b" + text, text.replace(".", ""), "x" * 700):
        assert token_of(wrong) is None, wrong
    assert action_url("https://x/", card_key="a", button="b").startswith("https://x/act/a.")
    assert len(action_url("https://bot.example.com", card_key="a" * 26, button="b" * 150)) < 700


async def test_looking_changes_nothing_and_tells_no_more_than_it_must(phone, offered) -> None:
    """A preview opens it, again and again: no claim, no row; no number, nothing to be found by machines."""
    path = phone.path(offered, "领取")
    for method in ("get", "get", "head"):
        answer = await phone.client.request(method, path)
        assert answer.status == 200
    html = await phone.look(path)

    assert ">领取</button>" in html
    assert "转发给别人" in html
    assert "1381" not in html
    assert "noindex" in html
    answer = await phone.client.get(path)
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; ")
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert not await rows(phone, claims)
    assert not await rows(phone, inbox)


async def test_a_press_is_the_tap(phone, offered) -> None:
    """She has the lead, sees so, gets her card in the chat; on the other platform the card flips."""
    said = await phone.press(phone.path(offered, "领取"))
    await phone.both.work()

    assert "详情已发到你的聊天里" in said
    assert (await phone.both.unit(lambda desk: leads.get(desk.tx, "L7"))).owner_id == "mei"
    assert [card.card.kind for card in phone.both.dingtalk.cards()] == ["lead_offered", "lead_owned"]
    assert phone.both.shown("wecom")["jun"].kind == "lead_taken"


async def test_pressed_twice_it_is_one_press(phone, offered) -> None:
    """The same page sent again, and a second page: one claim, one card, the present state."""
    path = phone.path(offered, "领取")
    mark = re.search(r'name="_request" value="(\w+)"', await phone.look(path))[1]
    answers = await asyncio.gather(*(phone.client.post(path, data={"_request": mark}) for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    await phone.both.work()

    assert len(await rows(phone, inbox)) == 1
    assert len(await rows(phone, claims)) == 1
    again = await phone.look(path)
    assert "现在不能再这样操作了" in again
    assert "<button" not in again
    await phone.both.work()
    assert len(phone.both.dingtalk.cards()) == 2


async def test_who_comes_late_reads_who_has_it(phone, offered) -> None:
    """Somebody else took it meanwhile: the page says so, and does nothing."""
    mark = re.search(r'name="_request" value="(\w+)"', await phone.look(phone.path(offered, "领取")))[1]
    await phone.both.say("wecom", "jun", "领取 L7")

    answer = await phone.client.post(phone.path(offered, "领取"), data={"_request": mark})

    html = await answer.text()
    assert "李军" in html
    assert "<button" not in html
    assert (await phone.both.unit(lambda desk: leads.get(desk.tx, "L7"))).owner_id == "jun"


async def test_forged_foreign_and_old_links_do_nothing(phone, offered, clock) -> None:
    """Another card's key, another command, somebody else's button, a link after its time."""
    path = phone.path(offered, "领取")
    key, _, button = path.removeprefix("/act/").partition(".")
    other = phone.both.wecom.cards()[0]
    forged = [
        f"/act/{other.card_key}.{button}",
        phone.path(SendCard(to="", card=other.card, card_key=key, buttons=other.buttons), "领取"),
        f"/act/{spelled(Token(key, offered.buttons[0].replace('L7', 'L8')))}",
        f"/act/{spelled(Token('a' * 26, offered.buttons[0]))}",
        "/act/nothing",
    ]
    for one in forged:
        assert (await phone.client.get(one)).status == 404, one
        assert (await phone.client.post(one, data={"_request": "abc"})).status == 404, one
    for body in ({}, {"_request": "a b"}, {"_request": "x" * 65}):
        assert (await phone.client.post(path, data=body)).status == 400
    clock.push(LIFE)
    assert "过期" in await phone.look(path)
    assert (await phone.client.post(path, data={"_request": "abc"})).status == 404
    assert not await rows(phone, inbox)


async def test_a_number_is_told_in_the_chat_alone(phone, offered) -> None:
    """Whoever got the link forwarded and presses it reads no number: it goes to its owner's chat."""
    await phone.both.say("dingtalk", "mei", "领取 L7")
    card = phone.both.dingtalk.cards()[-1]

    said = await phone.press(phone.path(card, "看电话"))
    await phone.both.work()

    assert "13812345678" not in said.replace(" ", "")
    assert "13812345678" not in (await phone.look(phone.path(card, "看电话"))).replace(" ", "")
    shown = phone.both.dingtalk.cards()[-1].card
    assert any("138" in one.value and one.url for one in shown.fields)
    assert isinstance(card.card.presses[0].command, RevealContact)


async def test_what_a_card_asks_is_asked_on_the_page(phone, offered) -> None:
    """Only what it offers is taken, and it arrives with the press."""
    await phone.both.say("dingtalk", "mei", "领取 L7")
    await phone.press(phone.path(phone.both.dingtalk.cards()[-1], "退回"))
    await phone.both.work()
    asking = phone.both.dingtalk.cards()[-1]
    assert asking.card.poll is not None
    reason, label = asking.card.poll.options[-1]
    path = phone.path(asking, asking.card.presses[0].label)

    html = await phone.look(path)
    assert f'<input type="radio" name="reason" value="{reason}">' in html
    assert "radio" not in await phone.look(phone.path(asking, asking.card.presses[1].label))
    await phone.press(path, reason="不在单子上")
    await phone.both.work()
    assert (await phone.both.unit(lambda desk: leads.get(desk.tx, "L7"))).owner_id == "mei"
    await phone.press(path, reason=reason)
    await phone.both.work()

    lead = await phone.both.unit(lambda desk: leads.get(desk.tx, "L7"))
    assert lead.owner_id is None
    ended = await rows(phone, tenures)
    assert [row.ended_reason for row in ended if row.ended_how == "released"] == [label]


async def test_before_a_group_the_link_does_not_know_who_opened_it(phone, offered) -> None:
    """So it says how to do it alone; with the app's own word for who it is, it is his tap."""
    card = Card(kind="lead_in_group", title="新线索", buttons=(Button("领取", ClaimLead("L7")),))
    notice = Notice(to="dingtalk:cid1", key="ring", card=card, topic="lead:L7", group=True)
    await phone.both.unit(lambda desk: outbox.post(desk, notice))
    await phone.both.work()
    shown = next(one for one in phone.both.dingtalk.cards() if one.group)
    path = phone.path(shown, "领取")

    assert "领取 L7" in await phone.look(path)
    assert "<button" not in await phone.look(path)
    answer = await phone.client.post(path, data={"_request": "abc", "_code": "guess"})
    assert "认不出" in await answer.text()

    phone.app_login.login = PageLogin("https://g.example/dd.js", "ding1", "app1")
    phone.app_login.codes["c1"] = "ding-mei"
    html = await phone.look(path)
    assert 'src="https://g.example/dd.js"' in html
    assert "requestAuthCode" in html
    await phone.press(path, _code="c1")
    await phone.both.work()
    assert (await phone.both.unit(lambda desk: leads.get(desk.tx, "L7"))).owner_id == "mei"


async def test_who_has_left_can_do_nothing_by_an_old_link(phone, offered) -> None:
    """His login is gone: the link is as good as none."""

    async def gone(desk):
        from bot.store import departures, users

        mei = await users.get(desk.tx, "mei")
        await departures.drop_login(desk, mei, "dingtalk", "ding-mei")

    await phone.both.unit(gone)
    assert (await phone.client.get(phone.path(offered, "领取"))).status == 404


async def test_when_her_lane_is_busy_the_page_waits(phone, offered) -> None:
    """Something else of hers comes first: the page looks again by itself until it is done."""
    phone.both.dingtalk.inbound[b"first"] = _entered()
    await phone.both.bring("dingtalk", "mei", _entered())

    said = await phone.press(phone.path(offered, "领取"))
    assert 'http-equiv="refresh"' in said
    await phone.both.work()
    assert (await phone.both.unit(lambda desk: leads.get(desk.tx, "L7"))).owner_id == "mei"


def _entered() -> Inbound:
    return Entered(platform="dingtalk", user_id="ding-mei")
