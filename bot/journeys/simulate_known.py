"""What a simulated message's decision stands on: a stored customer's own, or somebody's who is made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.crm.company import Company
from bot.crm.condition import FieldRegistry
from bot.crm.lead import Lead, LeadStatus
from bot.crm.touching import Intent
from bot.crm.user import Role, User
from bot.journeys.person import Person
from bot.journeys.simulate import Asked
from bot.store import consents, touch_past
from bot.store.consents import Said
from bot.store.desk import Desk
from bot.store.touch_past import Past
from bot.touch import agreed, gather
from bot.touch.alike import Alike, Known
from bot.touch.facts import Facts
from bot.touch.speaking import Speaker
from bot.touch.ways import WAYS

_CUSTOM = "custom."
#: Every channel that there is a way by.
CHANNELS = tuple(sorted({one.channel for one in WAYS.values()}))


@dataclass(slots=True)
class Stored:
    """A lead of the store, read as it stands; with what the simulation has changed of it."""

    desk: Desk
    lead: Lead
    owner: User | None
    #: How his fields were when the simulation began.
    before: Mapping[str, object]
    #: What he said, and what he got, counts from when it was so: the past is judged by what was known then.
    is_past: bool = False
    #: Messages of these journeys that really went are left out: they are replayed.
    but_of: frozenset[str] = frozenset()
    _past: list[Past] | None = None
    _said: list[Said] | None = None

    async def facts(self, intent: Intent, asked: Asked) -> Facts:
        """Read them as the planner does, at that moment."""
        lead = changed(self.lead, asked.person, self.before, self.desk.company.registry)
        facts = await gather.gather(replace(self.desk, now=asked.at), intent, lead, self.owner)
        if not self.is_past or facts.gone:
            return facts
        if self._said is None:
            self._said = await consents.all_of(self.desk.tx, self.lead.id)
        said = [one for one in self._said if one.at <= asked.at]
        return replace(facts, consents=agreed.by_channel(said, CHANNELS), is_closed=agreed.is_closed(said))

    async def past(self, at: datetime) -> Sequence[Past]:
        """Read once."""
        if self._past is None:
            self._past = [
                one
                for one in await touch_past.of(self.desk.tx, self.lead.id)
                if one.journey not in self.but_of
            ]
        return [one for one in self._past if one.decided_at <= at] if self.is_past else self._past


def changed(lead: Lead, person: Person, before: Mapping[str, object], registry: FieldRegistry) -> Lead:
    """The lead with those fields that differ from what they were."""
    custom, own = dict(lead.custom), dict[str, object]()
    for key, value in person.fields.items():
        spec = registry.get(key)
        if spec is None or before.get(key) == value:
            continue
        if spec.column.startswith(_CUSTOM):
            custom[spec.column.removeprefix(_CUSTOM)] = str(value)
        elif key == "status":
            own["status"] = LeadStatus(str(value))
        elif spec.column in Lead._fields:
            own[spec.column] = value
    return lead._replace(custom=custom, **own) if own or custom != lead.custom else lead  # type: ignore[arg-type]  # as the registry has them


@dataclass(slots=True)
class Anybody:
    """Somebody made up: every channel is there; by default all reach him and he agrees to everything."""

    company: Company
    begins: datetime
    #: Where we have his address.
    reached: tuple[str, ...] = CHANNELS
    #: Where he said yes to marketing; elsewhere he was never asked.
    agrees: tuple[str, ...] = CHANNELS
    has_owner: bool = True
    _open: Company = field(init=False)
    _lead: Lead = field(init=False)

    def __post_init__(self) -> None:
        """With every channel."""
        doors = replace(self.company.doors, channels=frozenset(CHANNELS))
        self._open = replace(self.company, doors=doors)
        self._lead = Lead(
            id="", status=LeadStatus.NEW, name="某位客户", company="某公司", created_at=self.begins
        )

    async def facts(self, intent: Intent, asked: Asked) -> Facts:
        """Nothing is against it but the rules themselves."""
        owner = User(id="", name="负责人", role=Role.REP, region="", team="")
        lead = changed(self._lead, asked.person, {}, self.company.registry)
        known = Known(
            has_owner=self.has_owner, content=intent.content, zone=gather.zone_of(self._open, lead),
            addresses=self.reached, sayable=Speaker(self._open, intent.content).to(lead, owner, intent.words),
            consents=tuple((channel, True) for channel in self.agrees),
        )  # fmt: skip
        return Alike(self._open, asked.at).facts(known)

    async def past(self, at: datetime) -> Sequence[Past]:
        """He got nothing before."""
        del at
        return ()
