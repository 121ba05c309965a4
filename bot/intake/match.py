"""Whether we know somebody: by keys that are one person's alone, whose uniqueness decides."""

from __future__ import annotations

from dataclasses import dataclass

from bot.store import audit, incidents, lead_keys
from bot.store.desk import Desk
from bot.store.lead_keys import LeadKey
from bot.store.leads import Particulars


@dataclass(frozen=True, slots=True)
class Match:
    """Whose keys these are now."""

    lead_id: str
    is_known: bool
    #: Kinds of keys that are another lead's: they say nothing new of this one.
    foreign: frozenset[str] = frozenset()


def keys_of(desk: Desk, known: Particulars) -> tuple[LeadKey, ...]:
    """By what this person is found again."""
    return lead_keys.keys_of(
        desk.vault,
        phone=known.phone.reveal(),
        name=known.name,
        email=known.email.reveal(),
        external_id=known.external_id,
    )


async def find(desk: Desk, keys: tuple[LeadKey, ...]) -> str | None:
    """The earliest lead that has one of the keys; several leads are told of, never merged here."""
    found = await lead_keys.holders(desk.tx, keys)
    several = sorted(set(found.values()), key=_age)
    if len(several) > 1:
        await incidents.count(desk.tx, "lead.conflict", "keys_of_several", desk.now)
        await audit.note(
            desk,
            actor="system",
            action="lead.conflicted",
            of=f"lead:{several[0]}",
            **{f"{key.kind}_of": lead_id for key, lead_id in found.items()},
        )
    return several[0] if several else None


async def matched(desk: Desk, keys: tuple[LeadKey, ...], lead_id: str) -> str:
    """By which of the keys this lead was found: the phone if it was one of them."""
    found = await lead_keys.holders(desk.tx, keys)
    kinds = [key.kind for key, holder in found.items() if holder == lead_id]
    return "phone" if "phone" in kinds else next(iter(kinds), "")


async def find_or_take(desk: Desk, keys: tuple[LeadKey, ...]) -> Match:
    """The lead of these keys, or the id of one to be created, to which they belong from now on.

    Two people who send the same phone at once ask for one key; the database lets one have it,
    and the other finds that lead.
    """
    known = await find(desk, keys)
    if known is not None:
        return await _join(desk, keys, known)
    lead_id = f"L{await desk.tx.number('lead')}"
    taken: list[LeadKey] = []
    for key in keys:
        if await lead_keys.take(desk, key, lead_id):
            taken.append(key)
            continue
        faster = await find(desk, keys[len(taken) :])
        if faster is None:
            msg = "a key is taken, but by no lead"
            raise RuntimeError(msg)
        await lead_keys.move(desk.tx, taken, to=faster)
        return await _join(desk, keys, faster)
    return Match(lead_id, is_known=False)


async def _join(desk: Desk, keys: tuple[LeadKey, ...], lead_id: str) -> Match:
    """Let the keys that nobody has lead to `lead_id` too."""
    for key in keys:
        await lead_keys.take(desk, key, lead_id)
    held = await lead_keys.holders(desk.tx, keys)
    foreign = frozenset(key.kind for key, holder in held.items() if holder != lead_id)
    return Match(lead_id, is_known=True, foreign=foreign)


def _age(lead_id: str) -> int:
    """Ids count upwards, so the lowest is the earliest."""
    return int(lead_id[1:])
