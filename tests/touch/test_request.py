"""A message is decided, reserved and written down at once; whoever asks twice gets the same answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.crm.company.content import Content
from bot.crm.company.touch import Caps, Touch
from bot.crm.touching import GivenToRep, NotSent, Planned, Purpose, Refusal, TouchState
from bot.store import consents, incidents, merge_moves, merges, tasks, touch_plans, touch_windows
from bot.store.tables.leads import leads as table
from bot.touch.explain import explain
from bot.touch.request import request
from tests.touch.house import AGREES, STOPS, company_of, intent


async def test_who_agreed_gets_a_mail(house):
    """It is planned for now, and counts today."""
    verdict = await house.ask()

    assert isinstance(verdict, Planned)
    assert (verdict.channel, verdict.at, verdict.skipped) == ("email", house.clock.now, {})
    assert (await house.row()).counts_on is not None


async def test_the_same_key_is_the_same_verdict(house):
    """However often, and whatever else has changed: one row."""
    first = await house.ask()
    await house.unit(lambda desk: consents.record(desk, "L1", STOPS))

    assert [await house.ask() for _ in range(3)] == [first] * 3
    assert len(await house.rows()) == 1


async def test_two_who_ask_at_once_have_one_message(house):
    """The key decides, not who looks first."""
    verdicts = await asyncio.gather(
        *(house.store.write(lambda tx: request(house.bench.desk(tx), intent()), lane_key=f"w{n}", within=20)
          for n in range(8))
    )  # fmt: skip

    assert len(set(map(str, verdicts))) == 1
    assert len(await house.rows()) == 1


async def test_many_at_once_do_not_overdraw_a_cap(house, company):
    """Eight journeys want him on one day; one may have him today, one each of the next two days."""
    house.bench.company = company_of(company, Touch(caps=Caps(per_day=1, per_week=3)))
    await asyncio.gather(
        *(house.store.write(
            lambda tx, n=n: request(house.bench.desk(tx), intent(f"k{n}", content=f"news{n}")),
            lane_key=f"w{n}", within=20,
        ) for n in range(8))
    )  # fmt: skip
    rows = await house.rows()
    planned = [one for one in rows if one.state is TouchState.PLANNED]

    assert sorted(one.counts_on - min(p.counts_on for p in planned) for one in planned) == [0, 1, 2]
    assert {one.reason for one in rows if one not in planned} == {"capped"}


async def test_a_window_is_used_up_by_one(house):
    """Five messages in two days, then no more, whoever asks."""

    async def opened(desk):
        await touch_windows.open_window(
            desk, "L1", way="wechat_service.message", kind="message", address="kf1|cust"
        )

    await house.unit(opened)
    verdicts = [
        await house.ask(f"a{n}", purpose=Purpose.REPLY, content="answer", channels=("wechat_service",))
        for n in range(7)
    ]

    assert [isinstance(one, Planned) for one in verdicts] == [True] * 5 + [False] * 2
    assert verdicts[5].skipped == {"wechat_service.message": Refusal.NO_WINDOW}


async def test_a_grant_is_good_for_one_message_of_its_template(house):
    """The second one has none; one of another template helps nobody."""

    async def granted(desk):
        for template in ("OTHER", "T1"):
            await touch_windows.grant(
                desk, "L1", way="mini_program.subscribe", template=template, address="openid"
            )

    await house.unit(granted)
    ask = {"purpose": Purpose.TRANSACTIONAL, "content": "notice", "channels": ("mini_program.subscribe",)}
    first, second = [await house.ask(key, **ask) for key in ("a", "b")]

    assert isinstance(first, Planned)
    assert second.skipped == {"mini_program.subscribe": Refusal.NO_GRANT}


async def test_where_no_channel_may_the_owner_has_a_task(house):
    """And a second message of the day is in the same task: nobody gets ten."""
    await house.lead("L2", agrees=False, n=2)
    first, second = [
        await house.ask(f"k{n}", "L2", content=f"news{n}", channels=("email", "sms")) for n in (1, 2)
    ]
    open_now = await house.unit(lambda desk: tasks.open_of_lead(desk, "L2"))

    assert isinstance(first, GivenToRep)
    assert first.skipped == {"email.marketing": Refusal.NO_CONSENT, "sms.marketing": Refusal.NO_CONSENT}
    assert [one.id for one in open_now] == [first.task_id] == [second.task_id]
    assert "资讯1" in open_now[0].title
    assert "营销邮件 客户没有同意" in open_now[0].title


async def test_the_task_names_each_content_once(house):
    """Whoever opens it knows of all that was not said; what it says already is not said twice."""
    await house.lead("L2", agrees=False, n=2)
    for n, content in enumerate(("news1", "news2", "news1", "birthday")):
        again = {"content": content, "channels": ("email",)}
        await house.ask(f"k{n}", "L2", **again)
    (task,) = await house.unit(lambda desk: tasks.open_of_lead(desk, "L2"))

    assert "资讯1、资讯2、生日祝福（" in task.title
    assert task.title.count("营销邮件 客户没有同意") == 1


async def test_it_is_told_which_coupon_was_missing(house):
    """Its text says a code and there was none: that, not the text, is named; with a code it goes."""
    text = "优惠码 {{ words.coupon }}"
    mail = {"subject": "一张券", "text": text}
    kept = {
        "name": "优惠券",
        "purpose": Purpose.MARKETING,
        "words": {"coupon": "优惠码"},
        "channels": {"email": mail},
    }
    bare = house.bench.company
    house.bench.company = replace(bare, content={**bare.content, "gift": Content.model_validate(kept)})
    without = await house.ask("a", content="gift", channels=("email",))
    told = await house.unit(lambda desk: _explained(desk, without.touch_id))
    given = await house.ask("b", content="gift", channels=("email",), words={"coupon": "C1"})

    assert [line for line in told.lines if "缺优惠码" in line and "补券" in line]
    assert not any("没有这个渠道的文案" in line for line in told.lines)
    assert isinstance(given, Planned)


async def test_a_missing_code_is_the_reason_whatever_other_channel_was_tried(house):
    """He has no address on the channel before it; with a code the mail would have gone."""
    mail = {"subject": "一张券", "text": "优惠码 {{ words.coupon }}"}
    kept = {
        "name": "优惠券",
        "purpose": Purpose.MARKETING,
        "words": {"coupon": "优惠码"},
        "channels": {"email": mail},
    }
    bare = house.bench.company
    house.bench.company = replace(bare, content={**bare.content, "gift": Content.model_validate(kept)})
    await house.ask("a", content="gift", channels=("mini_program", "email"))
    plan = (await house.unit(lambda desk: touch_plans.find_keys(desk.tx, ["a"])))["a"]

    assert plan.reason == Refusal.NO_COUPON
    assert plan.skipped["email.marketing"] == Refusal.NO_COUPON


async def _explained(desk, touch_id):
    return await explain(desk, await touch_plans.find(desk.tx, touch_id))


async def test_who_said_stop_gets_no_call_either(house):
    """No task: it would be the same message by another mouth. The row says why."""
    await house.unit(lambda desk: consents.record(desk, "L1", STOPS))
    verdict = await house.ask(channels=())

    assert isinstance(verdict, NotSent)
    assert verdict.reason is Refusal.SUPPRESSED
    assert await house.unit(lambda desk: tasks.open_of_lead(desk, "L1")) == []
    assert (await house.unit(lambda desk: incidents.totals(desk.tx)))[("touch.not_sent", "suppressed")] == 1


async def test_an_unknown_or_lost_customer_leaves_a_row(house):
    """Nothing is dropped without one."""
    verdict = await house.ask("k9", "L99")

    assert isinstance(verdict, NotSent)
    assert (await house.row("k9")).reason == "gone"


async def test_the_more_urgent_has_the_last_place(house, company):
    """A planned message of lower priority makes room and says for whom."""
    house.bench.company = company_of(company, Touch(caps=Caps(per_day=1), put_off_days=0))
    await house.ask("low", content="news1")
    verdict = await house.ask("high", content="news2", priority=5)
    low = await house.row("low")

    assert isinstance(verdict, Planned)
    assert (low.state, low.reason, low.detail) == (TouchState.SKIPPED, "capped", "displaced_by:high")


async def test_merged_customers_count_as_one(house, company):
    """What either got counts for the one who is left, and a message to the one who is gone is to him."""
    house.bench.company = company_of(company, Touch(caps=Caps(per_day=1), put_off_days=0))
    await house.lead("L2", n=2)
    await house.ask("a", "L2")

    async def merged(desk):
        await merge_moves.move(desk.tx, "L2", "L1")
        await desk.tx.run(table.update().where(table.c.id == "L2").values(merged_into="L1"))

    await house.unit(merged)
    later = await house.ask("b", "L2", content="news1")

    assert isinstance(later, NotSent)
    assert later.reason is Refusal.CAPPED
    assert {one.lead_id for one in await house.rows()} == {"L1"}


async def test_marketing_under_another_name_is_marketing(house):
    """What the library calls marketing needs consent, whatever the journey calls it."""
    await house.lead("L2", agrees=False, n=2)
    verdict = await house.ask("k", "L2", purpose=Purpose.TRANSACTIONAL)

    assert verdict.skipped == {"email.marketing": Refusal.NO_CONSENT}


async def test_a_late_message_is_not_planned(house):
    """Nor does a colleague get it."""
    verdict = await house.ask(not_after=house.clock.now - timedelta(seconds=1))

    assert isinstance(verdict, NotSent)
    assert verdict.reason is Refusal.TOO_LATE


async def test_a_channel_without_settings_is_off(house):
    """And it is said so."""
    company = house.bench.company
    house.bench.company = replace(company, doors=replace(company.doors, channels=frozenset({"sms"})))
    verdict = await house.ask(channels=("email", "sms"))

    assert (verdict.channel, verdict.skipped) == ("sms", {"email.marketing": Refusal.CHANNEL_OFF})


async def test_of_two_who_became_one_the_stricter_holds(house):
    """He refused under his other number before they were known to be one; what he says since holds for both."""

    async def other(desk):
        await consents.record(desk, "L2", STOPS)

    async def merged(desk):
        kept = await merges.keep(
            desk, kept="L1", gone="L2", by="mei", how="card", prefers="kept", conflicts=()
        )
        await merge_moves.move(desk.tx, "L2", "L1")
        await merges.lead_away(desk.tx, kept.gone, to=kept.kept)

    await house.lead("L2", n=2, agrees=False)
    await house.unit(other)
    house.push(days=1)
    await house.unit(lambda desk: consents.record(desk, "L1", AGREES))
    house.push(days=1)
    assert isinstance(await house.ask("before"), Planned)
    await house.unit(merged)
    strict = await house.ask("after", content="news1")
    house.push(days=1)
    await house.unit(lambda desk: consents.record(desk, "L1", AGREES))
    again = await house.ask("again", content="news2")

    assert isinstance(strict, NotSent)
    assert strict.reason is Refusal.SUPPRESSED
    assert isinstance(again, Planned)
