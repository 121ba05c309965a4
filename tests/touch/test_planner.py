"""The decision table, row by row; and every decision made again from what was kept with it."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from bot.crm.company.touch import Caps, Touch
from bot.crm.touching import Intent, Purpose, Refusal
from bot.touch import facts as spelling
from bot.touch.facts import Facts, Window
from bot.touch.planner import permitted, plan
from bot.touch.ways import ORDERS, WAYS, label, named
from tests.touch import samples

MARKETING, REPLY, SERVICE, ADDED = Purpose.MARKETING, Purpose.REPLY, Purpose.TRANSACTIONAL, Purpose.ADDED
#: A Wednesday, ten in the morning in Shanghai.
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
ALL = frozenset(samples.CHANNELS)
OPEN = Facts(
    on=ALL, addresses=ALL, texts=dict.fromkeys(samples.VERSIONS, "both"), consents=dict.fromkeys(ALL, True),
    windows={key: Window(id=key, expires_at=NOW + timedelta(hours=1), remaining=1) for key in WAYS},
    grants={key: key for key in WAYS}, policy=Touch(),
)  # fmt: skip


def wanted(purpose: Purpose = MARKETING, *channels: str, **more: object) -> Intent:
    return Intent(key="k", lead_id="L1", purpose=purpose, content="news", channels=channels, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("way", sorted(WAYS))
@pytest.mark.parametrize("purpose", list(Purpose))
def test_each_way_is_for_its_purposes_alone(purpose, way):
    """Marketing never goes by template or notice, a service notice never by mass sending."""
    found = permitted(WAYS[way], wanted(purpose), OPEN, NOW)

    assert (found is Refusal.NOT_FOR_PURPOSE) == (purpose not in WAYS[way].purposes)


def test_marketing_never_goes_by_a_service_notice():
    """Rows 10 and 17 of the table, however it is asked for."""
    for said in ("wechat_official.template", "sms.notice", "wechat_official.subscribe"):
        decision = plan(wanted(MARKETING, said), OPEN, NOW)
        assert decision.way is None
        assert decision.skipped == {said: Refusal.NOT_FOR_PURPOSE}


@pytest.mark.parametrize(
    ("purpose", "order"),
    [
        (REPLY, ["wechat_service.message", "wechat_official.message", "mini_program.message",
                 "wecom.group_send", "email.service"]),
        (SERVICE, ["wechat_official.template", "wechat_official.subscribe", "mini_program.subscribe",
                   "sms.notice", "email.service"]),
        (MARKETING, ["wecom.group_send", "email.marketing", "sms.marketing", "wechat_official.mass"]),
        (ADDED, ["wecom.welcome", "wecom.group_send"]),
    ],
)  # fmt: skip
def test_the_usual_order(purpose, order):
    """The first that is permitted; as each is taken away, the next; at last the owner."""
    known = OPEN
    for n, key in enumerate(order):
        decision = plan(wanted(purpose), known, NOW)
        assert decision.way is not None
        assert decision.way.key == key
        assert list(decision.skipped) == order[:n]
        before = {**known.before, key: "failed"}
        known = replace(known, before=before)
    assert plan(wanted(purpose), known, NOW).gives_to_rep


def test_who_was_just_added_is_asked_the_next_morning():
    """The welcome was missed: not the same evening."""
    decision = plan(wanted(ADDED), replace(OPEN, windows={}), NOW)

    assert decision.way is not None
    assert decision.at == datetime(2026, 11, 19, 1, 0, tzinfo=UTC)


def test_an_answer_goes_at_midnight():
    """He wrote just now, so he is not disturbed; an advertisement waits until nine."""
    late = datetime(2026, 11, 18, 15, 30, tzinfo=UTC)
    known = replace(
        OPEN,
        windows={"wechat_service.message": Window(id="w", expires_at=late + timedelta(days=1), remaining=1)},
    )

    assert plan(wanted(REPLY), known, late).at == late
    assert plan(wanted(MARKETING, "email"), known, late).at == datetime(2026, 11, 19, 1, 0, tzinfo=UTC)


def test_quiet_hours_are_those_of_his_own_zone():
    """Ten in Shanghai is the evening before in New York, nine at night: quiet."""
    decision = plan(wanted(MARKETING, "email"), replace(OPEN, zone="America/New_York"), NOW)

    assert decision.at == datetime(2026, 11, 18, 14, 0, tzinfo=UTC)


def test_sms_keeps_to_narrower_hours():
    """Not after eight in the evening, not before nine."""
    evening = datetime(2026, 11, 18, 12, 30, tzinfo=UTC)

    assert plan(wanted(MARKETING, "email"), OPEN, evening).at == evening
    assert plan(wanted(MARKETING, "sms"), OPEN, evening).at == datetime(2026, 11, 19, 1, 0, tzinfo=UTC)


def test_marketing_rests_on_holidays_and_a_notice_does_not():
    """The next day that is none; a day of rest further than it may be put off ends it."""
    day = NOW.date().toordinal()
    rest = replace(OPEN, holidays=frozenset({day, day + 1}))

    assert plan(wanted(MARKETING, "email"), rest, NOW).at == datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
    assert plan(wanted(SERVICE, "email"), rest, NOW).at == NOW
    long = replace(OPEN, holidays=frozenset(range(day, day + 8)))
    assert plan(wanted(MARKETING, "email"), long, NOW).reason is Refusal.TOO_LATE


def test_zero_is_no_limit():
    """A cap of nought was taken for a limit by others."""
    many = dict.fromkeys(range(NOW.toordinal() - 40, NOW.toordinal() + 5), 9)
    known = replace(OPEN, counted=many, policy=Touch(caps=Caps()))

    assert plan(wanted(MARKETING, "email"), known, NOW).at == NOW


def test_a_span_of_days_around_counts():
    """Three planned for later this week leave no room today, since they would be four in seven days."""
    day = NOW.toordinal()
    rules = Touch(caps=Caps(per_week=3))
    known = replace(OPEN, counted={day + 2: 1, day + 3: 1, day + 4: 1}, policy=rules)

    assert plan(wanted(MARKETING, "email"), known, NOW).reason is Refusal.CAPPED


def test_the_same_content_goes_once_and_a_birthday_each_year():
    """By content it may be said after how many days."""
    had = replace(OPEN, had_content_at=NOW - timedelta(days=365))
    yearly = replace(had, policy=Touch(again_after_days={"news": 300}))

    assert plan(wanted(MARKETING, "email"), had, NOW).reason is Refusal.SAME_CONTENT
    assert plan(wanted(MARKETING, "email"), yearly, NOW).at == NOW
    assert plan(wanted(SERVICE, "email"), had, NOW).at == NOW


def test_who_unsubscribed_still_gets_his_notice_and_who_bounced_does_not():
    """He ended advertising; the other address does not work."""
    left = replace(OPEN, suppressed={"email": "unsubscribed"})
    dead = replace(OPEN, suppressed={"email": "bounced"})

    assert plan(wanted(SERVICE, "email"), left, NOW).at == NOW
    assert plan(wanted(MARKETING, "email"), left, NOW).reason is Refusal.SUPPRESSED
    assert plan(wanted(SERVICE, "email"), dead, NOW).gives_to_rep


def test_a_channel_that_has_nothing_for_a_purpose_says_so():
    """By the channel's own name."""
    assert named(MARKETING, "wechat_service") == ()
    assert plan(wanted(MARKETING, "wechat_service"), OPEN, NOW).skipped == {
        "wechat_service": Refusal.NOT_FOR_PURPOSE
    }


