"""config/webhooks.yaml: which other systems hear of what happens here."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints, model_validator

from bot.crm.company.words import Key
from bot.kit.yaml_model import FaultAtError, Strict

EventType: TypeAlias = Literal[
    "lead.created",
    "lead.re_enquired",
    "lead.assigned",
    "lead.claimed",
    "lead.released",
    "lead.status_changed",
    "lead.erased",
    "deal.created",
    "deal.won",
    "deal.lost",
    "journey.step",
]
Address: TypeAlias = Annotated[str, StringConstraints(pattern=r"^https?://[^\s@#]+$", max_length=500)]


class Endpoint(Strict):
    """One address that is told; it is signed with `LEADBELL_WEBHOOKS__{KEY}` (`whsec_…`)."""

    key: Key
    url: Address
    events: tuple[EventType, ...] = Field(min_length=1)
    #: Only for an address inside the company's own network: private ranges are refused otherwise.
    internal: bool = False

    @model_validator(mode="after")
    def _in_the_open(self) -> Endpoint:
        if self.url.startswith("http:") and not self.internal:
            msg = "公网地址必须用 https；内网地址请加 internal: true"
            raise FaultAtError(("url",), msg)
        return self


class Webhooks(Strict):
    """All of them."""

    endpoints: tuple[Endpoint, ...] = ()

    def endpoint(self, key: str) -> Endpoint | None:
        """The endpoint of this key."""
        return next((one for one in self.endpoints if one.key == key), None)
