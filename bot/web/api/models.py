"""The shapes of requests and answers; OpenAPI is made of these very classes."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Short = Annotated[str, StringConstraints(max_length=200)]
Scope = Literal[
    "leads:read", "leads:write", "contacts:read", "metrics:read", "journeys:enter", "webhooks", "keys"
]


class Shape(BaseModel):
    """Unknown names are refused where we are spoken to."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class LeadIn(BaseModel):
    """A person; at least one of phone, email, external_id. Any field of config/fields.yaml may be there."""

    model_config = ConfigDict(frozen=True, extra="allow")

    name: Short | None = None
    phone: Annotated[str, StringConstraints(max_length=64)] | None = None
    email: Annotated[str, StringConstraints(max_length=254)] | None = None
    company: Short | None = None
    title: Short | None = None
    province: Short | None = None
    city: Short | None = None
    industry: Short | None = None
    source: Short | None = None
    campaign: Short | None = None
    message: Annotated[str, StringConstraints(max_length=2000)] | None = None
    external_id: Short | None = None


class NewLead(LeadIn):
    """As a person, and whether it is offered at once or nurtured until its score is high enough."""

    rings: bool = False


class LeadOut(Shape):
    """A lead; phone and e-mail are masked unless they were asked for and may be seen."""

    id: str
    status: str
    name: str
    company: str
    title: str
    phone: str
    email: str
    contacts: Literal["masked", "clear"]
    external_id: str
    province: str
    city: str
    region: str
    industry: str
    source: str
    campaign: str
    form: str
    custom: dict[str, Any]
    score: int
    tier: str
    lifecycle: str
    owner: str | None
    pool: str | None
    created_at: datetime
    last_behaviour_at: datetime | None
    last_follow_up_at: datetime | None


class LeadPage(Shape):
    """Some leads, the first that came first; `next` is the cursor of the page behind it."""

    data: list[LeadOut]
    next: str | None


class EventIn(Shape):
    """Something a lead did."""

    event: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    object: Short = ""
    at: datetime | None = None
    #: The same one is counted once.
    message_id: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    properties: dict[str, Any] = Field(default_factory=dict)


class EventOut(Shape):
    """Something a lead did, as it was kept."""

    message_id: str
    event: str
    object: str
    channel: str
    properties: dict[str, Any]
    at: datetime


class Events(Shape):
    """The newest first."""

    data: list[EventOut]


class TouchPointOut(Shape):
    """One way by which a lead came."""

    source: str
    medium: str
    campaign: str
    term: str
    content: str
    referrer: str
    page: str
    click_id: dict[str, str]
    at: datetime


class TouchPoints(Shape):
    """The first one first."""

    data: list[TouchPointOut]


class SubmissionOut(Shape):
    """One form that a lead sent."""

    id: str
    form: str
    source: str
    campaign: str
    kind: str
    at: datetime


class Submissions(Shape):
    """The first one first."""

    data: list[SubmissionOut]


class TagOut(Shape):
    """A tag and who put it there."""

    tag: str
    by: str


class Tags(Shape):
    """All tags of a lead."""

    data: list[TagOut]


class KeyIn(Shape):
    """A key for one system."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    scopes: Annotated[list[Scope], Field(min_length=1)]
    #: User id: numbers are told to this key in this colleague's view alone.
    person: Annotated[str, StringConstraints(min_length=1, max_length=128)] | None = None


class KeyOut(Shape):
    """A key; `key` is there once, when it is made."""

    id: str
    name: str
    scopes: list[str]
    person: str | None
    created_at: datetime
    revoked_at: datetime | None
    key: str | None = None


class Keys(Shape):
    """Every key there ever was."""

    data: list[KeyOut]


class DeliveryOut(Shape):
    """One message on its way to one endpoint."""

    message_id: str
    type: str
    endpoint: str
    round: int
    state: str
    attempts: int
    due_at: datetime
    created_at: datetime
    last: str


class Deliveries(Shape):
    """The newest first."""

    data: list[DeliveryOut]


class Replayed(Shape):
    """To whom it goes once more."""

    endpoints: list[str]


class FieldProblem(Shape):
    """What is wrong with one field."""

    field: str
    message: str


class Problem(Shape):
    """RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[FieldProblem] = Field(default_factory=list)
