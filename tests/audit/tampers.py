"""Tamper with an audit chain in every way we can think of, and count what `verify` does not find.

`python -m tests.audit.tampers --count 10000 --json` prints the figures; each tamper is rolled back.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from bot.crm.company.load import load
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import audit
from bot.store.audit_verify import Verdict, verify
from bot.store.connection import UnitTx
from bot.store.desk import Desk
from bot.store.migrate import migrate
from bot.store.sqlite import SqliteConnection, finish

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret of the audit tests that is long enough"
FROM = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
COLUMNS = ("id", "n", "at", "actor", "action", "object", "detail", "link")
ACTIONS = ("contact.revealed", "access.refused", "lead.entered", "ask.refused")


@dataclass
class Book:
    """A small chain, open for tampering; `sql` is the forger's hand, without the key."""

    vault: Vault
    connection: SqliteConnection
    sql: Callable[..., sqlite3.Cursor]
    rows: int

    def tx(self) -> UnitTx:
        return UnitTx(self.connection, time.monotonic, float("inf"))

    def verify(self) -> Verdict:
        return finish(verify(self.tx(), self.vault))

    def ids(self) -> list[str]:
        return [row[0] for row in self.sql("SELECT id FROM audit WHERE n IS NOT NULL ORDER BY n")]


def write(path: Path, rows: int, seed: int = 7) -> Book:
    """A new database with a chain of so many rows."""
    migrate(f"sqlite+aiosqlite:///{path}")
    random_bytes, chance = seeded_random_bytes(seed), random.Random(seed)
    connection = SqliteConnection(str(path))
    vault = Vault([SECRET], random_bytes)
    book = Book(vault, connection, connection._db.execute, rows)
    company = load(ROOT / "config")

    async def fill() -> None:
        for i in range(rows):
            now = FROM + timedelta(seconds=i, microseconds=chance.randrange(10**6))
            desk = Desk(tx=book.tx(), company=company, now=now, vault=vault, random_bytes=random_bytes)
            await audit.note(
                desk, actor=f"rep{chance.randrange(9)}", action=chance.choice(ACTIONS),
                of=f"lead:L{chance.randrange(99)}", wanted="看电话", how=chance.choice(("card", "words")),
            )  # fmt: skip

    connection._db.execute("BEGIN")
    finish(fill())
    connection._db.execute("COMMIT")
    return book


def another(chance: random.Random, column: str, value: Any) -> Any:
    """Another value for a column: near the old one, of another type, or something quite different."""
    text = "" if value is None else str(value)
    place = chance.randrange(len(text) + 1)
    ways: list[Callable[[], Any]] = [
        lambda: text + " ",
        lambda: text[:place] + chance.choice("aZ9 0é线\u200b") + text[place:],
        lambda: text[:-1],
        lambda: text.upper() if text != text.upper() else text.lower(),
        text.encode,
        lambda: chance.choice(("", "0", "system", "\x00", 0, -1, 1.5, 2**40, b"\xff\xfe")),
        lambda: text[::-1],
    ]
    if column == "at":
        ways += [lambda: text[:-1] + "+00:00", lambda: "2027" + text[4:], lambda: text.replace("T", " ")]
    if column == "detail":
        ways += [lambda: text.replace(":", ": ", 1), lambda: "{}", lambda: text.replace("card", "words")]
    if column == "n":
        ways = [
            lambda: value + 1000,
            lambda: -value,
            lambda: None,
            lambda: 0,
            lambda: value + 0.5,
            lambda: "x",
        ]
    for _ in range(50):
        new = chance.choice(ways)()
        # Text in a column of numbers that spells the same number is kept as that number.
        if new != value and not (column == "n" and str(new) == str(value)):
            return new
    return f"{text}!"


def change(book: Book, chance: random.Random) -> str:
    column, row_id = chance.choice(COLUMNS), chance.choice(book.ids())
    (value,) = book.sql(f"SELECT {column} FROM audit WHERE id = ?", (row_id,)).fetchone()  # noqa: S608 - our own names
    book.sql(
        f"UPDATE OR IGNORE audit SET {column} = ? WHERE id = ?",  # noqa: S608 - our own names
        (another(chance, column, value), row_id),
    )
    return f"change.{column}"


