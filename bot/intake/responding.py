"""What whoever got a message of ours did with it: looked, clicked, or wanted no more of them.

Pictures are fetched by mail providers for readers who never looked, and links are tried by scanners
before anybody reads: what a machine did is kept and counts for nothing, and an open is never more
than a hint. A click waits a moment, since a scanner is known by what it asks for along with it.
"""

from __future__ import annotations

import re
from datetime import timedelta

import structlog

from bot.crm.company import Company
from bot.crm.touch_signals import ClicksWait
from bot.intake.clean.tracked import viewed
from bot.intake.mail.report import Report, Told
from bot.intake.track import wake
from bot.rules.dead_address import closes
from bot.store import (
    behaviours,
    incidents,
    timers,
    touch_events,
    touch_texts,
    touches,
)
from bot.store.behaviours import Behaved
from bot.store.consents import Consent
from bot.store.desk import Desk
from bot.store.touch_events import BURST, By, Event
from bot.store.touch_suppressions import BOUNCED, COMPLAINED, UNSUBSCRIBED
from bot.store.touch_texts import Said
from bot.store.touches import Fate
from bot.touch.closing import close, refused, where
from bot.touch.leaving import leave

_log = structlog.get_logger()

OPENED, CLICKED, REPLIED = "mail_opened", "link_clicked", "message_replied"
#: Sooner after it left us nobody has read it.
_TOO_SOON = timedelta(seconds=2)
#: So many different links of one message within a burst are no reader's.
_MOST_LINKS = 3
#: A client that draws a mail again within this span did not open it again.
_SAME_LOOK_S = 10
#: So many that came back within so long mean that nobody is there.
_STRIKES, _STRIKES_WITHIN = 3, timedelta(days=7)
_PROXIES = ("googleimageproxy", "yahoomailproxy", "ggpht.com")
_SCANNERS = (
    *("barracuda", "proofpoint", "mimecast", "symantec", "messagelabs", "fireeye", "trendmicro", "sophos"),
    *(
        "safelinks",
        "urlscan",
        "bingpreview",
        "curl/",
        "wget/",
        "python-",
        "go-http-client",
        "java/",
        "okhttp",
    ),
)
#: How Apple's proxy calls itself when it fetches everything beforehand.
_APPLE = re.compile(r"Mozilla/5\.0\s*")


def who(company: Company, said: Said, event: Event, *, agent: str, is_head: bool) -> tuple[By, str]:
    """Who asked, as far as one request tells, and why it is taken for a machine."""
    name = agent.lower()
    why = ""
    if is_head:
        why = "head"
    elif not name.strip():
        why = "no_agent"
    elif any(one in name for one in (*_SCANNERS, *company.tracking.bots)):
        why = "scanner"
    elif event.kind == "open" and _APPLE.fullmatch(agent):
        why = "prefetched"
    elif said.sent_at is None or event.at - said.sent_at < _TOO_SOON:
        why = "too_soon"
    if why:
        return By.MACHINE, why
    if event.kind == "open" and any(one in name for one in _PROXIES):
        return By.PROXY, "proxy"
    return (By.WAITING if event.kind == "click" else By.HUMAN), ""


async def opened(desk: Desk, said: Said, *, agent: str, is_head: bool) -> By:
    """Its picture was asked for."""
    event = Event(touch_id=said.touch_id, kind="open", at=desk.now, by=By.HUMAN)
    by, why = who(desk.company, said, event, agent=agent, is_head=is_head)
    await _record(desk, event, by, why)
    if by is By.MACHINE:
        return by
    await touches.mark(desk.tx, said.touch_id, Fate.OPENED, at=desk.now)
    look = int(desk.now.timestamp()) // _SAME_LOOK_S
    await _behaved(desk, said, OPENED, f"open:{said.touch_id}:{look}", {"sure": False, "by": by.value})
    return by


async def clicked(desk: Desk, said: Said, link_id: str, *, agent: str, is_head: bool) -> By:
    """A link of it was asked for; whether a person did it is worked out a moment later."""
    event = Event(touch_id=said.touch_id, kind="click", at=desk.now, by=By.WAITING, link_id=link_id)
    by, why = who(desk.company, said, event, agent=agent, is_head=is_head)
    if by is By.WAITING and not said.lead_id:
        # One text went to many: nobody's behaviour, and several links at once may be several people.
        by = By.HUMAN
    await _record(desk, event, by, why)
    if by is By.WAITING:
        lane, signal = f"lead:{said.lead_id}", ClicksWait(said.touch_id)
        due = desk.now + BURST + timedelta(seconds=1)
        await timers.set_timer(desk, lane_key=lane, command=signal, key=said.touch_id, due_at=due)
    return by


async def judge(desk: Desk, touch_id: str) -> int:
    """Say of each click that waits long enough who it was; how many were people's."""
    said = await touch_texts.said(desk.tx, touch_id)
    if said is None:
        return 0
    people = 0
    for row_id, event in await touch_events.waiting(desk.tx, touch_id, until=desk.now - BURST):
        links = await touch_events.links_around(desk.tx, touch_id, event.at)
        is_burst = links >= _MOST_LINKS
        await touch_events.judge(
            desk.tx, row_id, By.MACHINE if is_burst else By.HUMAN, "burst" if is_burst else ""
        )
        if is_burst:
            await incidents.count(desk.tx, "touch.machine", "click:burst", desk.now)
            continue
        people += 1
        await touches.mark(desk.tx, touch_id, Fate.CLICKED, at=event.at)
        facts = {"link": event.link_id, "sure": True}
        await _behaved(desk, said, CLICKED, f"click:{touch_id}:{row_id}", facts, event=event)
        await _viewed(desk, said, event, row_id)
    return people


