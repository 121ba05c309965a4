"""What is said of a whole import, in chat and on a terminal."""

from __future__ import annotations

from collections.abc import Mapping

from bot.intake.imports.columns import KIND_LABELS, ImportKind
from bot.intake.imports.outcome import OUTCOME_LABELS
from bot.store.import_batches import PARTLY_UNDONE, Batch, Counts


def counted(counts: Counts) -> str:
    """新建 8、合并 2 …, without what there is none of."""
    named = ("created", "merged", "unchanged", "rejected")
    parts = [f"{OUTCOME_LABELS[name]} {getattr(counts, name):,}" for name in named if getattr(counts, name)]
    return f"共 {counts.rows:,} 行" + (f"：{'，'.join(parts)}" if parts else "")


def kind(said: str) -> str:
    """线索, 商机 …"""
    return KIND_LABELS[ImportKind(said)]


def done(batch: Batch) -> str:
    """After an import."""
    return f"已导入{kind(batch.kind)}（批次 {batch.id}）。{counted(batch.counts)}。"


def trial(of: str, counts: Counts) -> str:
    """After a trial."""
    return f"试导入{kind(of)}，什么都没有写。{counted(counts)}。"


def undone(batch: Batch) -> str:
    """After an undoing."""
    if batch.state == PARTLY_UNDONE:
        return f"批次 {batch.id} 已撤销，其中 {batch.kept:,} 行没有撤销：之后有人用过或改过。"
    return f"批次 {batch.id} 已全部撤销。"


def already(batch: Batch) -> str:
    """The same file again."""
    return f"这个文件已经导入过（批次 {batch.id}，{batch.file_name}）。{counted(batch.counts)}。"


def hot_in_pool(count: int, pool: str) -> str:
    """One line instead of a card for each."""
    return f"新导入的线索里有 {count:,} 条可以马上跟进，在{pool}等人领取。发「公海」查看。"


def given(count: int) -> str:
    """To whoever looks after them from now on."""
    return f"刚导入了 {count:,} 条由你负责的线索，发「我的线索」查看。"


def disagreement(batch_id: str, expected: Mapping[str, int], counted_: Mapping[str, int], there: int) -> str:
    """What was counted is not what is there."""
    return (
        f"批次 {batch_id} 核对不上：计数 {dict(expected)}，逐行记录 {dict(counted_)}，"
        f"库里 {there}。请撤销这个批次后重试。"
    )


def unknown_batch(batch_id: str) -> str:
    """No batch of this id."""
    return f"没有 {batch_id} 这个批次。"


def cannot_undo(batch: Batch) -> str:
    """Nothing of it stands."""
    return f"批次 {batch.id} 没有可撤销的内容。"
