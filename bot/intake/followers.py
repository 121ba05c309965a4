"""Who follows an official account of ours: known by his code, joined to a lead when we learn who he is."""

from __future__ import annotations

from bot.crm.capture_signals import FollowerHasCome, FollowerHasLeft
from bot.crm.company import Company
from bot.crm.company.contact_ways import StandingWay
from bot.intake import official_visitors, wechat_identity
from bot.kit.ids import keyed
from bot.kit.vault import Vault
from bot.store import (
    followers,
    incidents,
    leads,
    touch_points,
    touch_suppressions,
    touch_windows,
    union_id_lookups,
    visitors,
)
from bot.store.desk import Desk
from bot.store.followers import Follower
from bot.store.touch_points import TouchPoint
from bot.store.unclaimed_permissions import Visitor


def scene_of(vault: Vault, way: StandingWay) -> str:
    """The word inside a scene code: nobody guesses another one from it."""
    return "sc" + keyed(vault.key("scene"), way.account or "", way.name)


def way_of(company: Company, vault: Vault, account: str, scene: str) -> StandingWay | None:
    """The code that this word stands for."""
    if not scene:
        return None
    ways = (one for one in company.contact_ways.ways if one.account == account)
    return next((one for one in ways if scene_of(vault, one) == scene), None)


async def came(desk: Desk, signal: FollowerHasCome) -> Follower:
    """Take down who follows and by which code; each scan is a touch point."""
    way = way_of(desk.company, desk.vault, signal.account, signal.scene)
    if signal.scene and way is None:
        await incidents.count(desk.tx, "follower.scene", "unknown", desk.now)
    follower = await followers.keep(
        desk.tx, account=signal.account, open_id=signal.open_id, union_id=signal.union_id,
        scene=signal.scene, followed_now=signal.is_new == "yes", at=desk.now,
    )  # fmt: skip
    lead_id = follower.lead_id
    if lead_id is None and follower.union_id:
        lead_id = await wechat_identity.lead_of(desk, union_id=follower.union_id)
        if lead_id is not None:
            await followers.bind(desk.tx, signal.account, signal.open_id, lead_id)
            await _join(desk, [(signal.account, signal.open_id)], lead_id)
    await _may_be_answered(desk, signal, lead_id)
    source = way.source if way else _source(desk.company)
    await touch_points.add(
        desk.tx,
        TouchPoint(
            at=desk.now, source=source, medium="wechat", campaign=(way.campaign or "") if way else "",
            content=way.name if way else "", lead_id=lead_id,
            visitor=_visitor(signal.account, signal.open_id),
        ),
    )  # fmt: skip
    return follower


async def left(desk: Desk, signal: FollowerHasLeft) -> None:
    """He follows no more, and hears no more of us there from this commit on; that he did stays known."""
    who = Visitor(official_visitors.OFFICIAL, signal.account, signal.open_id)
    if not await followers.leave(desk.tx, signal.account, signal.open_id, at=desk.now):
        await incidents.count(desk.tx, "follower.left", "never_came", desk.now)
    await touch_suppressions.suppress(
        desk, official_visitors.key_of(desk, who), channel=who.channel, reason=touch_suppressions.LEFT,
        by="customer", detail="unfollowed",
    )  # fmt: skip
    known = await followers.find(desk.tx, signal.account, signal.open_id)
    if known is not None and known.lead_id is not None:
        await touch_windows.close_windows(desk.tx, known.lead_id, f"{who.channel}.message")
        await touch_windows.void_all(desk, known.lead_id, f"{who.channel}.subscribe")


async def _may_be_answered(desk: Desk, signal: FollowerHasCome, lead_id: str | None) -> None:
    """He is back if he was away, and for a minute he may be answered."""
    who = Visitor(official_visitors.OFFICIAL, signal.account, signal.open_id)
    await touch_suppressions.come_back(desk, official_visitors.key_of(desk, who), channel=who.channel)
    at = official_visitors.told_at(signal.at, desk.now)
    await official_visitors.opened(desk, who, lead_id, kind="menu", at=at)
    if lead_id is None and not signal.union_id:
        await union_id_lookups.want(desk.tx, who, at=desk.now)


async def is_lead(desk: Desk, union_id: str, lead_id: str) -> None:
    """Another app told who has this id: what he did as a follower is that lead's."""
    if union_id:
        await _join(desk, await followers.join(desk.tx, union_id, lead_id), lead_id)
        await official_visitors.union_is_lead(desk, union_id, lead_id)


async def recognised(desk: Desk, who: Visitor, union_id: str) -> None:
    """The platform told by which id across apps it knows a follower."""
    known = await followers.find(desk.tx, who.account, who.open_id)
    if known is None or known.lead_id is not None:
        return
    await followers.told(desk.tx, who.account, who.open_id, union_id)
    lead_id = await wechat_identity.lead_of(desk, union_id=union_id)
    if lead_id is not None:
        await followers.bind(desk.tx, who.account, who.open_id, lead_id)
        await _join(desk, [(who.account, who.open_id)], lead_id)


async def _join(desk: Desk, those: list[tuple[str, str]], lead_id: str) -> None:
    known = [_visitor(account, open_id) for account, open_id in those]
    if known:
        lead = await leads.get(desk.tx, lead_id)
        for account, open_id in those:
            who = Visitor(official_visitors.OFFICIAL, account, open_id)
            await official_visitors.is_lead(desk, who, lead.id)
        await visitors.seen(desk.tx, known, desk.now)
        await visitors.join(desk.tx, known, lead_id, desk.now)


def _visitor(account: str, open_id: str) -> str:
    """He is somebody before he is a lead: his touch points join him later."""
    return f"wechat:{account}:{open_id}"


def _source(company: Company) -> str:
    """What followers who came by no code of ours are counted to: the account itself."""
    return next((name for name in company.lexicon_words()["source"] if name == "公众号"), "公众号")
