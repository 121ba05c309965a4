"""Why a message waits, or went, in the words of 为什么没发."""

from __future__ import annotations

from bot.assignment.access import held
from bot.crm.touching import Planned, Purpose
from bot.store import touch_windows
from bot.touch.explain import explain
from bot.touch.why import why


async def lines(house, key="k1"):
    plan = await house.row(key)
    return (await house.unit(lambda desk: explain(desk, plan))).lines


async def test_what_waits_for_the_morning_says_so(lite_house):
    """Nothing is advertised at night: the hour alone would look like a mistake."""
    house = lite_house
    local = house.clock().astimezone(house.bench.company.org.zone)
    house.push(hours=23 - local.hour)
    assert isinstance(await house.ask(), Planned)

    assert (await lines(house))[0].endswith("发出（避开免打扰时段）")


async def test_what_waits_for_room_says_so(lite_house):
    """One a day: the second one waits for tomorrow."""
    house = lite_house
    await house.ask()
    assert isinstance(await house.ask("k2", content="news1"), Planned)

    assert "（前面的日子次数已满）" in (await lines(house, "k2"))[0]


async def test_a_window_that_is_over_is_not_there_any_more(lite_house):
    """What was seen when it was decided is told as it was."""
    house = lite_house

    async def opened(desk):
        await touch_windows.open_window(
            desk, "L1", way="wechat_service.message", kind="message", address="kf1|cust"
        )

    await house.unit(opened)
    await house.ask(purpose=Purpose.REPLY, content="answer", channels=("wechat_service",))
    before = await lines(house)
    house.push(hours=49)

    assert "窗口还在" in before[-1]
    assert not any("窗口还在" in one for one in await lines(house))
    assert any("结束了" in one for one in await lines(house))


async def test_what_is_not_shown_is_counted_and_can_be_seen(lite_house):
    """Four are told; who asks learns where the fifth is."""
    house = lite_house
    for n in range(5):
        await house.ask(f"k{n}", purpose=Purpose.TRANSACTIONAL, content="notice")

    async def told(desk):
        return await why(desk, (await held(desk, "L1")).lead)

    assert "还有更早的 1 条：发「触达记录 L1」看" in await house.unit(told)
