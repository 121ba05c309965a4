"""From when the first-response clock runs, and until when."""

from __future__ import annotations

from datetime import timedelta

from bot.assignment.clock import due_at, is_answered, remind_at, runs_from
from bot.crm.lead import Lead, LeadStatus


def lead(now, **known):
    given = {"id": "L1", "status": LeadStatus.ASSIGNED, "name": "", "company": "", "created_at": now}
    return Lead(**{**given, "owner_id": "zhangsan", "owned_at": now, "waiting_since": now, **known})


def test_an_owner_counts_from_the_moment_he_got_it(company, now):
    """Not from the customer's enquiry the evening before, which he could not know of."""
    found = lead(now, waiting_since=now - timedelta(days=1))

    assert runs_from(found) == now
    assert due_at(company, found) == now + timedelta(minutes=120)
    assert remind_at(company, found) == now + timedelta(minutes=30)


def test_a_new_enquiry_starts_the_clock_again(company, now):
    """What he did before does not answer it."""
    later = now + timedelta(minutes=60)
    found = lead(now, waiting_since=later, last_follow_up_at=now + timedelta(minutes=5))

    assert runs_from(found) == later
    assert not is_answered(found)


def test_what_the_owner_before_did_is_no_answer_of_the_present_one(now):
    """The customer waits for the one who has the lead now."""
    assert not is_answered(lead(now, last_follow_up_at=now - timedelta(days=2), waiting_since=None))
    assert is_answered(lead(now, last_follow_up_at=now))


def test_nobody_owes_an_answer_to_a_closed_lead(company, now):
    """Invalid and converted leads have no clock, nor has one that is still nurtured."""
    for status in (LeadStatus.INVALID, LeadStatus.CONVERTED):
        assert due_at(company, lead(now, status=status)) is None
        assert remind_at(company, lead(now, status=status)) is None
    assert due_at(company, lead(now, status=LeadStatus.NEW, owner_id=None, owned_at=None)) is None


def test_a_lead_in_a_pool_shows_until_when_its_customer_should_hear(company, now):
    """An old one whose customer was answered has no deadline in the past."""
    waiting = lead(now, status=LeadStatus.OFFERED, owner_id=None, owned_at=None)
    answered = lead(
        now,
        status=LeadStatus.RECYCLED,
        owner_id=None,
        owned_at=None,
        last_follow_up_at=now + timedelta(hours=1),
    )

    assert due_at(company, waiting) == now + timedelta(minutes=120)
    assert due_at(company, answered) is None
