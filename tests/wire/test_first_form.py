"""The first enquiry after a start waits for nothing that could have been done before."""

from __future__ import annotations

import gc

import orjson

from bot.app.warming import warm_up
from bot.kit.calendar import statutory
from bot.store.sqlite import _compiler
from tests.conftest import NOW
from tests.wire.room import Room, room


async def _enquires(door: Room, phone: str) -> None:
    body = orjson.dumps(
        {
            "name": "王伟",
            "phone": phone,
            "company": "云帆科技",
            "city": "上海",
            "source": "官网",
            "title": "总监",
        }
    )
    head = b"POST /forms/website HTTP/1.1\r\nHost: bot.example.cn\r\nContent-Type: application/json\r\n"
    answer = await door.knock(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert answer is not None
    assert answer.status == 200


async def test_the_first_form_compiles_nothing(sqlite_url, company):
    """Every statement on its way is compiled when the store opens, and no table of holidays is read."""
    _compiler.cache_clear()
    statutory.cache_clear()
    async with room(sqlite_url, company=company) as door:
        warm_up(company, NOW)
        try:
            compiler = _compiler()
            compiled, read = compiler.compiled, statutory.cache_info().misses
            assert compiled > 400

            await _enquires(door, "13800138001")

            assert compiler.compiled == compiled
            assert statutory.cache_info().misses == read == 3
            assert gc.get_freeze_count() > 100_000
        finally:
            gc.unfreeze()


async def test_a_second_order_of_columns_is_no_second_statement(lite):
    """What is inserted is the same, whichever column is named first."""
    from bot.store.tables.quality import uncompared

    compiler = _compiler()
    keys = tuple(column.name for column in uncompared.c)
    one = compiler.insert(uncompared, keys, or_nothing=True)

    assert compiler.insert(uncompared, keys[::-1], or_nothing=True) is one
    assert compiler.insert(uncompared, keys, or_nothing=False) is not one
