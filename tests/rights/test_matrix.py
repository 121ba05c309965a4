"""Role by chat by command by object: who is not named in the matrix changes nothing and learns nothing."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from collections.abc import Iterable

import pytest

from bot import crm
from bot.chat.inbound import PRIVATE
from bot.crm.commands import BindGroup, FreeGroup
from bot.handlers import Scope
from bot.kit.wire import registered
from tests.handlers.workday import ROUTER
from tests.rights.expected import EXPECTED, NOBODY, TOLD_TO_GROUPS
from tests.rights.house import AMOUNT, GROUP, PEOPLE, SECRETS, House, Outcome, contents
from tests.rights.tries import TRIES
from tests.wire.genuine import AES_KEY, SECRET, TOKEN

#: Before others all that matters is said alone: these five stand for the ten.
IN_GROUPS = ("owner", "colleague", "manager", "director", "marketer")
IN_SEGMENT = {
    "owner": {"L1", "L2"},
    "colleague": {"L5"},
    "manager": {"L1", "L2", "L3", "L5"},
    "other_manager": {"L4"},
    "director": set(SECRETS),
    "executive": set(SECRETS),
}
#: What happens by itself, and can be sent by no person.
_SIGNAL = "signal."


def asked() -> set[type[object]]:
    """Every command on the wire that a person can send, whichever module of the room has it."""
    for info in pkgutil.iter_modules(crm.__path__):
        importlib.import_module(f"{crm.__name__}.{info.name}")
    return {
        kind
        for name, kind in registered().items()
        if kind.__module__.startswith(f"{crm.__name__}.") and not name.startswith(_SIGNAL)
    }


def test_every_command_stands_in_the_matrix():
    """A new command makes somebody decide who may do what with it."""
    assert {type(command) for command in TRIES.values()} == asked()
    assert set(EXPECTED) == set(TRIES)


def own_words(command: object) -> Iterable[str]:
    """What he said himself may be said back to him."""
    return [str(value) for value in dataclasses.astuple(command)]


def secrets_told(words: str, command: object) -> dict[str, list[str]]:
    """Which secrets of whom these words give away."""
    for own in own_words(command):
        words = words.replace(own, "") if len(own) > 1 else words
    said = {
        whose: [
            one for one in (*secret.words(), *secret.numbers()) if one in words and not is_own(one, command)
        ]
        for whose, secret in SECRETS.items()
    }
    if any(one in words for one in AMOUNT):
        said["L2"] = [*said["L2"], "amount"]
    return {whose: those for whose, those in said.items() if those}


def is_own(secret: str, command: object) -> bool:
    return any(secret in own or own.endswith(secret) for own in own_words(command))


def breaches(name: str, who: str, outcome: Outcome, *, in_group: bool) -> list[str]:
    """What this outcome has that the matrix does not give."""
    right, command = EXPECTED[name], TRIES[name]
    found = []
    does, meets = who in right.doers(in_group=in_group), who in right.meeters(in_group=in_group)
    changed = set(outcome.changed) - ({"collisions"} if meets else set())
    if changed and not does:
        found.append(f"changed {changed}")
    if meets and "collisions" not in outcome.changed:
        found.append("left no row that they met")
    if does and not outcome.changed:
        found.append("was not let do it")
    heard = "\n".join((outcome.told(), outcome.said_to(f"wx-{PEOPLE[who].id}")))
    told = secrets_told(heard, command)
    allowed = {right.of} if who in right.viewers() else set()
    # What is his own, or lies in his pool, he sees in his lists besides.
    allowed |= {"L5"} if who == "colleague" and name in {"my leads", "pull an asset"} else set()
    allowed |= {"L3", "L4"} if name == "pool" and who in {"director", "executive"} else set()
    allowed |= {"L4"} if name == "pool" and who in {"elsewhere", "other_manager"} else set()
    # A segment shows some of the leads that are his to see; to a marketer nobody.
    allowed |= IN_SEGMENT.get(who, set()) if name in {"segment", "quality rows"} else set()
    allowed |= {"L2"} if name in {"ask to merge L1 L2", "merge L1 L2"} and who in right.viewers() else set()
    # What he did himself today, or waits for him, names his own customers.
    if name in {"morning list", "report of the day"}:
        allowed |= {"owner": {"L1", "L2"}, "colleague": {"L5"}}.get(who, set())
    # What was lost in his region, and whom nobody followed up, is named to who leads it.
    allowed |= {"L2"} if name.startswith("recap of") and who in right.viewers() else set()
    if set(told) - allowed:
        found.append(f"told {told}")
    if name == "reveal L1" and who != "owner" and any(one in heard for one in SECRETS["L1"].numbers()):
        found.append("told a number")
    found += to_groups(name, outcome, in_group=in_group)
    if (
        right.leaves_row
        and who not in right.viewers()
        and not ROUTER.route(command).reads
        and not outcome.audited
    ):
        found.append("left no row")
    return [f"{who}, {name}, {'in a group' if in_group else 'alone'}: {one}" for one in found]


def to_groups(name: str, outcome: Outcome, *, in_group: bool) -> list[str]:
    """No group ever reads a secret: neither the one he spoke in, nor another."""
    found = []
    for to, is_group, words in outcome.sent:
        if not is_group:
            continue
        told = secrets_told(words, TRIES[name])
        told = {
            whose: [one for one in those if one not in TOLD_TO_GROUPS.get(name, ())]
            for whose, those in told.items()
        }
        if any(told.values()):
            found.append(f"group {to} reads {told}")
    if in_group and outcome.reply is not None and outcome.told() and not outcome.sent:
        found.append("answered nowhere")
    return found


@pytest.mark.parametrize("who", [name for name in PEOPLE if name not in NOBODY])
async def test_alone_everybody_gets_what_is_his(house: House, who: str, capfd: pytest.CaptureFixture[str]):
    """Every command on every object by each role: as the matrix says, to the letter."""
    found = []
    for name, command in TRIES.items():
        found += breaches(name, who, await house.tries(PEOPLE[who], command), in_group=False)

    assert found == []
    nothing_logged(capfd)


@pytest.mark.parametrize("who", IN_GROUPS)
async def test_before_others_nothing_is_told(house: House, who: str, capfd: pytest.CaptureFixture[str]):
    """The same in a group: the same rights, and not one secret in it, the owner's own neither."""
    found = []
    for name, command in TRIES.items():
        outcome = await house.tries(PEOPLE[who], command, chat=GROUP)
        found += breaches(name, who, outcome, in_group=True)

    assert found == []
    nothing_logged(capfd)


