"""A file that was tried: what it is taken for, what would become of its rows, and whether to do it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.chat.card import Button, Card, Choice, Field
from bot.crm.import_commands import CancelImport, ConfirmImport

TITLE = "导入{kind}：{name}"
TRIED = "只是试导入，还什么都没有写"
SEEN = "同一个文件导入过（批次 {batch}）"
YES, NO, REPORT = "导入", "不导入", "逐行结果"
KIND, KIND_ASKED = "kind", "这是什么"
MAPPED, SPARE, PROBLEM, MORE = "{column} → {field}", "不对应：{columns}", "第 {row} 行：{reason}", "等 {n} 列"
_COLUMNS, _PROBLEMS = 8, 3
#: The labels of a card's lines.
LINES = (
    ("rows", "行数"),
    ("created", "新建"),
    ("merged", "合并"),
    ("unchanged", "已有"),
    ("rejected", "未导入"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """All that the card tells."""

    batch_id: str
    file_name: str
    kind: str
    #: Kind to its label, all of them.
    kinds: Mapping[str, str]
    #: `rows`, `created` and so on.
    counts: Mapping[str, int]
    #: Header of the file, label of ours.
    columns: Sequence[tuple[str, str]]
    spare: Sequence[str]
    problems: Sequence[tuple[int, str]]
    report_url: str = ""
    #: The batch in which the same file came before.
    seen: str = ""


def over(name: str, said: str) -> Card:
    """Pressed: nothing is left to press, and what comes of it is told by another card."""
    return Card(kind="import_offer", title=name, note=said)


def card(tried: Tried) -> Card:
    """Nothing to press but the report when not one row would be taken."""
    shown = [Field(label, f"{tried.counts[key]:,}") for key, label in LINES if tried.counts[key]]
    takes = tried.counts["created"] + tried.counts["merged"] > 0
    yes = (Button(YES, ConfirmImport(tried.batch_id), style="primary"),) if takes else ()
    look = (Button(REPORT, url=tried.report_url),) if tried.report_url else ()
    return Card(
        kind="import_offer",
        title=TITLE.format(kind=tried.kinds[tried.kind], name=tried.file_name),
        note=SEEN.format(batch=tried.seen) if tried.seen else TRIED,
        fields=tuple(shown),
        text=_text(tried),
        choice=Choice(KIND, KIND_ASKED, tuple(tried.kinds.items()), tried.kind),
        buttons=(*yes, *(() if takes else (Button(YES, ConfirmImport(tried.batch_id)),)),
                 Button(NO, CancelImport(tried.batch_id)), *look),
    )  # fmt: skip


def _text(tried: Tried) -> str:
    lines = [MAPPED.format(column=name, field=label) for name, label in tried.columns[:_COLUMNS]]
    if len(tried.columns) > _COLUMNS:
        lines.append(MORE.format(n=len(tried.columns)))
    if tried.spare:
        lines.append(SPARE.format(columns="、".join(tried.spare[:_COLUMNS])))
    lines += [PROBLEM.format(row=row, reason=reason) for row, reason in tried.problems[:_PROBLEMS]]
    return "\n".join(lines)
