"""Standing codes (活码 展会): marketers, leaders and those behind one get its picture or link."""

from __future__ import annotations

import io
from datetime import timedelta
from urllib.parse import urlencode

import segno

from bot.cards.texts import standing as texts
from bot.chat.outbound import Image, Notice, Reply
from bot.chat.router import Router
from bot.crm.capture_commands import ShowStandingWay
from bot.crm.capture_signals import StandingWayAwaited
from bot.crm.company.contact_ways import StandingWay
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.intake import standing
from bot.intake.followers import scene_of
from bot.intake.standing import FORM, LINK, SCENE, Made
from bot.store import audit, incidents, outbox, timers
from bot.store.desk import Desk

router: Router[Scope] = Router()
#: Pixels of one square of a code.
_SCALE = 8
_AGAIN, _TRIES = timedelta(seconds=1), 30


@router.on(ShowStandingWay)
async def on_show_standing_way(command: ShowStandingWay, scope: Scope) -> Reply:
    """Show it, or list those that are his to see."""
    desk, actor = scope.desk, scope.actor
    ways = [one for one in desk.company.contact_ways.ways if _may_see(desk, actor, one)]
    if not desk.company.contact_ways.ways:
        return Reply(text=texts.NONE)
    if not ways:
        await audit.note(desk, actor=actor.id, action="standing_way.refused", of="ways")
        return Reply(text=texts.NOT_YOURS)
    way = desk.company.contact_ways.get(command.name)
    if not command.name.strip():
        return Reply(text="\n".join((texts.HEAD, *(_line(one) for one in ways))))
    if way is None or way not in ways:
        known = "、".join(one.name for one in ways)
        return Reply(text=texts.UNKNOWN.format(said=command.name, known=known))
    return await _give(desk, actor, way)


async def _give(desk: Desk, actor: User, way: StandingWay) -> Reply:
    if way.kind == SCENE:
        state = scene_of(desk.vault, way)
        return Reply(text=texts.SCENE.format(name=way.name, state=state, source=way.source))
    if way.kind == FORM:
        return await _page(desk, actor, way)
    made = await standing.ensure(desk, way)
    if made is None:
        return Reply(text=texts.NOT_ABLE.format(name=way.name))
    if made.url:
        return await _there(desk, actor, made)
    await _await(desk, StandingWayAwaited(made.standing.state, actor.id))
    return Reply(text=texts.COMING.format(name=way.name))


@router.on(StandingWayAwaited)
async def on_standing_way_awaited(signal: StandingWayAwaited, scope: Scope) -> Reply:
    """Show it if it is there by now, else look again; say so if it will not come."""
    desk = scope.desk
    made = await standing.look(desk, signal.state)
    if made is None:
        await incidents.count(desk.tx, "standing_way.skipped", "unknown_state", desk.now)
        return Reply()
    tries = int(signal.tries)
    if not made.url and not made.is_lost and tries < _TRIES:
        await _await(desk, StandingWayAwaited(signal.state, signal.user_id, str(tries + 1)))
        return Reply()
    key = f"standing_way:{signal.state}:{signal.user_id}:{desk.now.isoformat()}"
    if not made.url:
        text = texts.FAILED.format(name=made.standing.name)
        await outbox.post(desk, Notice(to=signal.user_id, key=key, text=text, answers=True))
        await incidents.count(desk.tx, "standing_way.skipped", "not_made", desk.now)
        return Reply()
    shown = _shown(made)
    await outbox.post(
        desk, Notice(to=signal.user_id, key=key, image=shown.image, text=shown.text, answers=True)
    )
    if shown.image is not None:
        caption = _caption(made)
        await outbox.post(desk, Notice(to=signal.user_id, key=f"{key}:caption", text=caption, answers=True))
    return Reply()


async def _there(desk: Desk, actor: User, made: Made) -> Reply:
    """It was made before: the picture, and which one it is."""
    shown = _shown(made)
    if shown.image is not None:
        key = f"standing_way:{made.standing.state}:{actor.id}:{desk.now.isoformat()}:caption"
        await outbox.post(desk, Notice(to=actor.id, key=key, text=_caption(made), answers=True))
    return shown


async def _page(desk: Desk, actor: User, way: StandingWay) -> Reply:
    """The page of a form, as a code to be printed; where it lies, the environment knows."""
    query = urlencode({"source": way.source, **({"campaign": way.campaign} if way.campaign else {})})
    url = f"{desk.company.doors.base_url}/l/{way.form}?{query}"
    picture = io.BytesIO()
    segno.make(url, error="m").save(picture, kind="png", scale=_SCALE)
    words = {"name": way.name, "url": url, "source": way.source}
    key = f"form_page:{way.form}:{actor.id}:{desk.now.isoformat()}"
    await outbox.post(desk, Notice(to=actor.id, key=key, text=texts.FORM.format(**words), answers=True))
    return Reply(image=Image(data=picture.getvalue()), text=texts.FORM_INSTEAD.format(**words))


def _may_see(desk: Desk, actor: User, way: StandingWay) -> bool:
    if actor.id in way.reps or actor.id in desk.company.org.also_admins:
        return True
    return actor.role in {Role.MARKETER, Role.ADMIN, Role.MANAGER} or actor.sees_all()


def _line(way: StandingWay) -> str:
    return texts.line(way.name, way.kind, way.source, way.campaign or "")


def _shown(made: Made) -> Reply:
    """A picture for a code, words for a link."""
    url, one = standing.link(made.standing, made.url), made.standing
    if one.kind == LINK:
        return Reply(text=texts.LINK.format(name=one.name, url=url, source=one.source))
    return Reply(image=Image(url=url), text=texts.CODE_INSTEAD.format(name=one.name, url=url))


def _caption(made: Made) -> str:
    return texts.CODE.format(name=made.standing.name, source=made.standing.source)


async def _await(desk: Desk, signal: StandingWayAwaited) -> None:
    await timers.set_timer(
        desk, lane_key=f"way:{signal.state}", command=signal, key=signal.user_id, due_at=desk.now + _AGAIN
    )
