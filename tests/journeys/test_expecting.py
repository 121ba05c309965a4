"""What came while somebody waited for something else is there when he comes to wait for it."""

from __future__ import annotations

import pytest

from bot.crm.touching import NotSent
from bot.journeys.course import course
from bot.journeys.imagined import Answered, Happening
from bot.journeys.person import Person
from bot.journeys.simulate import Simulation
from tests.conftest import NOW
from tests.journeys.fleet import with_journeys
from tests.journeys.test_touched import Ledger
from tests.journeys.walking import DAY, ON_FORM, did

OPENED = {"wait_for": {"event": "mail_opened"}, "within": "5天", "then": [{"exit": "opened"}]}
LATER = [{"touch": "a"}, {"wait": "1天"}, OPENED, {"exit": "not opened"}]
REPLIED = {"wait_for": {"event": "message_replied"}, "within": "5天", "then": [{"exit": "replied"}]}
EITHER = [
    {"touch": "a"},
    {"wait_for": {"event": "mail_opened"}, "within": "2天", "else": [REPLIED]},
    {"exit": "not replied"},
]
TWICE = [
    {"touch": "a"},
    {"wait": "1天"},
    {"wait_for": {"event": "link_clicked"}, "within": "1天", "then": [
        {"wait_for": {"event": "link_clicked"}, "within": "1天", "then": [{"exit": "twice"}]},
    ]},
    {"exit": "once"},
]  # fmt: skip
AGAIN = [{"touch": "a"}, {"wait": "1天"}, {"touch": "b"}, {"wait": "1天"}, OPENED, {"exit": "not opened"}]


async def lived(store, company, steps, *what, says=None):
    """On which day his way ended, and how: as it happened."""
    ledger = Ledger(store, with_journeys(company, {"one": {"enter": ON_FORM, "steps": steps}}), NOW)
    if says is not None:
        ledger.says = says
    await ledger.lead("L1")
    await ledger.define()
    await did(ledger, "form", "whitepaper")
    for day, event in what:
        await ledger.pass_until(NOW + day * DAY)
        await did(ledger, "event", event)
    await ledger.pass_until(NOW + 12 * DAY)
    [(_, _, made)] = await ledger.ways()
    return [((at - NOW) / DAY, note) for at, _, _, outcome, note in made if outcome == "exit"]


async def foretold(company, steps, *what, note="email"):
    """The same, as it is simulated."""
    own = with_journeys(company, {"one": {"enter": ON_FORM, "steps": steps}})

    async def said(asked):
        return Answered(note, None, asked.at, note)

    person = Person("L1", own, {"created_at": NOW, "status": "new"})
    ways = {key: course(key, 1, made) for key, made in own.journeys.items()}
    first = Happening(NOW, "form", "whitepaper")
    those = [first, *(Happening(NOW + day * DAY, "event", event) for day, event in what)]
    lines = await Simulation(own, person, ways, planner=said).play(those, begins_at=NOW, until=NOW + 12 * DAY)
    return [((one.at - NOW) / DAY, one.note) for one in lines if one.outcome == "exit"]


@pytest.mark.parametrize(
    ("steps", "what", "ends"),
    [
        pytest.param(LATER, [(0.5, "mail_opened")], (1, "opened"), id="opened in the wait before"),
        pytest.param(LATER, [(2, "mail_opened")], (2, "opened"), id="opened in its own wait"),
        pytest.param(LATER, [], (6, "not opened"), id="never opened"),
        pytest.param(
            EITHER, [(1, "message_replied")], (2, "replied"), id="replied while opening was waited for"
        ),
        pytest.param(TWICE, [(0.5, "link_clicked")], (2, "once"), id="one click counts for one wait"),
        pytest.param(TWICE, [(0.5, "link_clicked"), (1.5, "link_clicked")], (1.5, "twice"), id="two clicks"),
        pytest.param(AGAIN, [(0.5, "mail_opened")], (7, "not opened"), id="of the message before"),
    ],
)
async def test_what_came_before_he_waited_counts(store, company, steps, what, ends):
    """Since his last message; for one wait alone; simulated as it happens."""
    assert await lived(store, company, steps, *what) == [ends]
    assert await foretold(company, steps, *what) == [ends]


async def test_what_was_never_sent_is_not_waited_for_after_a_day_either(store, company):
    """Refused when it was asked for, then a day's wait: he passes the wait for its opening at once."""
    assert await lived(store, company, LATER, says=NotSent) == [(1, "not opened")]
    assert await foretold(company, LATER, note="not_sent:no_consent") == [(1, "not opened")]


async def test_who_did_it_after_all_did_it(store, company):
    """An opening that is heard of wins over a message that did not go, as far as we know."""
    assert await lived(store, company, LATER, (0.5, "mail_opened"), says=NotSent) == [(1, "opened")]
