"""Random customers and messages, and how each reason is undone by changing the one thing it stands on."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.crm.company.touch import Caps, Touch
from bot.crm.touching import Intent, Purpose, Refusal
from bot.touch.facts import Facts, Waiting, Window
from bot.touch.ways import WAYS, Mode, Says, Way

ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Asia/Kolkata", "Pacific/Auckland")
CHANNELS = sorted({one.channel for one in WAYS.values()})
VERSIONS = sorted({one.version for one in WAYS.values()})
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def moment(chance: random.Random) -> datetime:
    return BEGIN + timedelta(minutes=chance.randrange(366 * 24 * 60))


def some(chance: random.Random, of: list[str], often: float) -> list[str]:
    return [one for one in of if chance.random() < often]


def policy(chance: random.Random) -> Touch:
    return Touch(
        caps=Caps(
            per_day=chance.choice((0, 1, 2)), per_week=chance.choice((0, 2, 4)),
            per_month=chance.choice((0, 4, 9)),
        ),
        caps_of={"sms": Caps(per_week=1)} if chance.random() < 0.5 else {},
        quiet=chance.choice(("21:00-09:00", "00:00-08:00", "22:30-07:15", "12:00-13:30")),
        put_off_days=chance.choice((0, 1, 3)),
        holidays=chance.choice(("rest", "as_usual")),
    )  # fmt: skip


def facts(chance: random.Random, now: datetime) -> Facts:
    """Mostly permitted, with one or two things in the way."""
    zone = chance.choice(ZONES)
    day = now.toordinal()
    often = chance.choice((0.5, 0.9, 1.0))
    counted = (
        {day + n: chance.choice((0, 0, 0, 1, 2)) for n in range(-31, 5)} if chance.random() < 0.6 else {}
    )
    windows = {
        one.key: Window(id=f"w{n}", expires_at=now + timedelta(minutes=chance.randrange(-60, 2000)),
                        remaining=chance.choice((0, 1, 5)))
        for n, one in enumerate(WAYS.values()) if one.mode is Mode.WINDOW and chance.random() < 0.6
    }  # fmt: skip
    return Facts(
        gone=chance.choice(("", "", "", "", "", "", "", "invalid")),
        has_owner=chance.random() < 0.8,
        is_closed=chance.random() < 0.05,
        content_purpose=chance.choice(("", "marketing", "reply", "transactional")),
        had_content_at=now - timedelta(days=chance.randrange(1, 400)) if chance.random() < 0.1 else None,
        zone=zone,
        on=frozenset(some(chance, CHANNELS, often)),
        addresses=frozenset(some(chance, CHANNELS, often)),
        texts={one: chance.choice(("text", "template", "both")) for one in some(chance, VERSIONS, often)},
        consents={one: chance.random() < 0.8 for one in some(chance, CHANNELS, often)},
        suppressed={
            one: chance.choice(("unsubscribed", "bounced", "complained", "vendor"))
            for one in some(chance, CHANNELS, 0.1)
        },
        windows=windows,
        grants={one.key: f"g-{one.key}" for one in WAYS.values()
                if one.mode is Mode.TOKEN and chance.random() < 0.5},
        counted=counted,
        counted_on={"sms": counted} if chance.random() < 0.3 else {},
        waiting=tuple(
            Waiting(touch_id=f"t{n}", channel=chance.choice(CHANNELS), day=day + n, priority=chance.randrange(3))
            for n in range(chance.choice((0, 0, 1, 3)))
        ),
        holidays=frozenset(day + n for n in range(-1, 20) if chance.random() < 0.15),
        policy=policy(chance),
    )  # fmt: skip


def intent(chance: random.Random, now: datetime) -> Intent:
    said = [*CHANNELS, *WAYS]
    return Intent(
        key="k", lead_id="L1", purpose=chance.choice(list(Purpose)),
        content=chance.choice(("news", "birthday")),
        channels=tuple(chance.sample(said, chance.randrange(0, 5))) if chance.random() < 0.7 else (),
        priority=chance.randrange(3),
        not_after=now + timedelta(hours=chance.randrange(-2, 90)) if chance.random() < 0.4 else None,
    )  # fmt: skip


def undone(  # noqa: PLR0911 - one for each reason
    why: Refusal, way: Way, wanted: Intent, known: Facts, now: datetime
) -> tuple[Intent, Facts]:
    """The same, but for the one input on which this reason stands."""
    channel = way.channel
    match why:
        case Refusal.NO_ADDRESS:
            return wanted, replace(known, addresses=known.addresses | {channel})
        case Refusal.NO_CONSENT:
            return wanted, replace(known, consents={**known.consents, channel: True})
        case Refusal.SUPPRESSED:
            free = {one: said for one, said in known.suppressed.items() if one != channel}
            agrees = (
                {**known.consents, channel: True} if known.consents.get(channel) is False else known.consents
            )
            return wanted, replace(known, suppressed=free, consents=agrees)
        case Refusal.CHANNEL_OFF:
            return wanted, replace(known, on=known.on | {channel})
        case Refusal.NO_TEXT:
            said = "template" if way.says is Says.TEMPLATE else "text"
            return wanted, replace(known, texts={**known.texts, way.version: said})
        case Refusal.NO_WINDOW:
            open_now = Window(id="w", expires_at=now + timedelta(hours=40), remaining=1)
            return wanted, replace(known, windows={**known.windows, way.key: open_now})
        case Refusal.NO_GRANT:
            return wanted, replace(known, grants={**known.grants, way.key: "g"})
        case Refusal.CAPPED:
            return wanted, replace(known, counted={}, counted_on={})
        case Refusal.TOO_LATE:
            rules = known.policy.model_copy(update={"put_off_days": 30, "holidays": "as_usual"})
            return wanted._replace(not_after=None), replace(known, policy=rules)
        case _:
            return wanted, known