def delete(book: Book, chance: random.Random) -> str:
    book.sql("DELETE FROM audit WHERE id = ?", (chance.choice(book.ids()[:-1]),))
    return "delete"


def delete_and_close_up(book: Book, chance: random.Random) -> str:
    gone = chance.choice(book.ids()[:-1])
    (n,) = book.sql("SELECT n FROM audit WHERE id = ?", (gone,)).fetchone()
    book.sql("DELETE FROM audit WHERE id = ?", (gone,))
    for (later,) in book.sql("SELECT n FROM audit WHERE n > ? ORDER BY n", (n,)).fetchall():
        book.sql("UPDATE audit SET n = ? WHERE n = ?", (later - 1, later))
    if chance.random() < 0.5:
        book.sql("UPDATE audit_head SET n = n - 1")
    return "delete_and_close_up"


def cut(book: Book, chance: random.Random) -> str:
    keep = chance.randrange(book.rows)
    book.sql("DELETE FROM audit WHERE n > ?", (keep,))
    match chance.randrange(3):
        case 0:
            return "cut"
        case 1:
            last = book.sql("SELECT n, link FROM audit ORDER BY n DESC LIMIT 1").fetchone() or (0, "")
            book.sql("UPDATE audit_head SET n = ?, link = ?", last)
            return "cut_with_head"
        case _:
            book.sql("DELETE FROM audit_head")
            return "cut_without_head" if keep else _used(book)


def _used(book: Book) -> str:
    """With nothing left at all, the program's other rows tell that it has worked."""
    book.sql(
        "INSERT INTO inbox (lane_key, platform, key, body, received_at, state, attempts, failures)"
        " VALUES ('a', 'wecom', 'a', x'00', '2026-11-18T02:00:00.000000Z', 'done', 1, 0)"
    )
    return "cut_everything"


def insert(book: Book, chance: random.Random) -> str:
    """A row copied or made up, waiting, at the end, or pushed in between."""
    source = chance.choice(book.ids())
    at, actor, action, of, detail, link = book.sql(
        "SELECT at, actor, action, object, detail, link FROM audit WHERE id = ?", (source,)
    ).fetchone()
    if chance.random() < 0.5:
        actor = "forger"
    where = chance.choice(("waiting", "end", "between"))
    place: int | None = None
    if where == "end":
        place = book.rows + 1
        if chance.random() < 0.5:
            book.sql("UPDATE audit_head SET n = ?, link = ?", (place, link))
    elif where == "between":
        place = chance.randrange(1, book.rows + 1)
        for (later,) in book.sql("SELECT n FROM audit WHERE n >= ? ORDER BY n DESC", (place,)).fetchall():
            book.sql("UPDATE audit SET n = ? WHERE n = ?", (later + 1, later))
        if chance.random() < 0.5:
            book.sql("UPDATE audit_head SET n = n + 1")
    book.sql(
        "INSERT INTO audit (id, n, at, actor, action, object, detail, link) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (chance.randbytes(9).hex(), place, at, actor, action, of, detail, link),
    )
    return f"insert_{where}"


def swap_places(book: Book, chance: random.Random) -> str:
    one, two = chance.sample(range(1, book.rows + 1), 2)
    _renumber(book, {one: two, two: one})
    return "swap_places"


def swap_contents(book: Book, chance: random.Random) -> str:
    one, two = chance.sample(book.ids(), 2)
    columns = chance.choice(
        (("actor", "action", "object", "detail", "at"), ("id",), ("link",), COLUMNS[:1] + COLUMNS[2:7])
    )
    values = {
        i: book.sql(f"SELECT {', '.join(columns)} FROM audit WHERE id = ?", (i,)).fetchone()  # noqa: S608 - our own names
        for i in (one, two)
    }
    if values[one] == values[two]:
        return change(book, chance)
    sets = ", ".join(f"{column} = ?" for column in columns)
    book.sql("UPDATE audit SET id = 'aside' WHERE id = ?", (one,))
    target = {one: "aside", two: two}
    ((n_one,), (n_two,)) = (
        book.sql("SELECT n FROM audit WHERE id = ?", (target[i],)).fetchone() for i in (one, two)
    )
    if "id" not in columns:
        book.sql("UPDATE audit SET id = ? WHERE n = ?", (one, n_one))
    else:
        book.sql("UPDATE audit SET id = 'aside2' WHERE n = ?", (n_two,))
    book.sql(f"UPDATE audit SET {sets} WHERE n = ?", (*values[two], n_one))  # noqa: S608 - our own names
    book.sql(f"UPDATE audit SET {sets} WHERE n = ?", (*values[one], n_two))  # noqa: S608 - our own names
    return "swap_contents"


