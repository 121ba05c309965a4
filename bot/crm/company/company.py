"""The company as one frozen value, passed to whatever needs to know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bot.crm.company import journey_says
from bot.crm.company.assets import Asset
from bot.crm.company.calendar import CompanyCalendar
from bot.crm.company.catalogue import Catalogue
from bot.crm.company.channels import Channels
from bot.crm.company.connectors import ConnectorMap
from bot.crm.company.contact_ways import ContactWays
from bot.crm.company.content import Content
from bot.crm.company.digests import Digests
from bot.crm.company.fields import SYSTEM, ChoicesFrom, Fields, LeadField
from bot.crm.company.forms import Form, Forms, Ring
from bot.crm.company.journey_conflicts import notices
from bot.crm.company.journey_segments import segments_of
from bot.crm.company.journeys import Journey
from bot.crm.company.lists import Reasons, Scripts
from bot.crm.company.org import Org
from bot.crm.company.pages import Pages
from bot.crm.company.pipeline import Pipeline
from bot.crm.company.pools import Pools
from bot.crm.company.response import Response
from bot.crm.company.routing import Routing
from bot.crm.company.scoring import Scoring
from bot.crm.company.segments import Segments
from bot.crm.company.tags import Tags
from bot.crm.company.targets import Targets
from bot.crm.company.touch import Touch
from bot.crm.company.tracking import Tracking
from bot.crm.company.webhooks import Webhooks
from bot.crm.company.words import Named
from bot.crm.condition import FieldRegistry, FieldSpec
from bot.crm.condition import Fields as ConditionFields
from bot.crm.connector import Doors
from bot.crm.lead import LeadStatus
from bot.crm.working_time import WorkingTime


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Company:
    """Everything that `config/` says. One attribute for each file.

    Compared and hashed by identity: what is derived from it may be kept as long as it lives.
    """

    org: Org
    fields: Fields
    forms: Forms
    scoring: Scoring
    segments: Segments
    tags: Tags
    pools: Pools
    routing: Routing
    response: Response
    reasons: Reasons
    scripts: Scripts
    pipeline: Pipeline
    catalogue: Catalogue
    calendar: CompanyCalendar
    channels: Channels
    targets: Targets
    tracking: Tracking
    pages: Pages
    webhooks: Webhooks
    contact_ways: ContactWays = field(default=ContactWays())
    digests: Digests = field(default=Digests())
    touch: Touch = field(default=Touch())
    #: By tool; one file each under connectors/.
    connectors: Mapping[str, ConnectorMap] = field(default_factory=dict)
    #: What is said to customers, by key; one file each under content/.
    content: Mapping[str, Content] = field(default_factory=dict)
    #: What colleagues pass on, by key; one file each under assets/, where the files lie too.
    assets: Mapping[str, Asset] = field(default_factory=dict)
    assets_at: Path = field(default=Path(), repr=False)
    #: As their files have them, by key; one file each under journeys/. What runs is what was published.
    journeys: Mapping[str, Journey] = field(default_factory=dict)
    #: What the environment says, not `config/`: addresses and secrets of our doors.
    doors: Doors = field(default=Doors(), repr=False)
    #: Fields as conditions see them, the program's own included.
    registry: FieldRegistry = field(init=False, repr=False)
    working_time: WorkingTime = field(init=False, repr=False)

    def __post_init__(self) -> None:
        # Worked out once; a frozen value has no other way to set them.
        # What a journey waits for is kept up to date, whatever the segment's own line says.
        object.__setattr__(self, "segments", self.segments.kept(segments_of(self.journeys)))
        object.__setattr__(self, "registry", self._registry())
        object.__setattr__(self, "working_time", self.calendar.working_time(self.org.zone))

    def choices_of(self, found: LeadField) -> tuple[str, ...]:
        """What may be chosen in a field; empty if it has no list."""
        return self._listed(found.choices_from) if found.choices_from else found.choices

    def label_of(self, key: str) -> str:
        """A field's Chinese name; the key itself for a field we do not know."""
        return self.registry[key].label if key in self.registry else key

    def form(self, form_id: str) -> Form | None:
        """The form of this id."""
        return self.forms.get(form_id)

    def ring_of(self, form_id: str | None) -> Ring:
        """When a lead that came by this form rings; None for one that came by no form."""
        form = self.forms.get(form_id) if form_id else None
        return form.ring if form else self.forms.ring_without_form

    def notices(self, today: date) -> tuple[str, ...]:
        """What people should be told of the configuration today: years that are only presumed."""
        known = self.working_time.calendar
        # In the last quarter next year's due dates are already being set.
        years = {today.year} | ({today.year + 1} if today.month >= 10 else set())  # noqa: PLR2004 - October
        return tuple(known.source(year) for year in sorted(years) if not known.decreed(year))

    def journey_notices(self, of: str = "") -> tuple[str, ...]:
        """What people should know of the journeys beside each other, or of one (`of` is its key)."""
        return (*notices(self.journeys, of), *journey_says.notices(self, of))

    def lexicon_words(self) -> Mapping[str, Mapping[str, tuple[str, ...]]]:
        """By kind, then by the name that is stored: all words people use for it, the name first."""
        named: dict[str, tuple[Named, ...]] = {
            "region": self.org.regions,
            "team": self.org.teams,
            "source": self.catalogue.sources,
            "industry": self.catalogue.industries,
            "product": self.catalogue.products,
            "campaign": self.catalogue.campaigns,
            "stage": self.pipeline.stages,
            "channel": self.channels.channels,
        }
        words = {kind: {one.name: (one.name, *one.aliases) for one in ones} for kind, ones in named.items()}
        words["invalid_reason"] = {reason: (reason,) for reason in self.reasons.invalid}
        words["returned_reason"] = {reason: (reason,) for reason in self.reasons.returned}
        words["lost_reason"] = {reason: (reason,) for reason in self.reasons.lost}
        words["field"] = {found.key: (found.label, *found.aliases) for found in self.fields.fields}
        for found in self.fields.custom:
            words[found.key] = {choice: (choice,) for choice in self.choices_of(found)}
        return words

    def _registry(self) -> FieldRegistry:
        own = [
            # A list that is open has no wrong value, so conditions may name any.
            FieldSpec(one.key, one.label, one.type, one.column, () if one.open else self.choices_of(one))
            for one in self.fields.fields
        ]
        lists = {
            "region": self._listed("regions"),
            "form": tuple(form.id for form in self.forms.forms),
            "pool": tuple(pool.id for pool in self.pools.pools),
            "status": tuple(status.value for status in LeadStatus),
            "tier": tuple(tier.key for tier in self.scoring.tiers),
            "tags": tuple(tag.name for tag in self.tags.all()),
        }
        system = [
            FieldSpec(one.key, one.label, one.type, one.column, lists.get(one.key, ())) for one in SYSTEM
        ]
        return ConditionFields({spec.key: spec for spec in (*own, *system)}, self.scoring.events)

    def _listed(self, kind: ChoicesFrom) -> tuple[str, ...]:
        named: Mapping[ChoicesFrom, tuple[Named, ...]] = {
            "sources": self.catalogue.sources,
            "industries": self.catalogue.industries,
            "products": self.catalogue.products,
            "campaigns": self.catalogue.campaigns,
            "regions": self.org.regions,
        }
        return tuple(one.name for one in named[kind])
