"""What single readers of a group's card see waits in the store with it."""

from __future__ import annotations

import orjson
import pytest

from bot.chat.card import Button, Card
from bot.chat.outbound import CardView, SendCard, UpdateCard
from bot.chat.spelling import read, spell
from bot.crm.commands import ClaimLead

FACE = Card(kind="t", title="新线索", buttons=(Button("领取", ClaimLead("L7")),))
OWN = CardView("mei", Card(kind="t", title="你已领取"), ())


@pytest.mark.parametrize(
    "outgoing",
    [
        SendCard(to="g", card=FACE, card_key="k", buttons=("s",), group=True, views=(OWN,)),
        UpdateCard(to="g", card=FACE, card_key="k", buttons=("s",), code="", views=(OWN,)),
        UpdateCard(to="g", card=FACE, card_key="k", buttons=("s",), code=""),
    ],
)
def test_views_come_back_as_they_were(outgoing):
    assert read(orjson.loads(orjson.dumps(spell(outgoing)))) == outgoing
