"""How one agreement, or refusal, is told."""

from __future__ import annotations

from bot.cards.texts import touch as texts
from bot.crm.company import Company
from bot.store.consents import Consent


def line(company: Company, consent: Consent) -> str:
    """`同意 营销 · 表单 官网询价 · 2026-11 版`."""
    verb = texts.SAID_YES if consent.given else texts.SAID_NO
    form = company.form(consent.form) if consent.form else None
    where = f"{texts.HOW.get(consent.channel, consent.channel)}{' ' + form.name if form else ''}"
    parts = [f"{verb} {texts.purpose(company, consent.purpose)}", where]
    if consent.version:
        parts.append(texts.VERSION.format(version=consent.version))
    return " · ".join(parts)
