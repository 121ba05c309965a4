"""Small building blocks that several files of the configuration share."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

from bot.kit.yaml_model import Strict

#: A name for programs: in addresses, columns and logs. Never renamed once used.
Key: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
#: A name for people, one short line.
Label: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^\n]*$")]
#: A sentence or two for people.
Text: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=500)]
UserId: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^\S+$")]
ChatId: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^\S+$")]
Count: TypeAlias = Annotated[int, Field(ge=0, le=1_000_000)]
#: At least one.
Several: TypeAlias = Annotated[int, Field(ge=1, le=1_000_000)]
#: Working or plain minutes, as the setting says; a year at most.
Minutes: TypeAlias = Annotated[int, Field(ge=1, le=525_600)]
Days: TypeAlias = Annotated[int, Field(ge=0, le=3_650)]
Percent: TypeAlias = Annotated[int, Field(ge=0, le=100)]


class Named(Strict):
    """Something known by its name, and by other words people use for it."""

    name: Label
    aliases: tuple[Label, ...] = ()
