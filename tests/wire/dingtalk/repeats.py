"""Near twins, which are two deliveries, and repeats, which are one, at DingTalk's addresses."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace

import orjson

from tests.wire.dingtalk import genuine as g
from tests.wire.dingtalk.genuine import CARD, EVENT, Knock
from tests.wire.dingtalk.mutations import spelled
from tests.wire.repeats import Count
from tests.wire.room import Room

Pair = tuple[Knock, Knock]
#: Sent side by side: more of them and a slow machine says «not now».
_LINES = 24
_USERS = ("d-lina", "d-gao", "nobody")


def _other_words(n: int) -> Pair:
    return g.of_robot(g.message("d-lina", "帮助", f"w{n}a")), g.of_robot(
        g.message("d-lina", "帮助", f"w{n}b")
    )


def _other_case(n: int) -> Pair:
    return g.of_robot(g.message("d-lina", "帮助", f"c{n}x")), g.of_robot(
        g.message("d-lina", "帮助", f"c{n}X")
    )


def _other_person(n: int) -> Pair:
    return g.of_card(g.press("d-lina", f"a~{n}~x")), g.of_card(g.press("d-gao", f"a~{n}~x"))


def _other_card(n: int) -> Pair:
    return g.of_card(g.press("d-lina", f"b~{n}~x", "k1")), g.of_card(g.press("d-lina", f"b~{n}~x", "k2"))


def _other_button(n: int) -> Pair:
    return g.of_card(g.press("d-lina", f"a~{n}~y")), g.of_card(g.press("d-lina", f"b~{n}~y"))


def _other_event(n: int) -> Pair:
    same = {"userId": ["d-old"]}
    return g.of_event(g.event("user_leave_org", f"{n}a", **same)), g.of_event(
        g.event("user_leave_org", f"{n}b", **same)
    )


TWINS: tuple[Callable[[int], Pair], ...] = (
    _other_words, _other_case, _other_person, _other_card, _other_button, _other_event
)  # fmt: skip


def told(knock: Knock) -> bytes:
    """What it says, in one spelling."""
    data = orjson.loads(knock.body)
    if knock.door == EVENT:
        return spelled(orjson.loads(g.opened(data["encrypt"])))
    return spelled(data)


async def _sent(door: Room, knocks: list[Knock], count: Count) -> None:
    async def say(knock: Knock) -> None:
        line = door.connect()
        line.say(knock.wire())
        answer = await line.answer()
        line.hang_up()
        if answer is None or answer.status != 200 or not g.answered_well(knock.door, answer.body):
            count.failures.append(f"answered {answer}")

    for start in range(0, len(knocks), _LINES):
        await asyncio.gather(*(say(knock) for knock in knocks[start : start + _LINES]))
    count.sent += len(knocks)


async def twins(door: Room, pairs: int) -> Count:
    """Pairs that differ in one field, sent side by side: none may be taken for the other."""
    count = Count()
    await door.arrived()
    knocks = [knock for n in range(pairs) for knock in TWINS[n % len(TWINS)](n)]
    await _sent(door, knocks, count)
    arrived = sorted(spelled(orjson.loads(body)["data"]) for body in await door.arrived())
    count.meant, count.kept = len(knocks), len(arrived)
    if arrived != sorted(map(told, knocks)):
        count.failures.append(f"merged: {len(knocks)} sent, {len(arrived)} kept")
    return count


async def repeats(door: Room, n: int, *, seed: int = 1) -> Count:
    """Each delivery twice, newly signed each time: half of them at once, half later."""
    rng, count = random.Random(seed), Count()
    await door.arrived()
    knocks = [_one(rng, at) for at in range(n)]
    half = n // 2
    at_once = [*map(_again(rng), knocks), *map(_again(rng), knocks[:half])]
    rng.shuffle(at_once)
    await _sent(door, at_once, count)
    arrived = await door.arrived()
    await _sent(door, list(map(_again(rng), knocks[half:])), count)
    arrived += await door.arrived()
    count.meant, count.kept = n, len(arrived)
    if sorted(spelled(orjson.loads(body)["data"]) for body in arrived) != sorted(map(told, knocks)):
        count.failures.append(f"repeated: {n} sent twice, {len(arrived)} kept")
    return count


def _one(rng: random.Random, n: int) -> Knock:
    user = rng.choice(_USERS)
    return (
        g.of_robot(g.message(user, "帮助", f"r{n}")), g.of_card(g.press(user, f"r~{n}~z")),
        g.of_event(g.event("user_modify_org", f"r{n}", userId=[user])),
    )[n % 3]  # fmt: skip


def _again(rng: random.Random) -> Callable[[Knock], Knock]:
    def again(knock: Knock) -> Knock:
        stamp = str(int(g.STAMP) + rng.randint(-250_000, 250_000))
        if knock.door == EVENT:
            return g.of_event(
                g.opened(orjson.loads(knock.body)["encrypt"]), stamp=stamp, nonce=f"{rng.getrandbits(60)}"
            )
        return replace(knock, headers=g.card_headers(stamp) if knock.door == CARD else g.robot_headers(stamp))

    return again