def test_every_way_of_the_usual_orders_is_for_that_purpose():
    """Nothing is tried in vain."""
    assert all(purpose in WAYS[key].purposes for purpose, keys in ORDERS.items() for key in keys)


@pytest.mark.parametrize("seed", range(20))
def test_a_decision_is_the_same_again_from_what_was_kept(seed):
    """Through JSON and back: the same way, moment, reasons, all of it."""
    chance = random.Random(f"again:{seed}")
    for _ in range(100):
        now = samples.moment(chance)
        asked, known = samples.intent(chance, now), samples.facts(chance, now)
        kept = orjson.loads(orjson.dumps([spelling.spell_intent(asked), spelling.spelled(known)]))
        rules = Touch.model_validate(orjson.loads(known.policy.model_dump_json()), strict=False)
        again = plan(spelling.read_intent("k", "L1", kept[0]), spelling.read(kept[1], rules), now)
        assert again == plan(asked, known, now)


@pytest.mark.parametrize("seed", range(20))
def test_undoing_what_decided_undoes_the_decision(seed):
    """Whatever is named as the reason: change that one input, and it is not the reason any more."""
    chance = random.Random(f"flip:{seed}")
    flipped: set[Refusal] = set()
    for _ in range(100):
        now = samples.moment(chance)
        asked, known = samples.intent(chance, now), samples.facts(chance, now)
        decision = plan(asked, known, now)
        for key, why in decision.skipped.items():
            if key not in WAYS or why is Refusal.NOT_FOR_PURPOSE:
                continue
            other = plan(*samples.undone(why, WAYS[key], asked, known, now), now)
            assert other.skipped.get(key) is not why, (key, why)
            flipped.add(why)
        if decision.way is not None:
            gone = replace(known, gone="invalid")
            assert plan(asked, gone, now).way is None
            off = replace(known, on=known.on - {decision.way.channel})
            assert plan(asked, off, now).skipped[decision.way.key] is Refusal.CHANNEL_OFF
    assert len(flipped) >= 6


@pytest.mark.parametrize("seed", range(10))
def test_what_is_decided_keeps_every_rule(seed):
    """Against rules spelled out plainly here: hours minute by minute, caps in every span, consent, time."""
    chance = random.Random(f"rules:{seed}")
    for _ in range(150):
        now = samples.moment(chance)
        asked, known = samples.intent(chance, now), samples.facts(chance, now)
        decision = plan(asked, known, now)
        assert (decision.way is not None) + decision.gives_to_rep + (
            decision.reason is not None and not decision.gives_to_rep
        ) == 1
        if decision.way is None or decision.at is None:
            continue
        is_marketing = MARKETING in (asked.purpose, known.content_purpose)
        assert decision.at >= now
        assert asked.not_after is None or now <= asked.not_after
        put_off = now + timedelta(days=known.policy.put_off_days, hours=12)
        assert decision.at <= max(put_off, asked.not_after or put_off)
        assert not (is_marketing and not known.consents[decision.way.channel])
        if is_marketing and not decision.displaces:
            days = {**known.counted}
            assert decision.day is not None
            days[decision.day] = days.get(decision.day, 0) + 1
            for most, span in known.policy.caps.spans():
                for first in range(decision.day - span + 1, decision.day + 1):
                    assert sum(days.get(one, 0) for one in range(first, first + span)) <= most


def test_a_channel_as_a_whole_is_called_as_people_call_it(company):
    """No key is ever read by anybody."""
    titles = {one.key: one.name for one in company.channels.channels}

    assert {way.channel: label(way.channel) for way in WAYS.values()} == titles