@pytest.mark.parametrize("chat", [PRIVATE, GROUP])
async def test_who_has_left_does_nothing_about_others(house: House, chat: str):
    """Even if he came past the door: no command about a lead, a task or a deal works."""
    found = []
    for name, command in TRIES.items():
        if name not in {"plan alone", "duty", "leave"}:
            found += breaches(
                name, "left", await house.tries(PEOPLE["left"], command, chat=chat), in_group=chat != PRIVATE
            )

    assert found == []


@pytest.mark.parametrize("who", ["colleague", "other_manager"])
async def test_a_press_gives_no_more_than_a_word(house: House, who: str):
    """The same commands from a button, as somebody has whose card is old."""
    found = []
    for name, command in TRIES.items():
        found += breaches(name, who, await house.tries(PEOPLE[who], command, tapped=True), in_group=False)

    assert found == []


async def test_a_group_is_freed_by_who_may_bind_it(house: House):
    """Whoever leads another region, sells or advertises leaves it as it is."""
    request = BindGroup("华东大区")
    await house.day.unit(
        lambda desk: ROUTER.route(request).handler(
            request, Scope(desk, PEOPLE["manager"], chat=GROUP, platform="wecom")
        )
    )
    house.before = await house.day.unit(contents)
    freed = {who for who in PEOPLE if (await house.tries(PEOPLE[who], FreeGroup(), chat=GROUP)).changed}

    assert freed == {"manager", "director", "executive", "admin"}


def nothing_logged(capfd: pytest.CaptureFixture[str]) -> None:
    """Ids only: no name, number, word or key is in the log."""
    logged = "".join(capfd.readouterr())
    secrets = [one for secret in SECRETS.values() for one in (*secret.words(), *secret.numbers())]
    spelled = [ascii(one)[1:-1] for one in secrets]
    assert [one for one in (*secrets, *spelled, TOKEN, AES_KEY, SECRET) if one in logged] == []
