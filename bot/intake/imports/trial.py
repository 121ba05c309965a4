"""A file from a chat is looked at: what it is, what would become of it, as far as a card tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.intake.imports import engine, map_file, mapping, report
from bot.intake.imports.columns import ImportKind, columns_of
from bot.intake.imports.engine import Tools, digest_of
from bot.intake.imports.mapping import ColumnMap
from bot.intake.imports.report import Line
from bot.intake.imports.table import Table, open_table
from bot.store.import_batches import Batch, Counts

_PROBLEMS = 10
#: Lines of the report that is kept with a trial; of a longer file those that were not taken come first.
_REPORTED = 20_000


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of it."""

    mapping: ColumnMap
    digest: str
    counts: Counts
    #: Header of the file, label of ours.
    columns: Sequence[tuple[str, str]]
    spare: Sequence[str]
    problems: Sequence[Line]
    report: bytes = field(repr=False)


async def try_out(tools: Tools, data: bytes, name: str, *, kind: str = "", by: str = "") -> Trial:
    """Guess and try; `kind` if somebody has said what it is."""
    opened = open_table(data, name)
    sample = engine.sample(opened, mapping.LOOKED_AT)
    wanted = ImportKind(kind) if kind else mapping.guess_kind(tools.company, opened.header, sample)
    found = mapping.guess(tools.company, wanted, opened.header, sample)
    mapping.check(tools.company, found, opened.header)
    opened = opened.reopened()
    lines: list[Line] = []

    def heard(written: Sequence[object]) -> None:
        fates = [report.line_of(one) for one in written]
        room = _REPORTED - len(lines)
        lines.extend(fates if room >= len(fates) else [one for one in fates if one.outcome == "rejected"])

    counts = await engine.run(tools, opened, found, batch=None, by=by, heard=heard)
    labels = {one.key: one.label for one in columns_of(tools.company, wanted)}
    return Trial(
        mapping=found,
        digest=digest_of(opened, found),
        counts=counts,
        columns=[(column, labels[key]) for key, column in found.columns.items()],
        spare=mapping.unmapped(found, opened.header),
        problems=report.problems(lines, _PROBLEMS),
        report=report.as_csv(lines),
    )


def as_checked(data: bytes, batch: Batch) -> tuple[Table, ColumnMap]:
    """The file again, by the map that was shown and confirmed."""
    return open_table(data, batch.file_name), map_file.from_document(dict(batch.mapping))
