"""config/forms.yaml: what each form asks, what it means, and what its visitor reads."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from bot.crm.company.words import Key, Label, Text
from bot.kit.yaml_model import Strict

#: `at_once`: an enquiry or trial, the card rings now. `when_sales_qualified`: nurtured until then.
Ring: TypeAlias = Literal["at_once", "when_sales_qualified"]


class Consent(Strict):
    """A text that people agree to. A changed text needs a new version: old agreements keep the old one."""

    id: Key
    version: Label
    text: Text


class Asked(Strict):
    """One question of a form."""

    field: Key
    required: bool = False
    #: Words above the box; the field's label without them.
    label: Label | None = None
    placeholder: Label | None = None


class ThankYou(Strict):
    """The page after sending."""

    title: Label
    text: Text
    #: Show the WeCom QR code of the owner, or of the region while there is none.
    contact_way: bool = True


class Form(Strict):
    """One form, under `/forms/{id}`."""

    id: Key
    name: Label
    ring: Ring
    #: The lead's source if the visitor brings none.
    source: Label
    campaign: Label | None = None
    fields: tuple[Asked, ...] = Field(min_length=1)
    consent: Key
    #: Whether the form can be sent without agreeing; if so, nothing is ever sent to that person.
    consent_required: bool = False
    thank_you: ThankYou
    #: It is filled at an event itself (签到): whoever sends it was there.
    attends: bool = False


class Forms(Strict):
    """All forms."""

    consents: tuple[Consent, ...] = Field(min_length=1)
    forms: tuple[Form, ...] = Field(min_length=1)
    #: How leads that came by no form ring: imports, typing in, other systems.
    ring_without_form: Ring = "when_sales_qualified"

    def get(self, form_id: str) -> Form | None:
        """The form of this id."""
        return next((found for found in self.forms if found.id == form_id), None)

    def consent(self, consent_id: str) -> Consent | None:
        """The agreement of this id."""
        return next((found for found in self.consents if found.id == consent_id), None)
