"""What may become of a row."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from bot.errors import ImportFileError


class Outcome(enum.StrEnum):
    """Stored, so never rename one."""

    CREATED = "created"
    #: It was there, and something of this row was added to it, or nothing was left to add.
    MERGED = "merged"
    #: The very same was there.
    UNCHANGED = "unchanged"
    REJECTED = "rejected"


OUTCOME_LABELS: Mapping[str, str] = {
    Outcome.CREATED: "新建",
    Outcome.MERGED: "合并",
    Outcome.UNCHANGED: "已有",
    Outcome.REJECTED: "未导入",
    "kept": "未撤销",
}


class RejectedError(ValueError):
    """A row cannot be taken; the text is for people."""


class ElsewhereError(ImportFileError):
    """Another process goes on with the batch, or it is being undone: this one has nothing more to do."""
