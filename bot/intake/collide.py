"""Two of us meet one customer (撞单): the second hears at once whose he is, and the first that he was met."""

from __future__ import annotations

from dataclasses import dataclass

from bot.assignment.access import held
from bot.cards.texts import quality as texts
from bot.chat.outbound import Notice
from bot.crm.lead import Lead
from bot.crm.user import User
from bot.intake.clean.company import company_key
from bot.intake.clean.email import read_email
from bot.intake.clean.phone import read_phone
from bot.store import collisions, lead_hints, lead_keys, leads, outbox
from bot.store.desk import Desk

#: Of one firm or switchboard.
AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Hit:
    """A lead that we have, and by what it was recognised."""

    lead: Lead
    matched: str


async def look_up(desk: Desk, said: str) -> tuple[Hit, ...]:
    """Whose phone, address or firm this is: exactly one by a person's own key, several by what they share."""
    phone, email = read_phone(said), read_email(said)
    if phone is not None and lead_keys.is_shared(phone.reveal()):
        hints = lead_hints.hints_of(desk.vault, phone=phone.reveal())
        those = await lead_hints.sharing(desk.tx, "landline", hints["landline"], most=AT_MOST)
        return tuple([Hit(await leads.get(desk.tx, one), "landline") for one in those])
    keys = lead_keys.keys_of(
        desk.vault, phone=phone.reveal() if phone else "", email=email.reveal() if email else ""
    )
    for key, lead_id in (await lead_keys.holders(desk.tx, keys)).items():
        found = await leads.find(desk.tx, lead_id)
        return (Hit(found, key.kind),) if found is not None else ()
    if phone is not None or email is not None:
        return ()
    firm = await leads.of_company(desk.tx, company_key(said), most=AT_MOST)
    return tuple(Hit(lead, "company") for lead in firm)


async def met(desk: Desk, lead: Lead, by: User, *, matched: str, how: str) -> None:
    """Write it down, and tell whose customer it is, once a day for each colleague."""
    if lead.owner_id == by.id:
        return
    await collisions.note(desk, lead, by, matched=matched, how=how)
    found = await held(desk, lead.id)
    if found is None or found.owner is None or not found.owner.active:
        return
    day = desk.now.astimezone(desk.company.org.zone).date().isoformat()
    said = texts.MET.format(
        name=by.name, how=texts.HOW[how], lead_id=lead.id, matched=texts.MATCHED.get(matched, matched)
    )
    key = f"collision:{lead.id}:{by.id}:{how}:{day}"
    await outbox.post(desk, Notice(to=found.owner.id, key=key, text=said, topic=lead.topic))
