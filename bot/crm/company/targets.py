"""config/targets.yaml: what is to be sold, by month, and when a customer is lost."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from bot.crm.company.words import Label, UserId
from bot.kit.yaml_model import Strict

_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])", re.ASCII)


class SalesTarget(Strict):
    """The amount one person, team or region is to win in a month."""

    owner: UserId | None = None
    team: Label | None = None
    region: Label | None = None
    month: str
    amount: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=2)]

    @field_validator("month")
    @classmethod
    def _a_month(cls, month: str) -> str:
        if not _MONTH.fullmatch(month):
            msg = f"“{month}”不是月份，例如 2026-11"
            raise ValueError(msg)
        return month

    @model_validator(mode="after")
    def _of_one(self) -> SalesTarget:
        if sum(1 for whose in (self.owner, self.team, self.region) if whose is not None) != 1:
            msg = "owner、team、region 要写一个，且只写一个"
            raise ValueError(msg)
        return self


class Churn(Strict):
    """When a customer counts as lost."""

    #: Whoever ordered in so many days before a period may be lost in it.
    active_days: Annotated[int, Field(ge=1, le=3650)] = 365
    #: After so many days without an order he is.
    silent_days: Annotated[int, Field(ge=1, le=3650)] = 365


class Targets(Strict):
    """All targets, and what is taken for a lost customer."""

    targets: tuple[SalesTarget, ...] = ()
    churn: Churn = Churn()
