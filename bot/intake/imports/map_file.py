"""The map of columns as a file: written with the first guess, read back when it is there."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import yaml as plain_yaml
from pydantic import Field

from bot.errors import ImportFileError
from bot.intake.imports import map_texts, texts
from bot.intake.imports.columns import ImportKind
from bot.intake.imports.mapping import ColumnMap
from bot.kit.yaml import YamlError, parse
from bot.kit.yaml_model import Strict, validate


class MapFile(Strict):
    """Such a file."""

    kind: Literal[
        "leads", "accounts", "opportunities", "orders", "activities", "costs", "payments", "targets"
    ]
    columns: dict[str, str]
    constants: dict[str, str] = Field(default_factory=dict)
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    dates: Literal["", "month_first", "day_first"] = ""
    row_id: str = ""


def read(path: Path, kind: ImportKind) -> ColumnMap:
    """Read one; ImportFileError names file, line and column of each mistake."""
    try:
        document = parse(path.read_text(encoding="utf-8"), file=str(path))
    except YamlError as exc:
        raise ImportFileError("\n".join(map(str, exc.errors))) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise ImportFileError(texts.unreadable(path.name, str(exc))) from exc
    found, errors = validate(MapFile, document)
    if found is None:
        raise ImportFileError("\n".join(map(str, errors)) or map_texts.NOT_A_MAP)
    if found.kind != kind.value:
        raise ImportFileError(map_texts.other_kind(found.kind, kind.value))
    return from_model(found)


def from_model(found: MapFile) -> ColumnMap:
    """As the import uses it."""
    return ColumnMap(
        kind=ImportKind(found.kind), columns=found.columns, constants=found.constants,
        values=found.values, dates=found.dates, row_id=found.row_id,
    )  # fmt: skip


def from_document(document: dict[str, object]) -> ColumnMap:
    """A map as it is kept with its batch."""
    return from_model(MapFile.model_validate(document))


def write(path: Path, mapping: ColumnMap) -> None:
    """Put it down for people to correct."""
    body = plain_yaml.safe_dump(mapping.as_document(), allow_unicode=True, sort_keys=False)
    try:
        path.write_text(map_texts.HEADER_NOTE + body, encoding="utf-8")
    except OSError as exc:
        raise ImportFileError(texts.unreadable(path.name, exc.strerror or "")) from exc
