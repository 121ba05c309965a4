"""Column types that mean the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import BigInteger, DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


@lru_cache(maxsize=512)
def _spelled(value: datetime) -> str:
    """2026-11-22T01:02:03.000004Z: always as long, so that it sorts; strftime would cost six times this.

    Remembered: the rows of one unit all bear the same moment.
    """
    return _in_utc(value).isoformat(timespec="microseconds")[:-6] + "Z"


#: Remembered for the same reason.
_read = lru_cache(maxsize=512)(datetime.fromisoformat)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        msg = "an instant without a time zone"
        raise ValueError(msg)
    return value.astimezone(timezone.utc)


def _document(value: Any) -> str:  # noqa: ANN401 - any document
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


class Direct:
    """A type that can say how a value goes in and comes out where it is there; None for as it is.

    SQLAlchemy asks through two calls more for each value, and a unit of work has tens of thousands.
    """

    def spelled(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """How it goes in."""
        raise NotImplementedError

    def read(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        """How it comes out."""
        raise NotImplementedError


class UTCDateTime(Direct, TypeDecorator[datetime]):
    """An instant: aware in Python, `timestamptz` on PostgreSQL, sortable text on SQLite.

    SQLite's own date type drops the offset without converting; naive values are refused on both.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type."""
        kind: TypeEngine[Any] = String(27) if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - per driver
        """Bring an aware instant to UTC."""
        if value is None:
            return None
        return self.spelled(dialect)(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - per driver
        """Give an aware instant in UTC."""
        if value is None:
            return None
        found: datetime = self.read(dialect)(value)
        return found

    def spelled(self, dialect: Dialect) -> Callable[[datetime], Any]:
        """As `process_bind_param`."""
        return _spelled if dialect.name == "sqlite" else _in_utc

    def read(self, dialect: Dialect) -> Callable[[Any], datetime]:
        """As `process_result_value`."""
        return _read if dialect.name == "sqlite" else _in_utc


class Json(Direct, TypeDecorator[Any]):
    """A small document, kept as text so that both databases give back exactly what was put in."""

    impl = Text
    cache_ok = True

    def spelled(self, dialect: Dialect) -> Callable[[Any], Any]:
        """As `process_bind_param`."""
        del dialect
        return _document

    def read(self, dialect: Dialect) -> Callable[[Any], Any]:
        """As `process_result_value`."""
        del dialect
        return orjson.loads

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ANN401 - any document
        """Spell the document."""
        del dialect
        return None if value is None else _document(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ANN401 - any document
        """Read the document."""
        del dialect
        return None if value is None else orjson.loads(value)


class Hundredths(TypeDecorator[Decimal]):
    """A number with at most two decimals, kept as whole hundredths so that sums are exact."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Count the hundredths; anything finer is a defect of the caller."""
        del dialect
        if value is None:
            return None
        hundredths = value * 100
        if hundredths != hundredths.to_integral_value():
            msg = "a number finer than a hundredth"
            raise ValueError(msg)
        return int(hundredths)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Give the number with two decimals."""
        del dialect
        return None if value is None else Decimal(int(value)) / 100


class Money(Hundredths):
    """An amount in the company's currency, kept as whole cents (分)."""

    cache_ok = True


class Percent(Hundredths):
    """Per cent, 0 to 100."""

    cache_ok = True
