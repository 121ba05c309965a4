"""Journeys (旅程): all with how many are in each, or one with what came of each step; no person's row."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import journey as cards
from bot.chat import insight_links
from bot.chat.outbound import Image, Reply
from bot.chat.router import Router
from bot.crm.company.journey_steps import Steps
from bot.crm.company.journeys import Journey
from bot.crm.journey_commands import ListJourneys, ShowJourney
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.journeys import picture, publishing, seen, wording
from bot.journeys.graph import build
from bot.journeys.seen import Numbers
from bot.kit.yaml_model import similar
from bot.store import enrollments, journeys
from bot.store.enrollments import Count
from bot.store.journeys import State

router: Router[Scope] = Router()
_CHANGE = frozenset((Role.MARKETER, Role.DIRECTOR, Role.EXECUTIVE))
#: Before steps on a way that only some take; a usual blank would be lost in chats.
_DEEPER = "　"
_LOOK = _CHANGE | {Role.MANAGER}


@router.on(ListJourneys, reads=True)
async def on_list_journeys(_: ListJourneys, scope: Scope) -> Reply:
    """Give all of them."""
    refused = _refused(scope)
    if refused:
        return Reply(text=refused)
    tx, company = scope.desk.tx, scope.desk.company
    states, inside = await journeys.states(tx), await enrollments.inside(tx)
    found = await publishing.definitions(tx, company)
    lines = [
        cards.Line(
            one.name,
            states[key].state if key in states else "",
            inside.get(key, 0),
            is_changed=await _is_changed(scope, key, states.get(key)),
        )
        for key, one in found.items()
    ]
    live = [one for key, one in found.items() if key in states and states[key].state == journeys.LIVE]
    empty = await publishing.empty_stocks(tx, live)
    return Reply(text=cards.everyone(lines, (*empty, *company.journey_notices())))


@router.on(ShowJourney, reads=True)
async def on_show_journey(command: ShowJourney, scope: Scope) -> Reply:
    """Give one."""
    refused = _refused(scope)
    if refused:
        return Reply(text=refused)
    tx, company = scope.desk.tx, scope.desk.company
    found = await publishing.definitions(tx, company)
    key = next((k for k, one in found.items() if _is_called(k, one, command.name)), None)
    if key is None:
        known = [one.name for one in found.values()]
        return Reply(text=cards.unknown(command.name, similar(command.name, known), known))
    link = insight_links.of_trials(scope.actor.id, scope.desk.now, key)
    url = insight_links.address(company.doors.base_url, scope.desk.vault, link)
    card = cards.one(await _shown(scope, key, found[key]), url=url)
    chart = await seen.chart(tx, company, key, found[key])
    return Reply(card=card, image=Image(chart=chart), topic=f"journey:{scope.actor.id}")


def _is_called(key: str, one: Journey, word: str) -> bool:
    return word.strip().lower() in {key, *(name.lower() for name in (one.name, *one.aliases))}


def _refused(scope: Scope) -> str:
    if not scope.is_private:
        return cards.NOT_HERE
    return "" if scope.actor.role in _LOOK else cards.NOT_YOURS


async def _is_changed(scope: Scope, key: str, state: State | None) -> bool:
    in_file = scope.desk.company.journeys.get(key)
    if state is None or in_file is None:
        return False
    kept = await journeys.version(scope.desk.tx, key, state.version)
    return kept is not None and kept.digest != journeys.digest(in_file)


async def _shown(scope: Scope, key: str, in_file: Journey) -> cards.Shown:
    tx, company = scope.desk.tx, scope.desk.company
    state = (await journeys.states(tx)).get(key)
    versions = await journeys.versions(tx, key)
    running = next(
        (v.definition for v in versions if state is not None and v.version == state.version), in_file
    )
    version = 0 if state is None else state.version
    found, ended = await seen.numbers(tx, key, version), await enrollments.ended(tx, key)
    return cards.Shown(
        name=running.name,
        state="" if state is None else state.state,
        version=version,
        entry=wording.entry(running, company),
        about=running.about or "",
        inside=found.inside,
        elsewhere=found.elsewhere,
        ended="、".join(f"{cards.ENDS.get(how, how)} {n:,}" for how, n in sorted(ended.items(), key=_most)),
        steps=_steps(scope, running, found),
        may_change=may_change(scope.actor),
        is_changed=await _is_changed(scope, key, state),
        has_earlier=state is not None and any(v.version < state.version for v in versions),
    )


def _most(one: tuple[str, int]) -> tuple[int, str]:
    return -one[1], one[0]


def may_change(actor: User) -> bool:
    """Who lets journeys run and rest."""
    return actor.role in _CHANGE


def _steps(scope: Scope, running: Journey, found: Numbers) -> tuple[str, ...]:
    company = scope.desk.company
    configs = {id(place.config): place.id for place in build(running).places.values()}
    lines: list[str] = []

    def tell(steps: Steps, indent: str = "", way: str = "") -> None:
        for first, step in enumerate(steps):
            place = configs[id(step)]
            here = found.here.get(place, 0)
            made = _made([one for one in found.counts if one.place == place])
            now = f"，现在 {here:,} 人" if here else ""
            led = f"{way}：" if way and not first else ""
            lines.append(f"{indent}{len(lines) + 1}. {led}{wording.step(step, company)}{made}{now}")
            for _, label, inner in picture.arms(step, company):
                tell(inner, indent + _DEEPER, label)

    tell(running.steps)
    return tuple(lines)


def _made(counts: Sequence[Count]) -> str:
    """What came of one step."""
    sums: dict[str, int] = {}
    for one in counts:
        if one.outcome == "waits":
            continue
        word = one.note.split(":", 1)[0]
        said = cards.NOTES.get(word) or cards.OUTCOMES.get(one.outcome, one.outcome)
        sums[said] = sums.get(said, 0) + one.n
    parts = [f"{said} {n:,}" for said, n in sorted(sums.items(), key=_most)]
    return f"：{'、'.join(parts)}" if parts else ""