async def _viewed(desk: Desk, said: Said, event: Event, row_id: int) -> None:
    """The page behind the link was looked at; what the site reports of it that day is the same look."""
    address = await touch_texts.leads_to(desk, event.link_id)
    page = viewed(desk.company.tracking, address) if address else None
    if page is not None:
        name, path = page
        key = f"view:{said.touch_id}:{row_id}"
        await _behaved(desk, said, name, key, {"link": event.link_id}, event=event, of=path)


async def unsubscribed(desk: Desk, said: Said, *, how: str) -> bool:
    """He wants no more of them: withdrawn, and his address closed, in this unit. False if he had before.

    `how` is what he did, in words.
    """
    consent = Consent(given=False, purpose="marketing", channel=said.channel, text=how, version="")
    await leave(desk, said.lead_id, consent, occasion=said.touch_id)
    is_new = await close(desk, said, reason=UNSUBSCRIBED, by="customer", detail=how)
    await touches.mark(desk.tx, said.touch_id, Fate.UNSUBSCRIBED, at=desk.now)
    _log.info("customer.unsubscribed", lead=said.lead_id, touch=said.touch_id, channel=said.channel)
    return is_new


async def told(desk: Desk, report: Report) -> None:
    """A mail that came to us tells what became of one of ours; what is none of ours is counted."""
    match report.told:
        case Told.BOUNCED:
            known = await bounced(desk, report.touch_id, report.status)
        case Told.COMPLAINED:
            known = await complained(desk, report.touch_id)
        case Told.REPLIED:
            known = await replied(desk, report.touch_id, asks=report.asks)
        case Told.DELAYED:
            known = True
    name = f"mail.{report.told.value}"
    await incidents.count(desk.tx, name, "known" if known else "repeated_or_none_of_ours", desk.now)


async def replied(desk: Desk, touch_id: str, *, asks: str = "") -> bool:
    """He answered a message, whatever he wrote; False if it is none of ours.

    `asks`: his words that ask for no more, if there are such.
    """
    said = await touch_texts.said(desk.tx, touch_id)
    if said is None:
        return False
    if asks:
        await unsubscribed(desk, said, how=asks[:20])
    await _behaved(desk, said, REPLIED, f"reply:{touch_id}", {"sure": True})
    return True


async def bounced(desk: Desk, touch_id: str, status: str) -> bool:
    """A mail came back (RFC 3464); False if it is none of ours, or that is known.

    Nobody there: closed at once. Refused by a rule of theirs (5.7): not the address's fault. Anything
    else may pass, three times within a week.
    """
    said = await touch_texts.said(desk.tx, touch_id)
    if said is None or not await touches.came_back(desk.tx, touch_id, at=desk.now, why=status):
        return False
    _log.info("touch.bounced", touch=touch_id, lead=said.lead_id, status=status)
    if closes(status):
        await refused(desk, touch_id, status)
    elif not status.startswith("5.7."):
        await struck(desk, said, detail=status)
    return True


async def complained(desk: Desk, touch_id: str) -> bool:
    """He called it spam; False if it is none of ours, or that is known."""
    said = await touch_texts.said(desk.tx, touch_id)
    if said is None or not await touches.mark(desk.tx, touch_id, Fate.COMPLAINED, at=desk.now):
        return False
    await close(desk, said, reason=COMPLAINED, by="customer", detail="feedback report")
    return True


async def struck(desk: Desk, said: Said, *, detail: str) -> bool:
    """A message came back, nobody knows for how long; the third within a week closes the address."""
    since = desk.now - _STRIKES_WITHIN
    key = await where(desk, said)
    if key and await touch_texts.bounces(desk.tx, said.lead_id, key, since=since) < _STRIKES:
        return False
    return await close(desk, said, reason=BOUNCED, by="system", detail=detail)


async def _record(desk: Desk, event: Event, by: By, why: str) -> None:
    await touch_events.record(
        desk.tx,
        Event(touch_id=event.touch_id, kind=event.kind, at=event.at, by=by, link_id=event.link_id, why=why),
    )
    if by is By.MACHINE:
        await incidents.count(desk.tx, "touch.machine", f"{event.kind}:{why}", desk.now)


async def _behaved(
    desk: Desk, said: Said, name: str, key: str, facts: dict[str, object], *, event: Event | None = None,
    of: str = "",
) -> None:  # fmt: skip
    """Keep it as something that the lead did, with this page or our message; its lane counts it."""
    content = desk.company.content.get(said.content)
    behaved = Behaved(
        message_id=key, event=name, at=event.at if event else desk.now, received_at=desk.now,
        lead_id=said.lead_id, object=of or (content.name if content else said.content),
        channel="mail" if said.channel == "email" else said.channel,
        properties={"touch": said.touch_id, **facts}, uncounted=True,
    )  # fmt: skip
    if await behaviours.record(desk.tx, behaved):
        await wake(desk, said.lead_id)