def reorder(book: Book, chance: random.Random) -> str:
    """A stretch of rows in another order."""
    begin = chance.randrange(1, book.rows - 2)
    places = list(range(begin, min(book.rows, begin + chance.randrange(2, 7)) + 1))
    turned = places[:]
    while turned == places:
        chance.shuffle(turned)
    _renumber(book, dict(zip(places, turned, strict=True)))
    return "reorder"


def change_head(book: Book, chance: random.Random) -> str:
    column = chance.choice(("n", "link", "seal"))
    (value,) = book.sql(f"SELECT {column} FROM audit_head").fetchone()  # noqa: S608 - our own names
    new = chance.choice((value - 1, value + 1, 0)) if column == "n" else another(chance, column, value)
    book.sql(f"UPDATE audit_head SET {column} = ?", (new,))  # noqa: S608 - our own names
    return f"head.{column}"


def unlink(book: Book, chance: random.Random) -> str:
    """Let rows look as if they still waited for their place."""
    keep = chance.randrange(book.rows)
    book.sql("UPDATE audit SET n = NULL WHERE n > ?", (keep,))
    return "unlink"


def _renumber(book: Book, to: dict[int, int]) -> None:
    for old, new in to.items():
        book.sql("UPDATE audit SET n = ? WHERE n = ?", (-new - 10**6, old))
    book.sql("UPDATE audit SET n = -n - 1000000 WHERE n < -999999")


WAYS: Sequence[tuple[Callable[[Book, random.Random], str], int]] = (
    (change, 8), (delete, 3), (delete_and_close_up, 2), (cut, 4), (insert, 5), (swap_places, 3),
    (swap_contents, 3), (reorder, 3), (change_head, 2), (unlink, 1),
)  # fmt: skip


@dataclass
class Figures:
    """What was tried, and what was not found."""

    tried: Counter[str]
    missed: list[tuple[int, str]]
    #: Tampers that named no row: of the end of the chain, or of rows without a place.
    unnamed: int = 0


def run(book: Book, count: int, seed: int = 1) -> Figures:
    """Do so many random tampers, one at a time."""
    figures = Figures(Counter(), [])
    chosen = random.Random(seed).choices([w for w, _ in WAYS], [n for _, n in WAYS], k=count)
    for i, way in enumerate(chosen):
        book.sql("BEGIN")
        name = way(book, random.Random(f"{seed}:{i}"))
        fault = book.verify().fault
        book.sql("ROLLBACK")
        figures.tried[name] += 1
        if fault is None:
            figures.missed.append((i, name))
        elif fault.n is None and fault.row_id is None:
            figures.unnamed += 1
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=24)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    given = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        book = write(Path(folder) / "audit.db", given.rows)
        figures = run(book, given.count, given.seed)
        whole = book.verify().whole
        finish(book.connection.close())
    shown = {
        "tampers": given.count, "found": given.count - len(figures.missed), "missed": figures.missed[:20],
        "kinds": dict(sorted(figures.tried.items())), "whole_after": whole, "seed": given.seed,
        "seconds": round(time.monotonic() - began, 1),
    }  # fmt: skip
    text = json.dumps(shown, ensure_ascii=False, indent=2) + "\n"
    sys.stdout.write(text)
    if given.json:
        given.json.write_text(text, encoding="utf-8")
    return 0 if whole and not figures.missed else 1


if __name__ == "__main__":
    raise SystemExit(main())
