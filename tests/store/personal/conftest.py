"""Somebody who has lived with us, and a way to take him out."""

from __future__ import annotations

import pytest

from bot.crm.user import Role, User
from bot.store.personal import erase
from tests.store.personal.life import lived, staff
from tests.touch.house import company_of

ADMIN = User(id="itops", name="运维", role=Role.ADMIN, region="", team="", platform="wecom")


@pytest.fixture
def company(company):
    """With channels and contents."""
    return company_of(company)


@pytest.fixture
async def lead_id(unit):
    """His number, everything lived."""
    await unit(staff)
    return await lived(unit)


@pytest.fixture
def erased(unit):
    """`await erased(lead_id)`: all of it, unit by unit."""

    async def run(lead_id, reason="本人要求删除"):
        found = await unit(lambda desk: erase.begin(desk, lead_id, by=ADMIN, reason=reason))
        while isinstance(found, erase.Erasure) and await unit(lambda desk: erase.step(desk, found.lead_id)):
            pass
        return found

    return run
