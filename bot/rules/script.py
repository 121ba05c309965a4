"""话术: the one line a rep can say, by where the lead came from and how far it is."""

from __future__ import annotations

from bot.crm.company.company import Company


def script_for(company: Company, *, source: str | None, stage: str | None) -> str:
    """The line that fits best: both match, then the stage alone, then the source alone, then any.

    `stage` is a lead's status or a deal's stage. Empty text if the company has no line for it.
    """
    best, best_rank = "", -1
    for script in company.scripts.scripts:
        if script.source not in (None, source) or script.stage not in (None, stage):
            continue
        rank = 2 * (script.stage is not None) + (script.source is not None)
        if rank > best_rank:
            best, best_rank = script.text, rank
    return best.replace("{company}", company.org.company)
