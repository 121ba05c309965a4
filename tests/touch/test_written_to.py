"""What comes back, or is ended, concerns the address to which it went."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.crm.touching import Purpose
from bot.crm.user import Role, User
from bot.intake import change, responding
from bot.intake.mail.report import Report, Told
from bot.intake.merge import merge
from bot.intake.unmerge import unmerge
from bot.store import touch_suppressions, touch_texts
from bot.store.lead_keys import LeadKey
from bot.store.merges import Merge
from bot.store.tables.content import touch_texts as texts_table
from bot.worker.touching import TouchSender
from tests.intake.world import counted

BOSS = User(id="boss", name="周", role=Role.EXECUTIVE, region="", team="")


async def against(house, address):
    async def work(desk):
        key = LeadKey("email", desk.vault.index("email", address))
        return [(s.channel, s.reason) for s in await touch_suppressions.of(desk.tx, [key])]

    return await house.unit(work)


async def sent(house, key="k1", lead_id="L1", **more):
    await house.ask(key, lead_id, **more)
    await TouchSender(house.bench).step()
    return (await house.row(key)).id


async def test_a_mail_that_came_back_closes_where_it_went(lite_house):
    """His address was corrected; the bounce of a mail to the old one comes a minute later."""
    h = lite_house
    touch_id = await sent(h)
    changed = await h.unit(lambda d: change.change(d, "L1", "email", "new@xinghe.cn", by="mei"))
    assert isinstance(changed, change.Changed)
    await h.unit(lambda d: responding.told(d, Report(Told.BOUNCED, touch_id, "5.1.1")))
    assert await against(h, "new@xinghe.cn") == []
    assert await against(h, "lin1@xinghe.cn") == [("email", "bounced")]


async def test_what_came_back_from_the_old_address_is_not_held_against_the_new_one(lite_house):
    """Full, twice there and once here: three within a week, and no address has three."""
    h = lite_house
    for n, to in enumerate(("", "", "new@xinghe.cn")):
        if to:
            await h.unit(lambda d, to=to: change.change(d, "L1", "email", to, by="mei"))
        touch_id = await sent(h, f"k{n}", purpose=Purpose.TRANSACTIONAL)
        await h.unit(lambda d, of=touch_id: responding.told(d, Report(Told.BOUNCED, of, "4.2.2")))
        h.push(hours=1)
    assert await against(h, "new@xinghe.cn") == []
    assert await against(h, "lin1@xinghe.cn") == []


async def test_a_mail_to_who_was_merged_closes_his_address(lite_house):
    """The record with the stale address went into the good one; the bounce is the stale one's."""
    h = lite_house
    await h.hire(BOSS)
    await h.lead("L2", n=2)
    touch_id = await sent(h, lead_id="L2")
    await h.unit(lambda d: merge(d, "L1", "L2", by=BOSS, how="card"))
    await h.unit(lambda d: responding.told(d, Report(Told.BOUNCED, touch_id, "5.1.1")))
    assert await against(h, "lin1@xinghe.cn") == []
    assert await against(h, "lin2@xinghe.cn") == [("email", "bounced")]


async def test_who_left_stays_out_when_the_merging_is_undone(lite_house):
    """L2's reader leaves by the link of his own mail while he is taken for L1; then they are two again."""
    h = lite_house
    await h.hire(BOSS)
    await h.lead("L2", n=2)
    touch_id = await sent(h, lead_id="L2")
    done = await h.unit(lambda d: merge(d, "L1", "L2", by=BOSS, how="card"))
    assert isinstance(done, Merge)
    h.push(minutes=5)

    async def leaves(desk):
        said = await touch_texts.said(desk.tx, touch_id)
        await responding.unsubscribed(desk, said, how="点了退订")

    await h.unit(leaves)
    h.push(minutes=5)
    await h.unit(lambda d: unmerge(d, done.id, by=BOSS))
    h.push(days=9)
    await sent(h, "k2", "L2", content="news1")
    assert [m.to for m in h.sent() if m.to == "lin2@xinghe.cn"] == ["lin2@xinghe.cn"]  # the first alone


async def without_key(desk):
    """As an older version kept what it sent."""
    await desk.tx.run(update(texts_table).values(key_kind=None, key_digest=None))


async def test_of_an_older_message_his_address_is_closed_if_it_is_still_the_same(lite_house):
    h = lite_house
    touch_id = await sent(h)
    await h.unit(without_key)
    await h.unit(lambda d: responding.told(d, Report(Told.COMPLAINED, touch_id)))
    assert await against(h, "lin1@xinghe.cn") == [("email", "complained")]


async def test_an_older_message_that_may_pass_closes_nothing(lite_house):
    h = lite_house
    touch_id = await sent(h)
    await h.unit(without_key)
    await h.unit(lambda d: responding.told(d, Report(Told.BOUNCED, touch_id, "4.2.2")))
    assert await against(h, "lin1@xinghe.cn") == []


@pytest.mark.parametrize("how", ["changed", "merged"])
async def test_of_an_older_message_nobody_knows_where_it_went(lite_house, how):
    """He has another address by now, or is two in one: none is closed, and that is counted."""
    h = lite_house
    touch_id = await sent(h)
    await h.unit(without_key)
    if how == "changed":
        await h.unit(lambda d: change.change(d, "L1", "email", "new@xinghe.cn", by="mei"))
    else:
        await h.hire(BOSS)
        await h.lead("L2", n=2)
        await h.unit(lambda d: merge(d, "L1", "L2", by=BOSS, how="card"))
    await h.unit(lambda d: responding.told(d, Report(Told.BOUNCED, touch_id, "5.1.1")))
    for address in ("lin1@xinghe.cn", "lin2@xinghe.cn", "new@xinghe.cn"):
        assert await against(h, address) == []
    assert await h.unit(lambda d: counted(d, "touch.not_closed")) == {"email:bounced": 1}
