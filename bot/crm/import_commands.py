"""What people ask for about files of records: take one in, or take it back."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.kit.wire import wire


@wire("import.file")
@dataclass(frozen=True, slots=True)
class ImportFile:
    """Somebody sent a file; shown what it would do before anything is done."""

    name: str
    #: By which the platform gives it out, and what opens it.
    media_id: str = field(repr=False)
    key: str = field(default="", repr=False)


@wire("import.confirm")
@dataclass(frozen=True, slots=True)
class ConfirmImport:
    """Yes, take it in; or, if another kind was chosen on the card, try it as that."""

    batch_id: str


@wire("import.cancel")
@dataclass(frozen=True, slots=True)
class CancelImport:
    """No, let it be."""

    batch_id: str


@wire("import.undo")
@dataclass(frozen=True, slots=True)
class UndoImport:
    """Take the whole batch back (撤销导入 I7); asked once more unless `sure` is `yes`."""

    batch_id: str
    sure: str = ""


@wire("import.list")
@dataclass(frozen=True, slots=True)
class ListImports:
    """Which files were brought in lately (导入记录)?"""
