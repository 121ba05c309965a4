"""What became of each row, as a file that a spreadsheet opens without running anything in it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bot.intake.imports.outcome import OUTCOME_LABELS
from bot.kit.vault import Vault

HEADER = ("行号", "结果", "记录", "外部编号", "说明")
_LABEL = "import-report"
#: What a spreadsheet would take for a formula; in Chinese and Japanese ones the wide signs are as good.
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "＝", "＋", "－", "＠")


@dataclass(frozen=True, slots=True)
class Line:
    """One row's fate."""

    row: int
    outcome: str
    entity_id: str
    external_id: str
    reason: str

    def as_document(self) -> dict[str, Any]:
        """For machines."""
        return {
            "row": self.row, "outcome": self.outcome, "id": self.entity_id, "external_id": self.external_id,
            "reason": self.reason,
        }  # fmt: skip


def line_of(row: Any) -> Line:  # noqa: ANN401 - a written line or a kept row
    """Of what is written or kept."""
    return Line(row.row, str(row.outcome), row.entity_id or "", row.external_id, row.reason)


def as_csv(lines: Iterable[Line]) -> bytes:
    """With the mark by which Excel knows UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    for one in lines:
        label = OUTCOME_LABELS.get(one.outcome, one.outcome)
        writer.writerow(map(harmless, (str(one.row), label, one.entity_id, one.external_id, one.reason)))
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_json(lines: Iterable[Line]) -> bytes:
    """A list of documents."""
    return orjson.dumps([one.as_document() for one in lines], option=orjson.OPT_INDENT_2)


def harmless(cell: str) -> str:
    """Text that stays text."""
    return f"'{cell}" if cell.startswith(_ACTIVE) else cell


def path(vault: Vault, batch_id: str) -> str:
    """Where the report of a batch is read: an address that nobody guesses."""
    return f"/imports/{batch_id}/{vault.sign(_LABEL, batch_id).hex()}.csv"


def opens(vault: Vault, batch_id: str, mac: str) -> bool:
    """Whether an address is one of ours."""
    try:
        return vault.signed(_LABEL, batch_id, bytes.fromhex(mac))
    except ValueError:
        return False


def problems(lines: Sequence[Line], most: int) -> list[Line]:
    """The first rows that were not taken."""
    return [one for one in lines if one.outcome in ("rejected", "kept")][:most]
