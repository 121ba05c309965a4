"""The rows that every enquiry leaves: their inserts are compiled before the first one waits for it."""

from __future__ import annotations

from collections.abc import Iterable

from bot.store.statement import Compiler
from bot.store.tables import METADATA

#: Columns that such a row leaves to the database or to later; of all others it names each.
_LATER_OF_LEAD = (
    *("account_id", "converted_at", "external_contact_id", "invalid_reason", "last_behaviour_at"),
    *("last_follow_up_at", "marketing_qualified_at", "merged_into", "owned_at", "owner_id", "pool_id"),
    *("previous_owner_id", "released_at", "sales_accepted_at", "sales_qualified_at", "sales_rejected_at"),
    "wechat_added_at",
)
_LATER_OF_SENDING = (
    *("first_tried_at", "id", "lease_until", "provider_id", "reason", "result", "sent_at", "wire"),
)
#: Table, whether a taken key inserts no row, and what is left out.
_ROWS: Iterable[tuple[str, bool, tuple[str, ...]]] = (
    ("lead_keys", True, ()),
    ("leads", False, _LATER_OF_LEAD),
    ("status_changes", False, ("id", "owner_id")),
    ("status_changes", False, ("id",)),
    ("uncompared", True, ()),
    ("submissions", True, ()),
    ("touch_points", False, ("id",)),
    ("behaviours", True, ("id",)),
    ("lifecycle_changes", False, ("id",)),
    ("score_changes", True, ("id",)),
    ("assignment_decisions", False, ("id",)),
    ("cards", True, ("views",)),
    ("outbox", True, _LATER_OF_SENDING),
)


def warm_inserts(compiler: Compiler) -> None:
    """Compile them; once for each compiler."""
    for name, or_nothing, left_out in _ROWS:
        table = METADATA.tables[name]
        keys = tuple(column.name for column in table.c if column.name not in left_out)
        compiler.insert(table, keys, or_nothing=or_nothing)
