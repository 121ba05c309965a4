"""config/reasons.yaml and config/scripts.yaml: lists that people choose from or read out."""

from __future__ import annotations

from pydantic import Field

from bot.crm.company.words import Label, Text
from bot.kit.yaml_model import Strict


class Reasons(Strict):
    """Why a lead is invalid, returned or given to somebody else, or a deal lost. Stored word for word."""

    invalid: tuple[Label, ...] = Field(min_length=1, max_length=10)
    returned: tuple[Label, ...] = Field(min_length=1, max_length=10)
    lost: tuple[Label, ...] = Field(min_length=1, max_length=10)
    #: Chosen by whoever gives a lead to somebody else, if he wants to say why.
    reassigned: tuple[Label, ...] = Field(default=(), max_length=9)
    #: Why sales send a lead back to marketing (退回市场).
    rejected: tuple[Label, ...] = Field(default=("没有需求",), min_length=1, max_length=10)


class Script(Strict):
    """One line to say; without a source for all sources, without a stage for all stages."""

    source: Label | None = None
    #: A lead status (`new`, `owned` and so on) or the name of a deal's stage.
    stage: Label | None = None
    text: Text


class Scripts(Strict):
    """话术: the line that fits best is shown; `{company}` becomes our name."""

    scripts: tuple[Script, ...] = Field(min_length=1)
