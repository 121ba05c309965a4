"""config/pipeline.yaml: the stages of an opportunity and what must be known to enter each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from pydantic import Field, model_validator

from bot.crm.company.words import Named, Percent
from bot.kit.yaml_model import FaultAtError, Strict

StageKind: TypeAlias = Literal["open", "won", "lost"]
#: What a gate can ask for.
DEAL_FIELDS: Mapping[str, str] = {
    "name": "商机名称",
    "product": "产品",
    "amount": "金额",
    "expected_close_on": "预计成交日",
    "quote": "报价",
    "discount": "折扣",
    "lost_reason": "输单原因",
}


class Stage(Named):
    """One stage."""

    kind: StageKind = "open"
    #: Of winning from here, for the forecast.
    probability_percent: Percent
    #: Must be known before a deal may enter.
    requires: tuple[str, ...] = ()

    @property
    def is_quote(self) -> bool:
        """Whether a deal comes here with an offer of ours: the funnel's step 报价."""
        return any("报价" in name for name in (self.name, *self.aliases))


class Pipeline(Strict):
    """The one sales pipeline: open stages in order, then exactly one won and one lost."""

    stages: tuple[Stage, ...] = Field(min_length=3, max_length=20)
    #: A larger discount needs the director, and is told him. Strictly more than this.
    discount_alarm_percent: Percent

    @model_validator(mode="after")
    def _closed_last(self) -> Pipeline:
        kinds = [stage.kind for stage in self.stages]
        if kinds[:-2] != ["open"] * (len(kinds) - 2) or kinds[-2:] != ["won", "lost"]:
            msg = "stages 先写进行中的阶段（kind: open），最后依次写一个 won 和一个 lost"
            raise FaultAtError(("stages",), msg)
        return self

    def get(self, name: str) -> Stage | None:
        """The stage of this name or alias."""
        return next((found for found in self.stages if name == found.name or name in found.aliases), None)

    @property
    def first(self) -> Stage:
        """Where a new opportunity stands."""
        return self.stages[0]

    @property
    def won(self) -> Stage:
        """The stage of a won deal."""
        return self.stages[-2]

    @property
    def lost(self) -> Stage:
        """The stage of a lost deal."""
        return self.stages[-1]

    @property
    def quoting(self) -> tuple[str, ...]:
        """The open stages from the one called 报价 on; none if no stage is called so."""
        names = [stage.name for stage in self.stages if stage.kind == "open"]
        first = next((at for at, stage in enumerate(self.stages) if stage.is_quote), len(names))
        return tuple(names[first:])

    def position(self, name: str) -> int:
        """How far along a stage is, from 0; KeyError if there is none of this name."""
        for index, stage in enumerate(self.stages):
            if stage.name == name:
                return index
        raise KeyError(name)
