"""Every table, by what it is about; only the store imports these."""

from bot.store.tables import leads, machinery, people, sales
from bot.store.tables.meta import METADATA

__all__ = ["METADATA", "leads", "machinery", "people", "sales"]
