"""Change the configuration by a message and a confirming tap; whoever keeps config/ writes it down."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from bot.cards import setting_change
from bot.cards.texts import settings as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm import knobs
from bot.crm.amount import read_amount
from bot.crm.company import Company
from bot.crm.company.words import Named
from bot.crm.knobs import Change
from bot.crm.setting_commands import ChangeSetting
from bot.crm.user import User
from bot.handlers import Scope
from bot.store import audit, setting_changes, users
from bot.store.desk import Desk

router: Router[Scope] = Router()
_MONTH = re.compile(r"(?:(?P<year>20\d\d)[年-])?(?P<month>\d{1,2})月?")


@dataclass(frozen=True, slots=True)
class Unread:
    """What to say instead."""

    why: str


@router.on(ChangeSetting)
async def on_change(command: ChangeSetting, scope: Scope) -> Reply:
    """Show the change first; do it when he is sure and nothing changed meanwhile."""
    desk, actor = scope.desk, scope.actor
    if not knobs.may_change(actor, desk.company):
        await audit.note(
            desk, actor=actor.id, action="setting.refused", of=f"setting:{command.what}", reason="not_yours"
        )
        return Reply(text=texts.NOT_YOURS)
    change = await _read(command, desk)
    if isinstance(change, Unread):
        return Reply(text=change.why)
    if refused := _refused(scope, change):
        return Reply(text=refused)
    was = str(change.before)
    if not command.sure:
        sure = ChangeSetting(command.what, command.of, command.value, was, "yes")
        return Reply(card=setting_change.card(change, sure))
    if command.was != was:
        return Reply(text=texts.STALE.format(name=change.name, value=change.told_before))
    await setting_changes.ask(desk, change, by=actor.id)
    return Reply(card=setting_change.asked(change))


def _refused(scope: Scope, change: Change) -> str:
    if change.before == change.after or change.told_before == change.told_after:
        return texts.SAME.format(name=change.name, value=change.told_after)
    return texts.LOCKED_OUT if knobs.locks_out(scope.actor, change, scope.desk.company) else ""


async def _read(command: ChangeSetting, desk: Desk) -> Change | Unread:
    """One change, as far as words alone can tell; what the files say to it is found out later."""
    match command.what:
        case knobs.ROLE:
            return await _role(command, desk)
        case knobs.TARGET:
            return await _target(command, desk)
        case knobs.RULE:
            return _rule(command, desk.company)
        case _:
            return _knob(command, desk.company)


def _knob(command: ChangeSetting, company: Company) -> Change | Unread:
    knob = knobs.BY_KEY[command.what]
    value = knob.read(command.value)
    if value is None:
        why = texts.ONE_OF.format(words="、".join(knob.words)) if knob.words else texts.A_NUMBER
        return Unread(texts.WRONG.format(name=knob.name, value=command.value, why=why))
    if knob.words is None and int(value) < knob.least:
        why = texts.TOO_SMALL.format(least=knob.least)
        return Unread(texts.WRONG.format(name=knob.name, value=command.value, why=why))
    pool_id = ""
    if command.of:
        pool = next((one for one in company.pools.pools if command.of in _called(one.name, one.id)), None)
        if pool is None or not knob.of_pool:
            names = "、".join(one.name for one in company.pools.pools)
            return Unread(texts.NO_POOL.format(name=command.of, pools=names))
        pool_id = pool.id
    return knobs.of_knob(company, knob, pool_id, value)


def _called(name: str, pool_id: str) -> frozenset[str]:
    return frozenset({name, name.removesuffix("公海"), pool_id})


async def _role(command: ChangeSetting, desk: Desk) -> Change | Unread:
    found = await _person(desk, command.of, command.value)
    if isinstance(found, Unread):
        return found
    role = knobs.ROLES[command.value] if command.value else None
    return knobs.of_role(desk.company, found.id, found.name, role)


async def _person(desk: Desk, said: str, role: str = "") -> User | Unread:
    by_id = await users.find(desk.tx, said)
    if by_id is not None:
        return by_id
    named = [one for one in await users.named(desk.tx, said) if one.active]
    if len(named) > 1:
        return Unread(texts.SEVERAL.format(n=len(named), name=said, id=named[0].id, role=role or "销售"))
    return named[0] if named else Unread(texts.NOBODY.format(name=said))


async def _target(command: ChangeSetting, desk: Desk) -> Change | Unread:
    said, _, amount_said = command.value.partition(" ")
    month = _month(said, desk.now.astimezone(desk.company.org.zone).date())
    amount = read_amount(amount_said)
    if month is None or amount is None:
        return Unread(texts.NO_MONTH.format(month=said))
    org = desk.company.org
    for scope, listed in (("region", org.regions), ("team", org.teams)):
        known: tuple[Named, ...] = listed
        place = next((one for one in known if command.of in (one.name, *one.aliases)), None)
        if place is not None:
            return knobs.of_target(desk.company, (scope, place.name), place.name, month, int(amount))
    person = await _person(desk, command.of)
    if isinstance(person, Unread):
        return person
    return knobs.of_target(desk.company, ("owner", person.id), person.name, month, int(amount))


def _month(said: str, today: date) -> str | None:
    """`2026-11`: a month without a year is the next one not past."""
    ahead = {"本月": 0, "下月": 1, "下个月": 1}.get(said)
    if ahead is not None:
        n = today.year * 12 + today.month - 1 + ahead
        return f"{n // 12}-{n % 12 + 1:02d}"
    found = _MONTH.fullmatch(said)
    if found is None or not 1 <= int(found["month"]) <= 12:  # noqa: PLR2004 - months
        return None
    month = int(found["month"])
    year = int(found["year"]) if found["year"] else today.year + (month < today.month)
    return f"{year}-{month:02d}"


def _rule(command: ChangeSetting, company: Company) -> Change | Unread:
    paused = command.value == "off"
    for scoring in company.scoring.rules:
        if command.of in (scoring.id, scoring.reason):
            return knobs.of_rule(
                "scoring", "id", scoring.id, scoring.reason, was=scoring.paused, paused=paused
            )
    for routing in company.routing.rules:
        if command.of == routing.name:
            return knobs.of_rule(
                "routing", "name", routing.name, routing.name, was=routing.paused, paused=paused
            )
    known = [one.reason for one in company.scoring.rules] + [one.name for one in company.routing.rules]
    return Unread(texts.NO_RULE.format(name=command.of, rules="、".join(known)))
