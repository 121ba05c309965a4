"""What a form leaves behind beside its lead: the way by which he came, what he did, which browser is his."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.company import Company
from bot.intake import scoring
from bot.intake.clean.came_by import way
from bot.intake.clean.form import Enquiry
from bot.intake.clean.tracked import browser_of
from bot.intake.track import wake
from bot.store import behaviours, touch_points, visitors
from bot.store.behaviours import Behaved
from bot.store.desk import Desk

#: What our own pages send along, and what others may: the browser's id as tracking calls it.
VISITOR, PAGE, REFERRER = "anonymousId", "_page", "_referrer"
_VISITORS = (VISITOR, "anonymous_id", "ajs_anonymous_id")


async def leave(desk: Desk, enquiry: Enquiry, lead_id: str, submission_id: str) -> None:
    """Keep it, and join the browser's history to the lead."""
    sent = {key: value for key, value in enquiry.sent.items() if isinstance(value, str)}
    browser = next((found for key in _VISITORS if (found := browser_of(sent.get(key)))), "")
    origin = enquiry.origin
    named: Mapping[str, object] = {
        "source": source_of(desk.company, sent.get("utm_source", "")) or origin.source,
        "campaign": sent.get("utm_campaign") or origin.campaign,
    }
    came = way(
        query=sent, named=named, referrer=sent.get(REFERRER, ""),
        page=sent.get(PAGE) or f"/forms/{enquiry.form.id}", at=desk.now,
        visitor=browser or None, lead_id=lead_id,
    )  # fmt: skip
    await touch_points.add(desk.tx, came)
    await behaviours.record(
        desk.tx,
        Behaved(
            message_id=f"form:{submission_id}", event=scoring.SUBMITTED, at=desk.now, received_at=desk.now,
            lead_id=lead_id, visitor=browser or None, object=enquiry.form.id, channel="form",
        ),
    )  # fmt: skip
    if enquiry.form.attends:
        await behaviours.record(
            desk.tx,
            Behaved(
                message_id=f"attended:{submission_id}", event=scoring.ATTENDED, at=desk.now,
                received_at=desk.now, lead_id=lead_id, object=origin.campaign or enquiry.form.id,
                channel="form",
            ),
        )  # fmt: skip
    if browser:
        await visitors.seen(desk.tx, [browser], desk.now)
        if await visitors.join(desk.tx, [browser], lead_id, desk.now):
            await wake(desk, lead_id)


def source_of(company: Company, text: str) -> str:
    """Our name of a source that an address spells in its own way; the text itself if we have none."""
    wanted = text.strip().casefold()
    for written, name in company.tracking.utm_sources.items():
        if wanted and written.casefold() == wanted:
            return name
    for name, words in company.lexicon_words()["source"].items():
        if wanted and wanted in map(str.casefold, words):
            return name
    return text.strip()
