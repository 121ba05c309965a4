"""The database; nobody else imports SQLAlchemy."""

from bot.store.database import Store, open_store
from bot.store.tx import Tx

__all__ = ["Store", "Tx", "open_store"]
