"""A repeat is known by what lies in the database: also by a door that has just been opened."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.inbound import Delivery
from bot.store import inbox, open_store
from bot.web.callbacks import Callbacks
from tests.fakes import FakeAdapter


@pytest.mark.parametrize("doors", [2, 5])
async def test_the_same_delivery_at_one_door_after_the_other_is_one(sqlite_url, vault, clock, doors):
    """Each start of the program forgets everything but its database."""
    adapter, answers = FakeAdapter(), []
    for _ in range(doors):
        store = open_store(sqlite_url, unit_span=5)
        door = Callbacks(adapter=adapter, store=store, vault=vault, clock=clock, wake=lambda: None)
        for _ in range(2):
            accepted = adapter.receive(Delivery("POST", (), {}, b"m1"), now=clock())
            await door._keep(accepted)
            clock.push(timedelta(seconds=5))
        answers.append(await store.write(inbox.counts))
        await store.close()

    assert answers == [{"pending": 1}] * doors
