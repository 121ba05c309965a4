"""Results of a journey (旅程 欢迎 结果): by step, by arm, against those held out; the page by a tap."""

from __future__ import annotations

from bot.cards import journey as journey_cards
from bot.cards import results as cards
from bot.chat import insight_links
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.result_commands import ShowResults
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight.results.report import report
from bot.insight.results.rights import region_of
from bot.insight.results.spoken import shown
from bot.journeys import publishing
from bot.journeys.outline import outline_of
from bot.kit.yaml_model import similar
from bot.store import journeys

router: Router[Scope] = Router()


@router.on(ShowResults, reads=True)
async def on_show_results(command: ShowResults, scope: Scope) -> Reply:
    """Totals alone, of the people that he may see."""
    desk, actor = scope.desk, scope.actor
    if not scope.is_private:
        return Reply(text=cards.NOT_HERE)
    region = region_of(actor)
    if region is None:
        return Reply(text=cards.NO_REGION if actor.role is Role.MANAGER else cards.NOT_YOURS)
    known = await publishing.definitions(desk.tx, desk.company)
    wanted = command.name.strip().lower()
    key = next(
        (k for k, one in known.items() if wanted in {k, *(w.lower() for w in (one.name, *one.aliases))}), None
    )
    if key is None:
        names = [one.name for one in known.values()]
        return Reply(text=journey_cards.unknown(command.name, similar(command.name, names), names))
    outline = await outline_of(desk.tx, desk.company, key, command.version, region=region)
    if outline is None:
        numbers = [one.version for one in await journeys.versions(desk.tx, key)]
        return Reply(text=cards.no_version(known[key].name, command.version, numbers))
    link = insight_links.of_results(actor.id, desk.now, key)
    found = await report(desk.tx, outline, now=desk.now)
    url = insight_links.address(desk.company.doors.base_url, desk.vault, link)
    told = shown(found, currency=desk.company.org.currency, url=url)
    return Reply(card=cards.card(told), text=cards.whole(told), topic=f"results:{actor.id}")
