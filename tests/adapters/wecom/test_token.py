"""One token for all, renewed early, by one at a time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from bot.adapters.wecom.limits import CallLimits
from bot.errors import AnswerLostError, PlatformBusyError, PlatformError
from bot.reach.tokens import Token, Tokens
from tests.adapters.wecom.platform import HandMonotonic


class Source:
    """Gives T1, T2, …; may be told to fail or to be slow."""

    def __init__(self, good_for_s: float = 7200.0) -> None:
        self.given = 0
        self.good_for_s = good_for_s
        self.error: PlatformError | None = None
        self.gate = asyncio.Event()
        self.gate.set()

    async def __call__(self) -> Token:
        await self.gate.wait()
        self.given += 1
        if self.error:
            raise self.error
        return Token(f"T{self.given}", self.good_for_s)


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def tokens(source, monotonic) -> Tokens:
    return Tokens(source, monotonic, early_s=300.0)


async def test_a_token_serves_until_five_minutes_before_its_end(tokens, source, monotonic: HandMonotonic):
    await tokens.current()
    monotonic.now += 7200 - 301
    assert await tokens.current() == "T1"

    monotonic.now += 2

    assert await tokens.current() == "T2"
    assert source.given == 2


async def test_the_rest_of_a_token_is_used_up(tokens, source, monotonic: HandMonotonic):
    """Inside its validity the platform gives the same token again, with little time left."""
    source.good_for_s = 200.0
    await tokens.current()

    for _ in range(17):
        monotonic.now += 10
        await tokens.current()

    assert source.given == 1


async def test_spoiling_compares(tokens, source):
    """Only the token that was refused is forgotten, not the one fetched since."""
    old = await tokens.current()
    tokens.spoil(old)
    new = await tokens.current()
    tokens.spoil(old)

    assert await tokens.current() == new == "T2"
    assert source.given == 2


async def test_callers_share_one_fetch(tokens, source):
    source.gate.clear()
    callers = [asyncio.create_task(tokens.current()) for _ in range(50)]
    await asyncio.sleep(0)
    source.gate.set()

    assert set(await asyncio.gather(*callers)) == {"T1"}
    assert source.given == 1


async def test_a_caller_who_gives_up_costs_the_others_nothing(tokens, source):
    source.gate.clear()
    first, second = asyncio.create_task(tokens.current()), asyncio.create_task(tokens.current())
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    source.gate.set()

    assert await second == "T1"


async def test_a_failed_renewal_leaves_the_old_token(tokens, source, monotonic: HandMonotonic):
    """It is good for some minutes more; the next try is ten seconds away."""
    await tokens.current()
    monotonic.now += 7000
    source.error = AnswerLostError("wecom", "x")

    assert await tokens.current() == "T1"
    assert await tokens.current() == "T1"
    assert source.given == 2
    monotonic.now += 11
    source.error = None
    assert await tokens.current() == "T3"


async def test_without_a_good_token_a_failure_is_told(tokens, source, monotonic: HandMonotonic):
    await tokens.current()
    monotonic.now += 7300
    source.error = AnswerLostError("wecom", "x")

    with pytest.raises(AnswerLostError):
        await tokens.current()
    source.error = None
    assert await tokens.current() == "T3"


async def test_closing_stops_a_fetch(tokens, source):
    source.gate.clear()
    waiting = asyncio.create_task(tokens.current())
    await asyncio.sleep(0)

    await tokens.close()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert source.given == 0


def test_calls_are_counted_per_minute_and_path(monotonic: HandMonotonic):
    limits = CallLimits(monotonic, per_minute=2)
    limits.enter("/a")
    limits.enter("/a")
    limits.enter("/b")
    monotonic.now += 15

    with pytest.raises(PlatformBusyError) as caught:
        limits.enter("/a")

    assert caught.value.retry_after == timedelta(seconds=45)
    monotonic.now += 45
    limits.enter("/a")
