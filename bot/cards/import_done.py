"""A file that was taken in, or taken back."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat.card import Button, Card, Field
from bot.crm.import_commands import UndoImport

DONE, UNDONE, PARTLY = "已导入{kind}", "批次 {batch} 已撤销", "批次 {batch} 撤销了一部分"
BATCH, UNDO, REPORT = "批次 {batch} · {name}", "撤销这一批", "逐行结果"
KEPT = "有 {kept:,} 行没有撤销：之后有人用过或改过。"
LINES = (
    ("rows", "行数"),
    ("created", "新建"),
    ("merged", "合并"),
    ("unchanged", "已有"),
    ("rejected", "未导入"),
)


def card(batch_id: str, name: str, kind: str, counts: Mapping[str, int], *, report_url: str = "") -> Card:
    """With a way back."""
    look = (Button(REPORT, url=report_url),) if report_url else ()
    return Card(
        kind="import_done",
        title=DONE.format(kind=kind),
        note=BATCH.format(batch=batch_id, name=name),
        fields=tuple(Field(label, f"{counts[key]:,}") for key, label in LINES if counts[key]),
        buttons=(Button(UNDO, UndoImport(batch_id)), *look),
    )


def undone(batch_id: str, name: str, kept: int, *, report_url: str = "") -> Card:
    """What stayed is said."""
    return Card(
        kind="import_done",
        title=(PARTLY if kept else UNDONE).format(batch=batch_id),
        note=BATCH.format(batch=batch_id, name=name),
        text=KEPT.format(kept=kept) if kept else "",
        buttons=(Button(REPORT, url=report_url),) if report_url and kept else (),
    )


def sure(batch_id: str, text: str) -> Card:
    """Once more, before it is taken back."""
    return Card(
        kind="import_done",
        title=UNDO,
        text=text,
        buttons=(Button(UNDO, UndoImport(batch_id, "yes"), style="danger"),),
    )
