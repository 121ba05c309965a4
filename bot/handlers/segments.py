"""Segments (分群): how many and who for example, as far as somebody may see; a marketer sees totals alone."""

from __future__ import annotations

from datetime import timedelta

from bot.cards import segment_list as cards
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.lead import Lead
from bot.crm.marketing_commands import ListSegments, ShowSegment
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.kit.yaml_model import similar
from bot.rules.chinese import describe
from bot.store import segments as live
from bot.store.reads import segment as reads

router: Router[Scope] = Router()
#: Leads up to which all segments are counted at once; more would keep somebody waiting.
_COUNTED = 200_000
_LATELY = timedelta(days=7)


@router.on(ListSegments, reads=True)
async def on_list_segments(_: ListSegments, scope: Scope) -> Reply:
    """Give all of them with their sizes."""
    refused = _refused(scope)
    if refused:
        return Reply(text=refused)
    desk, found = scope.desk, scope.desk.company.segments.segments
    sizes: tuple[int | None, ...] = (None,) * len(found)
    if await reads.total(desk.tx) <= _COUNTED:
        sizes = await reads.sizes(desk.tx, desk.company, found, scope.actor, now=desk.now)
    lines = [(one.name, size) for one, size in zip(found, sizes, strict=True)]
    return Reply(text=cards.everyone(lines, scope=_whose(scope.actor)))


@router.on(ShowSegment, reads=True)
async def on_show_segment(command: ShowSegment, scope: Scope) -> Reply:
    """Give one: its condition in words, its size, some of its people."""
    refused = _refused(scope)
    if refused:
        return Reply(text=refused)
    desk, company = scope.desk, scope.desk.company
    found = company.segments.meant(command.name)
    if found is None:
        known = [one.name for one in company.segments.segments]
        return Reply(text=cards.unknown(command.name, similar(command.name, known), known))
    sample = await reads.sample(desk.tx, company, found, scope.actor, now=desk.now, at_most=cards.AT_MOST)
    sees_everything = scope.actor.sees_all() or scope.actor.role is Role.MARKETER
    moved = None
    if found.live and sees_everything:
        moved = await live.came_and_went(desk.tx, found.key, since=desk.now - _LATELY)
    shown = cards.Shown(
        name=found.name,
        size=sample.size,
        said=describe(found.when, company.registry),
        about=found.about or "",
        scope=_whose(scope.actor),
        people=tuple(map(_person, sample.leads)),
        moved=moved,
    )
    return Reply(card=cards.one(shown), topic=f"segment:{scope.actor.id}")


def _refused(scope: Scope) -> str:
    if not scope.is_private:
        return cards.NOT_HERE
    return cards.NOT_YOURS if scope.actor.role is Role.ADMIN else ""


def _whose(actor: User) -> str:
    if actor.sees_all() or actor.role is Role.MARKETER:
        return cards.ALL
    if actor.role is Role.MANAGER:
        return cards.REGION.format(region=actor.region)
    return cards.OWN


def _person(lead: Lead) -> cards.Person:
    return cards.Person(lead.id, lead.display, lead.score, lead.phone_masked or lead.email_masked)
