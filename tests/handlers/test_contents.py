"""素材, 预览, and a text to pass on: what a colleague reads, and what stays unsaid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select, update

from bot.chat.card import plain
from bot.crm.content_commands import ListContents, PreviewContent, ShareContent
from bot.crm.user import User
from bot.handlers.contents import router
from bot.rules.content_links import read_link
from bot.rules.material import BY_ITSELF
from bot.store import consents
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.store.tables.content import content_links, touch_texts
from bot.store.tables.insight import touches
from bot.store.tables.leads import leads
from tests.intake.world import LINA, MARY, ZHAO, act, enquire, hire


async def linas(desk: Desk) -> str:
    """A lead of Li Na's."""
    await hire(desk)
    lead = await enquire(desk, name="王伟", email="wang@example.com")
    await desk.tx.run(update(leads).where(leads.c.id == lead.id).values(owner_id=LINA.id))
    return lead.id


async def said(desk: Desk, command: object, actor: User = LINA, **scope: Any) -> str:
    reply = await act(desk, router, command, actor, **scope)
    return plain(reply.card) if reply.card is not None else reply.text


async def test_everything_is_listed_with_where_it_may_go(unit) -> None:
    """All of it, what is about a word, or that there is nothing about it."""

    async def inside(desk: Desk) -> None:
        text = await said(desk, ListContents(), MARY)
        own = len(desk.company.content) + len(desk.company.assets) - len(BY_ITSELF)
        assert f"共 {own} 条素材" in text
        assert not any(desk.company.content[key].name in text for key in BY_ITSELF)
        assert "退订" in await said(desk, PreviewContent("退订确认"), MARY)
        assert "· 产品介绍（营销：邮件、短信、企业微信）" in text
        assert "报价后说明" in await said(desk, ListContents("报价"))
        assert "产品介绍" not in await said(desk, ListContents("报价"))
        assert "没有找到“月球”的素材" in await said(desk, ListContents("月球"))

    await unit(inside)


async def test_a_preview_shows_every_version_as_that_customer_gets_it(unit) -> None:
    """His name, how many SMS it is, and no footer; for somebody invented without a customer."""

    async def inside(desk: Desk) -> None:
        lead_id = await linas(desk)
        text = await said(desk, PreviewContent("新线索欢迎", lead_id))
        assert "「新线索欢迎」发给王伟" in text
        assert "【邮件】已收到您的咨询" in text
        assert "李娜" in text
        assert "【短信】计 1 条\n【客铃】王伟，您好" in text
        assert "退订" not in text
        assert "示例客户" in await said(desk, PreviewContent("新线索欢迎"), MARY)
        assert await desk.tx.all(select(touches)) == []

    await unit(inside)


async def test_a_name_that_is_not_there_is_answered_with_the_one_meant(unit) -> None:
    """A slip, and a word that fits several."""

    async def inside(desk: Desk) -> None:
        assert "是不是「产品介绍」？" in await said(desk, PreviewContent("产品价绍"))
        assert "没有叫“月球”的内容" in await said(desk, PreviewContent("月球"))

    await unit(inside)


async def test_a_text_to_pass_on_has_links_of_that_customer_and_is_one_touch(unit) -> None:
    """However often he asks; it is nobody's message until it is clicked."""

    async def inside(desk: Desk) -> None:
        lead_id = await linas(desk)
        texts = {await said(desk, ShareContent("报价", lead_id)) for _ in range(2)}
        (text,) = texts
        assert "https://example.com" not in text
        token = text.rpartition("/r/")[2].split()[0]
        named = read_link(desk.vault, token)
        (touch,) = await desk.tx.all(select(touches))
        assert named is not None
        assert named.touch_id == touch.id
        assert (touch.lead_id, touch.content, touch.sent_at) == (lead_id, "quote_follow_up", None)
        assert (
            len(await desk.tx.all(select(touch_texts))) == len(await desk.tx.all(select(content_links))) == 1
        )

    await unit(inside)


async def test_somebody_elses_customer_is_nobody(unit) -> None:
    """Neither preview nor text, and nothing is written; before a group not even one's own."""

    async def inside(desk: Desk) -> None:
        lead_id = await linas(desk)
        for command in (PreviewContent("新线索欢迎", lead_id), ShareContent("报价", lead_id)):
            reply = await act(desk, router, command, ZHAO)
            assert reply.card is not None
            assert "王伟" not in repr(reply)
            assert "王伟" not in await said(desk, command, LINA, chat="group-1")
        assert await desk.tx.all(select(touches)) == []

    await unit(inside)


async def test_what_needs_words_of_a_journey_is_not_passed_on_by_hand(unit) -> None:
    """A coupon comes from its stock."""

    async def inside(desk: Desk) -> None:
        lead_id = await linas(desk)
        key, content = next((key, one) for key, one in desk.company.content.items() if one.words)
        assert next(iter(content.words.values())) in await said(desk, ShareContent(key, lead_id))
        assert await desk.tx.all(select(touches)) == []

    await unit(inside)


async def test_who_said_stop_gets_no_marketing_by_a_colleagues_hand_either(unit) -> None:
    """The answer says when he did, and gives no text; what is no marketing goes on; so does all once he wants it."""

    async def inside(desk: Desk) -> None:
        lead_id = await linas(desk)
        assert "复制下面这段" in await said(desk, ShareContent("同行案例", lead_id))
        stop = Consent(given=False, purpose="marketing", channel="email", text="退订", version="")
        await consents.record(desk, lead_id, stop)
        told = await said(desk, ShareContent("同行案例", lead_id))
        assert "说过不要再收营销消息" in told
        assert "复制下面这段" not in told
        assert "复制下面这段" in await said(desk, ShareContent("使用技巧", lead_id))
        await consents.record(desk, lead_id, replace(stop, given=True))
        assert "复制下面这段" in await said(desk, ShareContent("同行案例", lead_id))

    await unit(inside)


async def test_a_file_for_who_said_stop_comes_with_a_warning(unit) -> None:
    """Only his colleague knows whether he asked for it."""

    async def inside(desk: Desk) -> None:
        lead_id = await linas(desk)
        assert "只在他自己问起时发" not in await said(desk, ShareContent("价目表", lead_id))
        stop = Consent(given=False, purpose="marketing", channel="email", text="退订", version="")
        await consents.record(desk, lead_id, stop)
        told = await said(desk, ShareContent("价目表", lead_id))
        assert "只在他自己问起时发" in told
        assert "复制下面这段" in told

    await unit(inside)
