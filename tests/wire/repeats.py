"""Near twins, that are two, and repeats, that are one: through the whole door and the inbox, in batches."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from tests.wire import genuine as g
from tests.wire.room import Line, Room

Pair = tuple[dict[str, str], dict[str, str]]
_LINES, _BATCH = 64, 256
_USERS = ("wx-lina", "wx-gao", "wx-chen", "wx-wang", "wx-liu", "wx-zhou")


def _number(n: int) -> str:
    return str(7_000_000_000_000_000_000 + n)


def _other_customer(n: int) -> Pair:
    return g.added("wx-lina", f"wmA{n}"), g.added("wx-lina", f"wmB{n}")


def _other_colleague(n: int) -> Pair:
    return g.added("wx-lina", f"wmC{n}"), g.added("wx-gao", f"wmC{n}")


def _other_case(n: int) -> Pair:
    return g.added("wx-lina", f"wmaX{n}"), g.added("wx-lina", f"wmAx{n}")


def _other_state(n: int) -> Pair:
    one = g.added("wx-lina", f"wmD{n}")
    return one, {**one, "State": "x"}


def _other_code(n: int) -> Pair:
    one = g.added("wx-lina", f"wmE{n}")
    return one, {**one, "WelcomeCode": "code"}


def _other_second(n: int) -> Pair:
    one = g.added("wx-lina", f"wmF{n}")
    return one, {**one, "CreateTime": str(int(g.STAMP) + 1)}


def _other_change(n: int) -> Pair:
    one = g.added("wx-lina", f"wmG{n}")
    return one, {**one, "ChangeType": "del_follow_user"}


def _other_message(n: int) -> Pair:
    return g.text("wx-lina", "帮助", _number(2 * n)), g.text("wx-lina", "帮助", _number(2 * n + 1))


def _other_user(n: int) -> Pair:
    return g.text("wx-lina", "帮助", _number(10**9 + n)), g.text("wx-gao", "帮助", _number(10**9 + n))


def _other_words(n: int) -> Pair:
    """Without a number, as some messages come: the words alone tell them apart."""
    return g.text("wx-lina", f"帮助 {n}", ""), g.text("wx-lina", f"帮助 {n} ", "")


def _other_press(n: int) -> Pair:
    return g.press("wx-lina", code=f"rc{n}a"), g.press("wx-lina", code=f"rc{n}b")


def _other_card(n: int) -> Pair:
    return g.press("wx-lina", card=f"card{n}", code="rc"), g.press("wx-lina", card=f"card{n}x", code="rc")


def _other_button(n: int) -> Pair:
    return g.press("wx-gao", f"a~{n}~x", code="c"), g.press("wx-gao", f"b~{n}~x", code="c")


def _other_menu(n: int) -> Pair:
    return g.event("click", "wx-lina", EventKey=f"a{n}"), g.event("click", "wx-lina", EventKey=f"b{n}")


def _other_event(n: int) -> Pair:
    one = g.event("enter_agent", "wx-lina", EventKey="", CreateTime=str(int(g.STAMP) + n))
    return one, {**one, "Event": "view"}


def _zero_in_front(n: int) -> Pair:
    return g.text("wx-lina", "帮助", f"8{n}"), g.text("wx-lina", "帮助", f"08{n}")


TWINS: tuple[Callable[[int], Pair], ...] = (
    _other_customer, _other_colleague, _other_case, _other_state, _other_code, _other_second, _other_change,
    _other_message, _other_user, _other_words, _other_press, _other_card, _other_button, _other_menu, _other_event,
    _zero_in_front,
)  # fmt: skip


@dataclass
class Count:
    """What was sent, and what was made of it."""

    sent: int = 0
    #: Deliveries that were to be kept, and that were.
    meant: int = 0
    kept: int = 0
    failures: list[str] = field(default_factory=list)


def _batched(those: Iterable[bytes], size: int) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    for one in those:
        batch.append(one)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


async def _sent(lines: list[Line], wires: list[bytes], count: Count) -> None:
    """Say them on many lines at once; each must be answered 200."""

    async def says(line: Line, share: list[bytes]) -> None:
        for wire in share:
            line.say(wire)
            answer = await line.answer()
            if answer is None or (answer.status, answer.body) != (200, b""):
                count.failures.append(f"answered {answer}")

    await asyncio.gather(*(says(line, wires[at :: len(lines)]) for at, line in enumerate(lines)))
    count.sent += len(wires)


async def twins(door: Room, pairs: int, *, seed: int = 1) -> Count:
    """Pairs that differ in one field, sent side by side: none may be taken for the other."""
    rng, count = random.Random(seed), Count()
    lines = [door.connect(f"203.0.113.{n}") for n in range(_LINES)]
    await door.arrived()
    every = (g.xml(one) for n in range(pairs) for one in TWINS[n % len(TWINS)](n))
    for batch in _batched(every, 2 * _BATCH):
        wires = [g.signed(g.sealed(plain, rng=rng), nonce=f"{rng.getrandbits(60)}").wire() for plain in batch]
        await _sent(lines, wires, count)
        arrived = await door.arrived()
        count.meant, count.kept = count.meant + len(batch), count.kept + len(arrived)
        if sorted(arrived) != sorted(batch):
            count.failures.append(f"merged: {len(batch)} sent, {len(arrived)} kept")
    return count


async def repeats(door: Room, n: int, *, seed: int = 1) -> Count:
    """Each delivery twice, newly sealed and signed each time: half of them at once, half later."""
    rng, count = random.Random(seed), Count()
    lines = [door.connect(f"203.0.113.{n}") for n in range(_LINES)]
    await door.arrived()
    messages = (
        g.xml(g.text(_USERS[at % 6], "帮助", _number(at)) if at % 2 else g.added("wx-lina", f"wmR{at}"))
        for at in range(n)
    )
    for batch in _batched(messages, _BATCH):
        half = len(batch) // 2
        both = [*batch, *batch[:half]]
        rng.shuffle(both)
        await _sent(lines, [_again(rng, plain) for plain in both], count)
        arrived = await door.arrived()
        await _sent(lines, [_again(rng, plain) for plain in batch[half:]], count)
        arrived += await door.arrived()
        count.meant, count.kept = count.meant + len(batch), count.kept + len(arrived)
        if sorted(arrived) != sorted(batch):
            count.failures.append(f"repeated: {len(batch)} sent twice, {len(arrived)} kept")
    return count


def _again(rng: random.Random, plain: bytes) -> bytes:
    """The same text under a fresh seal, nonce, second and signature, as the platform repeats it."""
    stamp = str(int(g.STAMP) + rng.randint(-250, 250))
    return g.signed(g.sealed(plain, rng=rng), nonce=f"{rng.getrandbits(60)}", stamp=stamp).wire()
