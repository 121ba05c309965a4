"""What may happen to a person that a journey begins with or waits for, as it is written in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, Discriminator, Field, Tag

from bot.crm.cadence_words import read_cadence
from bot.crm.company.journey_spans import Clock, Offset
from bot.crm.company.kinds import kind_in, tagged
from bot.crm.company.words import Key, Label
from bot.kit.yaml_model import Strict


def _cadence(text: str) -> str:
    if read_cadence(text) is None:
        msg = f"“{text}”不是时间，例如 每周一 09:00、每月1号 09:00"
        raise ValueError(msg)
    return text


class Event(Strict):
    """He did something."""

    event: Key
    #: Which page, mail or file; any, if it is not said.
    object: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    #: Only this time of all times: the fourth is 4.
    nth: Annotated[int, Field(ge=1, le=1_000)] | None = None


class Submitted(Strict):
    """He sent a form."""

    form: Key


class Created(Strict):
    """He became a lead, however he came."""

    created: Literal["lead"]


class Changed(Strict):
    """A field of the lead became another; with `to`, became this."""

    changed: Key
    to: str | int | float | bool | None = None


class Status(Strict):
    """The lead's status became this."""

    status: Key


class Stage(Strict):
    """An opportunity of his came to this stage."""

    stage: Label


class Quoted(Strict):
    """He was made an offer; with a number, below so many per cent of the list price."""

    quoted: Literal["any"]
    discount_over: Annotated[int, Field(ge=0, le=100)] | None = None


class Bought(Strict):
    """An order of his came in."""

    bought: Label


class Tagged(Strict):
    """He got this tag."""

    tagged: Label


class Entered(Strict):
    """He came into this segment, which is kept up to date."""

    segment: Key


class Manual(Strict):
    """A colleague puts him in."""

    manual: Literal[True]


class Api(Strict):
    """Another system puts him in."""

    api: Literal[True]


class OnDate(Strict):
    """Around a date that the lead bears, once or each year."""

    date: Key
    offset: Offset = "0天"
    yearly: bool = False
    at: Clock = "10:00"


class Scheduled(Strict):
    """At fixed times, for everybody whom `only` fits."""

    schedule: Annotated[str, AfterValidator(_cadence)]


HAPPENINGS: Mapping[str, type[Strict]] = {
    "event": Event,
    "form": Submitted,
    "created": Created,
    "changed": Changed,
    "status": Status,
    "stage": Stage,
    "quoted": Quoted,
    "bought": Bought,
    "tagged": Tagged,
    "segment": Entered,
}
BEGINNINGS: Mapping[str, type[Strict]] = {
    **HAPPENINGS,
    "manual": Manual,
    "api": Api,
    "date": OnDate,
    "schedule": Scheduled,
}
#: In place of a product.
ANYTHING = "any"


def kind_of(trigger: Any) -> str:  # noqa: ANN401 - whatever the file holds
    """Which kind it is, by its key."""
    return kind_in(BEGINNINGS, trigger, otherwise="event")


_BY_KEY = Discriminator(tagged(BEGINNINGS, otherwise="event"))
_Happening: TypeAlias = (
    Annotated[Event, Tag("<event>")]
    | Annotated[Submitted, Tag("<form>")]
    | Annotated[Created, Tag("<created>")]
    | Annotated[Changed, Tag("<changed>")]
    | Annotated[Status, Tag("<status>")]
    | Annotated[Stage, Tag("<stage>")]
    | Annotated[Quoted, Tag("<quoted>")]
    | Annotated[Bought, Tag("<bought>")]
    | Annotated[Tagged, Tag("<tagged>")]
    | Annotated[Entered, Tag("<segment>")]
)
Happening: TypeAlias = Annotated[_Happening, _BY_KEY]
#: What happens, and what somebody or the calendar does besides.
Beginning: TypeAlias = Annotated[
    _Happening
    | Annotated[Manual, Tag("<manual>")]
    | Annotated[Api, Tag("<api>")]
    | Annotated[OnDate, Tag("<date>")]
    | Annotated[Scheduled, Tag("<schedule>")],
    _BY_KEY,
]
