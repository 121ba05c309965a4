"""What an admin does when somebody asks for his own data: all of it, or that it goes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("person.export")
@dataclass(frozen=True, slots=True)
class ExportPerson:
    """Everything that is held of one person (导出 L12 的个人信息), by a link for whoever asked."""

    said: str


@wire("person.erase")
@dataclass(frozen=True, slots=True)
class ErasePerson:
    """Take one person out (删除 L12 的个人信息 本人来信要求); shown first, done once `sure` is `yes`."""

    said: str
    reason: str = ""
    sure: str = ""


@wire("person.keep")
@dataclass(frozen=True, slots=True)
class KeepPerson:
    """He thought better of it."""
