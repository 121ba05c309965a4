"""config/tracking.yaml: whose pages and apps tell us what people do there, and what it means to us."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from bot.crm.company.words import Key, Label, Several
from bot.kit.yaml_model import FaultAtError, Strict

#: `https://www.example.com`, as browsers name the site a page is of.
WebOrigin: TypeAlias = Annotated[str, StringConstraints(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$")]
#: `/pricing`, or `/docs/*` for all below.
PathPattern: TypeAlias = Annotated[str, StringConstraints(pattern=r"^/\S*$", max_length=200)]
Call: TypeAlias = Literal["track", "page", "screen"]


class TrackedSource(Strict):
    """One site, app or server that sends; its write key is `LEADBELL_TRACKING__{KEY}` in the environment."""

    key: Key
    name: Label
    channel: Literal["web", "app", "mail", "wechat", "api"] = "web"
    #: Pages of which sites may send; empty lets any. Servers name none and are not asked.
    origins: tuple[WebOrigin, ...] = ()
    #: Whether somebody who identifies himself by a phone or address that we do not know becomes a lead.
    creates_leads: bool = False
    #: Requests from one address in a minute.
    per_minute: Several = 1200


class EventMap(Strict):
    """What one of their events, or a look at one of their pages, is to us."""

    event: Key
    call: Call | None = None
    #: Names of theirs; case, spaces, `-` and `_` make no difference.
    names: tuple[Label, ...] = ()
    paths: tuple[PathPattern, ...] = ()
    #: The property that says which one (mail, file); without it the page.
    object: Label | None = None

    @model_validator(mode="after")
    def _about_something(self) -> EventMap:
        if not self.names and not self.paths:
            msg = "names（事件名）和 paths（页面路径）至少要写一个"
            raise FaultAtError(("event",), msg)
        return self


class Tracking(Strict):
    """All of it."""

    sources: tuple[TrackedSource, ...] = ()
    events: tuple[EventMap, ...] = ()
    #: Our source by what stands behind `utm_source`; names and aliases of sources need no line.
    utm_sources: Mapping[Label, Label] = {}
    #: Parts of a browser's name by which programs are told from people; lower case.
    bots: tuple[Label, ...] = ()
    #: Names in properties whose values are personal and not kept there; lower case.
    personal: tuple[Label, ...] = Field(
        default=("phone", "mobile", "tel", "telephone", "email", "name", "firstname", "lastname", "address")
    )

    def source(self, key: str) -> TrackedSource | None:
        """The source of this key."""
        return next((one for one in self.sources if one.key == key), None)
