"""The shapes of questions about numbers and of their answers; OpenAPI is made of these very classes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, StringConstraints

from bot.web.api.models import Shape

UserId = Annotated[str, StringConstraints(min_length=1, max_length=128)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Value = Annotated[str, StringConstraints(max_length=200)] | Annotated[int, Field(ge=1, le=3650)]


class MetricOut(Shape):
    """A metric and its one meaning."""

    id: str
    name: str
    words: list[str]
    definition: str
    is_not: str
    unit: Literal["count", "money", "percent", "minutes", "days", "mark", "ratio"]
    kind: Literal["flow", "rate", "cohort", "snapshot"]
    subject: str
    #: Which roles may ask for it.
    roles: list[str]
    dimensions: list[str]
    #: False: nothing is recorded for it yet, and there is no number.
    recorded: bool


class Metrics(Shape):
    """All of them."""

    data: list[MetricOut]


class RankIn(Shape):
    """Sorted by value, and how many of it."""

    order: Literal["desc", "asc"]
    limit: Annotated[int, Field(ge=1, le=1000)] | None = None


class QueryIn(Shape):
    """What is counted, cut by what, of whom, when; and in whose view.

    `from` and `to` are local dates, `to` is the first day after; without them a flow is of this month
    and a snapshot of now. `as` is needed unless the key itself is somebody's.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)

    metrics: Annotated[list[Key], Field(min_length=1, max_length=10)]
    by: Annotated[list[Key], Field(max_length=3)] = Field(default_factory=list)
    where: Annotated[
        dict[Key, Annotated[list[Value], Field(min_length=1, max_length=200)]], Field(max_length=12)
    ] = Field(default_factory=dict)
    begins: date | None = Field(default=None, alias="from")
    ends: date | None = Field(default=None, alias="to")
    compare: Literal["previous", "last_year"] | None = None
    rank: RankIn | None = None
    view: Literal["funnel"] | None = None
    person: UserId | None = Field(default=None, alias="as")


class Numbers(Shape):
    """The rows, and the question as it was answered: with the person's own scope in it."""

    query: dict[str, Any]
    #: The question in words.
    words: str
    rows: list[dict[str, Any]]
    definitions: dict[str, str]
    as_of: datetime


class AskIn(Shape):
    """A question in Chinese, or the turns of one conversation, the last one last."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=False)

    question: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = None
    turns: Annotated[
        list[Annotated[str, StringConstraints(min_length=1, max_length=500)]], Field(max_length=20)
    ] = Field(default_factory=list)
    person: UserId | None = Field(default=None, alias="as")


class Answer(Shape):
    """What `leadbell ask --json` prints."""

    status: Literal["ok", "clarify", "refused", "unknown"]
    query: dict[str, Any] | None
    reply: str
    rows: list[dict[str, Any]]
    chart: dict[str, Any] | None
    options: list[str]
