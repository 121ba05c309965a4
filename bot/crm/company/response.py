"""config/response.yaml: how soon a lead must be answered, and what happens otherwise."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from bot.crm.company.words import Minutes, Several
from bot.kit.yaml_model import FaultAtError, Strict


class FirstResponse(Strict):
    """The clock of the first answer. Working minutes, from the moment somebody owns the lead."""

    remind_after_minutes: Minutes
    act_after_minutes: Minutes
    #: To the next person on duty, or back into the pool.
    act: Literal["reassign", "back_to_pool"]

    @model_validator(mode="after")
    def _reminded_first(self) -> FirstResponse:
        if self.remind_after_minutes >= self.act_after_minutes:
            msg = "remind_after_minutes 要小于 act_after_minutes：先提醒，后收回"
            raise FaultAtError(("act_after_minutes",), msg)
        return self


class Offers(Strict):
    """A lead in a pool that nobody takes. Working minutes from the first offer."""

    again_after_minutes: Minutes
    #: How often it is offered again before the manager hears of it.
    times: Several
    manager_after_minutes: Minutes

    @model_validator(mode="after")
    def _manager_last(self) -> Offers:
        if self.manager_after_minutes < self.again_after_minutes:
            msg = "manager_after_minutes 不能小于 again_after_minutes"
            raise FaultAtError(("manager_after_minutes",), msg)
        return self


class Response(Strict):
    """All clocks of the rep's day."""

    first_response: FirstResponse
    offers: Offers
    #: Due time of the task that comes with a lead, by its tier's urgency. Working minutes.
    first_task_within_minutes: Minutes
    #: An owned lead without a follow-up for so many days is 未跟进.
    stale_after_days: Several = 3
