"""What hangs on a lead (events, ways, forms, tags), keys, and what other systems were told."""

from __future__ import annotations

import dataclasses
from datetime import timezone

import orjson
from aiohttp import web

from bot.intake.clean.form import FieldError
from bot.intake.clean.text import line
from bot.intake.track import wake
from bot.store import Tx, api_keys, audit, behaviours, tags, touch_points, users, webhooks
from bot.store.api_keys import ApiKey
from bot.store.behaviours import Behaved
from bot.store.reads import api_leads
from bot.web.api.leads import found_lead
from bot.web.api.models import (
    Deliveries,
    DeliveryOut,
    EventOut,
    Events,
    KeyOut,
    Keys,
    Replayed,
    SubmissionOut,
    Submissions,
    TagOut,
    Tags,
    TouchPointOut,
    TouchPoints,
)
from bot.web.api.operation import Asked
from bot.web.api.problem import SECURE, Refused, document
from bot.web.site import Site

_MOST = 200
_MOST_PROPERTIES = 32 * 1024
_LANE = "api"


class More:
    """Handlers of the rest."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def events(self, asked: Asked) -> web.Response:
        """What a lead did."""
        async with self._site.store.read() as tx:
            lead = await found_lead(tx, asked)
            found = await behaviours.of_lead(tx, lead.id, most=_MOST)
        return document(Events(data=[_event(one) for one in found]))

    async def add_event(self, asked: Asked) -> web.Response:
        """A lead did something; it is counted in its lane."""
        given, now = asked.body, self._site.clock()
        at = now if given.at is None else given.at
        try:
            at = (at if at.tzinfo else at.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)
            too_large = len(orjson.dumps(given.properties)) > _MOST_PROPERTIES
        except OverflowError as exc:
            raise Refused(422, "a moment before the first year") from exc
        except TypeError as exc:
            raise Refused(422, "nested too deep") from exc
        name = line(given.event)
        if too_large or not name:
            raise Refused(422, "properties above 32 KB, or an event without a name")

        async def unit(tx: Tx) -> Behaved | None:
            desk = self._site.desk(tx)
            lead = await found_lead(tx, asked)
            one = Behaved(
                message_id=f"{asked.caller.name}:{line(given.message_id or '') or desk.new_id()}", event=name,
                at=min(at, desk.now), received_at=desk.now, lead_id=lead.id, object=line(given.object),
                channel="api", properties=given.properties, uncounted=True,
            )  # fmt: skip
            if not await behaviours.record(tx, one):
                return None
            await wake(desk, lead.id)
            return one

        one = await self._site.write(unit, lane_key=f"lead:{asked.request.match_info['id']}")
        self._site.wake()
        if one is None:
            return web.Response(status=204, headers=SECURE)
        return document(_event(one), status=201)

    async def ways(self, asked: Asked) -> web.Response:
        """By which ways a lead came."""
        async with self._site.store.read() as tx:
            lead = await found_lead(tx, asked)
            found = await touch_points.touch_points_of(tx, lead.id, most=_MOST)
        names = TouchPointOut.model_fields
        return document(
            TouchPoints(data=[TouchPointOut(**{n: getattr(one, n) for n in names}) for one in found])
        )

    async def submissions(self, asked: Asked) -> web.Response:
        """Which forms a lead sent."""
        async with self._site.store.read() as tx:
            lead = await found_lead(tx, asked)
            found = await api_leads.submissions_of(tx, lead.id, most=_MOST)
        return document(Submissions(data=[SubmissionOut(**dataclasses.asdict(one)) for one in found]))

    async def tags(self, asked: Asked) -> web.Response:
        """A lead's tags."""
        async with self._site.store.read() as tx:
            lead = await found_lead(tx, asked)
            found = await tags.of(tx, lead.id)
        return document(Tags(data=[TagOut(tag=tag, by=by) for tag, by in sorted(found.items())]))

    async def keys(self, _asked: Asked) -> web.Response:
        """Every key, without the key."""
        async with self._site.store.read() as tx:
            found = await api_keys.all_keys(tx)
        return document(Keys(data=[_key(one) for one in found]))

    async def make_key(self, asked: Asked) -> web.Response:
        """A new key, which opens no more than the one that asks; it is told this once."""
        if more := sorted(set(asked.body.scopes) - asked.caller.scopes):
            raise Refused(403, f"this key lacks the scope {more[0]}")
        person = asked.body.person or asked.caller.person
        if asked.caller.person and person != asked.caller.person:
            raise Refused(403, "this key is another person's")

        async def unit(tx: Tx) -> tuple[ApiKey, str]:
            desk = self._site.desk(tx)
            if person and await users.find(tx, person) is None:
                raise Refused(422, errors=[FieldError("person", "no such person")])
            name = line(asked.body.name)
            made, secret = await api_keys.make(desk, name, asked.body.scopes, person=person)
            scopes = " ".join(made.scopes)
            await audit.note(
                desk, actor=asked.caller.name, action="api_key.made", of=f"api:{made.id}", scopes=scopes
            )
            return made, secret

        made, secret = await self._site.write(unit, lane_key=_LANE)
        return document(_key(made, secret), status=201)

    async def revoke_key(self, asked: Asked) -> web.Response:
        """It opens nothing any more."""
        key_id = asked.request.match_info["id"]

        async def unit(tx: Tx) -> bool:
            desk = self._site.desk(tx)
            if not await api_keys.revoke(desk, key_id):
                return False
            await audit.note(desk, actor=asked.caller.name, action="api_key.revoked", of=f"api:{key_id}")
            return True

        if not await self._site.write(unit, lane_key=_LANE):
            raise Refused(404, "no such key")
        return web.Response(status=204, headers=SECURE)

    async def deliveries(self, _asked: Asked) -> web.Response:
        """What other systems were told."""
        async with self._site.store.read() as tx:
            found = await webhooks.recent(tx, most=_MOST)
        return document(Deliveries(data=[DeliveryOut(**dataclasses.asdict(one)) for one in found]))

    async def replay(self, asked: Asked) -> web.Response:
        """Tell a message once more."""
        message_id = asked.request.match_info["id"]

        async def unit(tx: Tx) -> tuple[str, ...]:
            desk = self._site.desk(tx)
            told = await webhooks.replay(desk, message_id)
            await audit.note(
                desk, actor=asked.caller.name, action="webhook.replayed", of=f"webhook:{message_id}"
            )
            return told

        try:
            told = await self._site.write(unit, lane_key=_LANE)
        except KeyError:
            raise Refused(404, "no such message") from None
        return document(Replayed(endpoints=list(told)), status=202)


def _event(one: Behaved) -> EventOut:
    return EventOut(**{name: getattr(one, name) for name in EventOut.model_fields})


def _key(one: ApiKey, secret: str | None = None) -> KeyOut:
    return KeyOut(
        id=one.id, name=one.name, scopes=list(one.scopes), person=one.person or None,
        created_at=one.created_at, revoked_at=one.revoked_at, key=secret,
    )  # fmt: skip
