"""What an admin changes of the configuration without a shell."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("setting.change")
@dataclass(frozen=True, slots=True)
class ChangeSetting:
    """Set one thing (每日领取上限 改成 8); shown first, done once `sure` is `yes`.

    `of` names whose or which one: a pool, a colleague, a rule; `was` is what it was when it was shown.
    """

    what: str
    of: str = ""
    value: str = ""
    was: str = ""
    sure: str = ""


@wire("setting.undo")
@dataclass(frozen=True, slots=True)
class UndoSetting:
    """Take a change back (撤销配置 3); the last one if no number is said."""

    number: str = ""
    sure: str = ""


@wire("setting.list")
@dataclass(frozen=True, slots=True)
class ListSettings:
    """What can be changed, how it stands, and the last changes (配置)."""


@wire("setting.leave")
@dataclass(frozen=True, slots=True)
class LeaveSetting:
    """Not after all (取消)."""
