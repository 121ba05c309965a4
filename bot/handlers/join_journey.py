"""Put a lead into a journey by hand, take it out, or see which it is in: whoever works on it."""

from __future__ import annotations

from bot.assignment.access import held
from bot.cards import journey as cards
from bot.cards import lead_gone, lead_journeys
from bot.cards.texts import journeys as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.company.journey_triggers import Manual
from bot.crm.company.journeys import Journey
from bot.crm.journey_commands import JoinJourney, QuitJourney
from bot.crm.lead import Lead
from bot.crm.rights import may_work
from bot.handlers import Scope
from bot.journeys import publishing, wording
from bot.journeys.admission import NotAdmitted
from bot.journeys.book import Shelf, open_book
from bot.journeys.entering import Occasion, enter, known_of, leave
from bot.kit.yaml_model import similar
from bot.store import enrollments, subjects
from bot.store.enrollments import DONE

router: Router[Scope] = Router()


@router.on(JoinJourney)
async def on_join_journey(command: JoinJourney, scope: Scope) -> Reply:
    """By its own rules: who may not enter is told why."""
    name = command.name or scope.chosen(lead_journeys.KEY)
    if not name:
        return await _looked(scope, command.lead_id, "journey.join")
    lead = await _lead(scope, command.lead_id, "journey.join")
    if lead is None:
        return Reply(text=texts.NOT_YOURS.format(lead=command.lead_id))
    found = await _meant(scope, name)
    if isinstance(found, Reply):
        return found
    key, one = found
    return await _enter(scope, lead, key, one)


async def _enter(scope: Scope, lead: Lead, key: str, one: Journey) -> Reply:
    if not _by_hand(one):
        return Reply(text=texts.NOT_BY_HAND.format(journey=one.name))
    desk = scope.desk
    book = await open_book(desk.tx, Shelf(), hold=True)
    if key not in book.open:
        return Reply(text=texts.NOT_RUNNING.format(journey=one.name))
    stamp = desk.now.isoformat()
    slot = stamp if book.open[key].journey.business_key else ""
    known = await known_of(desk, [lead.id])
    occasion = Occasion(lead.id, f"manual:{stamp}", slot)
    (entered,) = await enter(desk, book, book.open[key], [occasion], known)
    if isinstance(entered, NotAdmitted):
        why = texts.NOT_ADMITTED[entered.value]
        return await _said(scope, lead, texts.REFUSED.format(lead=lead.id, journey=one.name, why=why))
    return await _said(scope, lead, texts.JOINED.format(lead=lead.id, journey=one.name))


@router.on(QuitJourney)
async def on_quit_journey(command: QuitJourney, scope: Scope) -> Reply:
    """Out at once; or where it is."""
    if not command.name:
        return await _looked(scope, command.lead_id, "journey.quit")
    lead = await _lead(scope, command.lead_id, "journey.quit")
    if lead is None:
        return Reply(text=texts.NOT_YOURS.format(lead=command.lead_id))
    found = await _meant(scope, command.name)
    if isinstance(found, Reply):
        return found
    key, one = found
    await open_book(scope.desk.tx, Shelf(), hold=True)
    gone = await leave(scope.desk, await known_of(scope.desk, [lead.id]), lead.id, key)
    said = texts.QUIT if gone else texts.NOT_IN
    return await _said(scope, lead, said.format(lead=lead.id, journey=one.name))


async def _looked(scope: Scope, lead_id: str, action: str) -> Reply:
    """For whoever may look at the lead; what he may not do has no button."""
    found = await held(scope.desk, lead_id)
    if found is None or not (found.is_of(scope.actor) or found.is_under(scope.actor)):
        await subjects.refused(scope.desk, scope.actor, action=action, of=f"lead:{lead_id}")
        # The same answer for a number that nobody has and for one that he may not know of.
        return Reply(card=lead_gone.missing())
    is_his = may_work(scope.actor, owner_id=found.lead.owner_id, owner=found.owner)
    return await _where(scope, found.lead, may_change=is_his)


async def _said(scope: Scope, lead: Lead, text: str) -> Reply:
    """In words to whoever wrote; on the card to whoever pressed."""
    return await _where(scope, lead, note=text) if scope.tapped else Reply(text=text)


async def _where(scope: Scope, lead: Lead, note: str = "", *, may_change: bool = True) -> Reply:
    """In which it is and was, and buttons to put it in or take it out."""
    desk, shelf = scope.desk, Shelf()
    lines, inside = [], {}
    for row in await enrollments.of_leads(desk.tx, [lead.id]):
        way = await shelf.way(desk.tx, row.journey, row.version)
        name = way.journey.name
        if row.state == DONE or row.place is None:
            how = cards.ENDS.get(row.ended_how, row.ended_how)
            lines.append(texts.WAS_IN.format(journey=name, how=how))
        else:
            inside[row.journey] = name
            step = wording.step(way.graph[row.place].config, desk.company)
            lines.append(texts.IS_IN.format(journey=name, step=step))
    book = await open_book(desk.tx, shelf)
    joinable = [
        (way.key, way.journey.name) for way in book if _by_hand(way.journey) and way.key not in inside
    ]
    if not may_change:
        inside, joinable = {}, []
    card = lead_journeys.card(lead.id, lines, inside=list(inside.items()), joinable=joinable, note=note)
    return Reply(card=card, topic=f"journeys:{lead.id}")


def _by_hand(journey: Journey) -> bool:
    return any(isinstance(trigger, Manual) for trigger in journey.enter)


async def _lead(scope: Scope, lead_id: str, action: str) -> Lead | None:
    found = await subjects.find(scope.desk.tx, lead_id)
    if found is not None and found.is_open_to(scope.actor):
        return found.lead
    await subjects.refused(scope.desk, scope.actor, action=action, of=f"lead:{lead_id}")
    return None


async def _meant(scope: Scope, name: str) -> tuple[str, Journey] | Reply:
    found = await publishing.definitions(scope.desk.tx, scope.desk.company)
    wanted = name.strip().lower()
    for key, one in found.items():
        if wanted in {key, *(word.lower() for word in (one.name, *one.aliases))}:
            return key, one
    by_hand = [one.name for one in found.values() if _by_hand(one)]
    return Reply(text=cards.unknown(name, similar(name, by_hand), by_hand))
