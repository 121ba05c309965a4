"""From what people type to commands: no model, no guess; what no rule fits is a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.crm.commands import Ask
from bot.crm.phrases import (
    approvals,
    assigning,
    chances,
    contents,
    dashboards,
    deals,
    digests,
    doors,
    forecasts,
    general,
    imports,
    journeys,
    leads,
    marketing,
    outreach,
    privacy,
    quality,
    results,
    settings,
    touching,
    trials,
    work,
)
from bot.crm.phrases.answers import answered
from bot.crm.phrases.menu import menu
from bot.crm.phrases.said import said

__all__ = ["answer", "explicit", "menu", "parse"]

#: In order: fixed words, then what names a task, a deal or a lead, at last a number and a sentence.
_RULES = (
    *approvals.RULES,
    *privacy.RULES,
    *touching.RULES,
    *outreach.RULES,
    *assigning.RULES,
    *doors.RULES,
    *dashboards.RULES,
    *digests.RULES,
    *settings.RULES,
    *general.RULES,
    *imports.RULES,
    *quality.RULES,
    *results.RULES,
    *trials.RULES,
    *journeys.RULES,
    *marketing.RULES,
    *contents.RULES,
    *chances.RULES,
    *forecasts.RULES,
    *work.RULES,
    *deals.RULES,
    *leads.RULES,
    work.about,
)


def explicit(text: str) -> object | None:
    """The command that a text spells out; None if it has to be understood some other way."""
    heard = said(text)
    if not heard.plain:
        return None
    return next((command for rule in _RULES if (command := rule(heard)) is not None), None)


def parse(text: str) -> object:
    """The command that a text spells out, else a question."""
    return explicit(text) or _late(text) or Ask(text.strip())


def answer(kind: str, state: Mapping[str, Any], text: str) -> object:
    """What a text means while a dialogue is open: another command if it is one, else the answer."""
    return explicit(text) or answered(kind, state, text) or _late(text) or Ask(text.strip())


def _late(text: str) -> object | None:
    """What is only meant when nothing else is."""
    heard = said(text)
    return next((command for rule in digests.LATE if (command := rule(heard)) is not None), None)
