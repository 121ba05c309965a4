"""Alerts of unsubscribing and of the forecast: told to whom they belong, on both databases, and rarely."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest

from bot.chat.card import plain
from bot.crm.digest_commands import PauseSubscription, StopSubscription
from bot.insight.digests import alerts
from bot.insight.digests.compose import compose
from bot.insight.digests.view import view_of
from bot.store import digest_readings
from bot.store.desk import Desk
from tests.conftest import NOW
from tests.insight.digests.test_alerts import TUESDAY, Past, at, weeks
from tests.insight.selling_company import selling_company
from tests.insight.small_company import BY_ID
from tests.insight.test_forecasting import with_a_night
from tests.store.metrics_data import Made, pour

Look = Callable[..., Awaitable[tuple[str, str]]]
#: Days of this month at whose end the forecast was written down.
NIGHTS = tuple(date(2026, 11, day) for day in (11, 12, 13, 16, 17))


@pytest.fixture
def look(database_url, store, company, vault, random_bytes) -> Look:
    """`await look(made, kind, who)`: what is told, or why nothing is.

    `nights` are forecasts kept before, in yuan; with `is_share` in hundredths of what it is now.
    """

    async def looked(
        made: Made, kind: str, who: str, nights: dict[date, int] | None = None, *, is_share: bool = False
    ) -> tuple[str, str]:
        pour(database_url, made)
        scope = BY_ID[who].region or "all"

        def desk(tx: Any) -> Desk:
            return Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=random_bytes)

        async def kept(tx: Any) -> None:
            now = await alerts.remember(await view_of(desk(tx), BY_ID[who])) if is_share else None
            for day, value in (nights or {}).items():
                said = value if now is None else round(float(now[3]) * value / 100)
                await digest_readings.keep(tx, "forecast_amount", scope, day, str(said))

        await store.write(kept)
        async with store.read() as tx:
            found = await compose(await view_of(desk(tx), BY_ID[who]), kind, subscription="S1")
        if found.card is not None:
            assert {PauseSubscription("S1", "7"), StopSubscription("S1")} <= {
                one.command for one in found.card.buttons
            }
        return ("" if found.card is None else plain(found.card)), found.silent

    return looked


def sends(past: Past, day: date, channel: str, *, sent: int, left: int) -> None:
    """So many messages that arrived, after some of which somebody wanted no more."""
    for number in range(sent):
        past.n += 1
        moments = dict.fromkeys(("sent_at", "delivered_at"), at(day))
        past.made.put(
            "touches", id=f"t{past.n}", lead_id="L1", channel=channel, campaign="", content="a", failure="",
            owner_id="lina", team="上海组", region="华东大区", **moments, failed_at=None, bounced_at=None,
            opened_at=None, clicked_at=None, complained_at=None,
            unsubscribed_at=at(day, 11) if number < left else None,
        )  # fmt: skip


def mails(*, usually: int, now: int, sent: int = 100, texts: int = 1) -> Past:
    """Tuesdays of mails and texts; on the last one so many left because of a mail."""
    past = Past()
    past.comes(date(2026, 9, 1), "官网", 1)
    for day in weeks(6):
        sends(past, day, "邮件", sent=sent, left=usually)
        sends(past, day, "短信", sent=sent, left=texts)
    sends(past, TUESDAY, "邮件", sent=sent, left=now)
    sends(past, TUESDAY, "短信", sent=sent, left=texts)
    return past


async def test_more_unsubscribing_names_the_channel(look: Look) -> None:
    """One in a hundred on each Tuesday, now eight by mail: that is where to look."""
    said, why = await look(mails(usually=1, now=8).made, "unsubscribes_up", "shichang")

    assert why == ""
    assert "退订率升高了" in said
    assert "11月17日：4.5%" in said
    assert "往常：1%" in said
    assert "可能原因：邮件 8%" in said
    assert "过去 5 个周二的中位数" in said


@pytest.mark.parametrize(
    ("past", "why"),
    [
        (mails(usually=1, now=2), "quiet"),
        (mails(usually=5, now=9, texts=5), "quiet"),
        (mails(usually=0, now=2, texts=0), "quiet"),
        (mails(usually=1, now=8, sent=40), "thin"),
    ],
    ids=["a little more", "less than twice", "the first two ever", "few messages"],
)
async def test_what_may_be_chance_alarms_nobody(look: Look, past: Past, why: str) -> None:
    """Not a third more, not one person where nobody ever left, not eighty messages."""
    assert await look(past.made, "unsubscribes_up", "shichang") == ("", why)


async def test_the_first_who_leave_do_alarm_when_they_are_several(look: Look) -> None:
    """From none to nine in two hundred."""
    said, _ = await look(mails(usually=0, now=9, texts=0).made, "unsubscribes_up", "chenli")
    assert "11月17日：4.5%" in said
    assert "往常：0%" in said


async def test_a_forecast_that_fell_is_told_with_what_was_lost(look: Look) -> None:
    """All nights of the month were far above: what it is, what it was, and where deals were lost."""
    nights = {day: 3_000_000 + n * 1000 for n, day in enumerate(NIGHTS)}
    said, why = await look(with_a_night(selling_company()), "forecast_drop", "chenli", nights)

    assert why == ""
    assert "本月预测下降了" in said
    assert "往常：¥3,002,000" in said
    assert "近 7 天掉了" in said or "近 7 天没有掉单" in said
    assert "本月最近 5 次记录的中位数" in said
    assert "昨天" not in said
    assert "上次记录" not in said


async def test_a_manager_hears_of_his_region_alone(look: Look) -> None:
    """His number, his people; the other region's nights are none of his."""
    nights = dict.fromkeys(NIGHTS, 2_000_000)
    said, _ = await look(with_a_night(selling_company()), "forecast_drop", "wanglei", nights)

    assert "华东大区 · 销售预测" in said
    assert not any(name in said for name in ("陈晨", "广州", "深圳", "华南"))


@pytest.mark.parametrize(
    ("shares", "why"),
    [
        ((100, 100, 100, 100, 100), "quiet"),
        ((115, 115, 115, 115, 115), "quiet"),
        ((70, 70, 70, 70, 70), "quiet"),
        ((300, 300, 90, 300, 300), "quiet"),
        ((300, 300), "thin"),
        ((130, 130, 130, 130, 130), ""),
    ],
    ids=["as ever", "a little less", "risen", "lower before", "two nights", "a quarter less"],
)
async def test_a_forecast_within_its_ways_is_no_news(look: Look, shares: tuple[int, ...], why: str) -> None:
    """Less than a fifth below, no lower than before, or too few nights: nothing is told."""
    made = with_a_night(selling_company())
    said, silent = await look(
        made, "forecast_drop", "chenli", dict(zip(NIGHTS, shares, strict=False)), is_share=True
    )
    assert (bool(said), silent) == (not why, why)


async def test_without_enough_history_there_is_no_forecast_and_no_alarm(look: Look) -> None:
    """Nothing was learned, so nothing fell, whatever stood there before."""
    past = Past()
    assert await look(past.made, "forecast_drop", "chenli", dict.fromkeys(NIGHTS, 900_000)) == ("", "thin")


async def test_last_months_nights_are_not_this_months(look: Look) -> None:
    """They were forecasts of another month."""
    nights = {day - timedelta(days=31): 9_000_000 for day in NIGHTS}
    assert await look(with_a_night(selling_company()), "forecast_drop", "chenli", nights) == ("", "thin")
