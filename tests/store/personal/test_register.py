"""Every table is known: whose rows it has, or why it has nobody's."""

from __future__ import annotations

from bot.store.personal.register import MENTIONS, NOBODY, TIES
from bot.store.tables import METADATA

#: A column of such a name is somebody's; a table that has one cannot be nobody's.
PERSONAL = {
    "lead_id",
    "of_lead",
    "entity_id",
    "visitor",
    "open_id",
    "external_id",
    "phone",
    "email",
    "touch_id",
}
#: Rows that say so and are still nobody's, in words of the register.
KEPT_ON_PURPOSE = {"erasures", "segment_marks"}


def test_a_new_table_has_to_be_registered():
    """A table that nobody thought of would be neither exported nor erased."""
    known = {one.table.name for one in (*TIES, *MENTIONS)} | set(NOBODY)

    assert set(METADATA.tables) - known == set()


def test_a_table_with_somebody_in_it_is_not_nobodys():
    """Whoever adds a column that names a customer has to say what becomes of it."""
    wrong = {
        name: PERSONAL & set(METADATA.tables[name].c.keys())
        for name in set(NOBODY) - KEPT_ON_PURPOSE
        if PERSONAL & set(METADATA.tables[name].c.keys())
    }

    assert wrong == {}


def test_what_is_sealed_of_somebody_can_be_read_out():
    """Every sealed column of his is opened for the export, or is a key of ours."""
    shut = {
        f"{tie.table.name}.{column.name}"
        for tie in TIES
        for column in tie.table.columns
        if column.type.__class__.__name__ == "LargeBinary"
        and column.name not in tie.seals
        and column.name not in tie.keys
    }

    assert shut == set()


def test_the_register_names_what_there_is():
    """Columns and tables of these names exist."""
    for tie in TIES:
        names = {tie.by, *tie.wipe, *tie.seals, *tie.gives.values(), *tie.keys}
        assert names <= set(tie.table.c.keys()), tie.table.name
    assert set(NOBODY) <= set(METADATA.tables)
