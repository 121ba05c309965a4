"""A large file of leads, brought in while people tap, against raw pipelines in the same run.

The raw one commits what no import of ours can do without, and does nothing else: read the csv, normalise the
phone, index it blindly, seal phone and message, and put the lead, its key, its first status, point of the
lifecycle and points, and the outcome of each row (with the sealed line of whatever was not taken whole) into
the same tables with the same indexes, five thousand rows to a transaction. Ours besides cleans every field,
matches, completes who was known, scores, routes, keeps what it takes to undo each row, and lets taps through
after each four hundred rows. The bare one, for the record, writes leads and keys alone.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import random
import resource
import sqlite3
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from statistics import median

import orjson
import structlog

from bench import figures
from bench.claims import _CONFIG, _REPS, Place, _enter, _hire
from bot.assignment.claim import claim
from bot.crm.company.load import load
from bot.intake.clean.phone import read_phone
from bot.intake.imports import job, mapping, table
from bot.intake.imports.columns import ImportKind
from bot.intake.imports.engine import Tools, sample
from bot.kit.ids import system_random_bytes
from bot.kit.vault import Vault
from bot.rules.score import LeadFacts, Points, score
from bot.store import open_store
from bot.store.import_batches import Batch
from bot.store.migrate import migrate
from bot.store.types import _spelled

AIM, RATE_AIM = figures.at_least(0.5), 25_000
TAP_AIM = figures.at_most(100, "ms")
ROWS = 100_000
#: Claims that wait to be tapped, ten a second; more for a longer file.
_TAPS, _ROWS_A_TAP = 400, 400
_EVERY = 0.1
_LOOK = 50_000
_NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
_SHAPES = (
    "{}", "+86{}", "0086 {}", "+86 {}", "86-{}",
    "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}{0[6]}-{0[7]}{0[8]}{0[9]}{0[10]}", " {} ",
)  # fmt: skip
_TITLES, _SOURCES = ("总监", "经理", "采购", ""), ("官网", "展会", "抖音")
_RAW_AT_ONCE = 5_000


def write_file(path: Path, rows: int) -> None:
    """Phones in seven spellings, a fifth of them again, two in a hundred junk."""
    chance = random.Random(7)
    known: list[str] = []
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(("姓名", "手机号", "公司", "职位", "城市", "来源", "备注"))
        for number in range(rows):
            if chance.random() < 0.02:
                phone = chance.choice(("无", "12345", "1380013", "电话见备注"))
            elif known and chance.random() < 0.2:
                phone = chance.choice(known)
            else:
                phone = f"1{chance.choice('3578')}{chance.randrange(10**9):09d}"
                if len(known) < 100_000:
                    known.append(phone)
            shown = chance.choice(_SHAPES).format(phone) if len(phone) == 11 else phone
            title = chance.choice(_TITLES)
            city = chance.choice(("上海", "北京", "深圳", "成都", "杭州"))
            source = chance.choice(_SOURCES)
            company = f"公司{number % 50_000}有限公司"
            out.writerow((f"客户{number}", shown, company, title, city, source, "想了解报价"))


@dataclass(frozen=True, slots=True)
class Raw:
    """One raw run."""

    #: Rows a second by the clock, and by the time that the processor worked for it.
    rate: float
    cpu_rate: float
    counts: dict[str, int]


@dataclass(slots=True)
class _Raw:
    """Rows that wait for their transaction, by the table."""

    db: sqlite3.Connection
    now: str
    #: Title and source to the points that they give, worked out beforehand.
    points: Mapping[tuple[str, str], Sequence[Points]]
    whole: bool
    rows: dict[str, list[tuple[object, ...]]] = field(default_factory=dict)
    puts: dict[str, str] = field(default_factory=dict)

    def put(self, table_: str, **values: object) -> None:
        """One row; all rows of a table name the same columns in the same order."""
        if table_ not in self.puts:
            names = ", ".join(f'"{name}"' for name in values)
            self.puts[table_] = f"INSERT INTO {table_} ({names}) VALUES ({', '.join('?' * len(values))})"  # noqa: S608 - names of our own
        self.rows.setdefault(table_, []).append(tuple(values.values()))

    def commit(self) -> None:
        """All that waits, durably."""
        for table_, rows in self.rows.items():
            self.db.executemany(self.puts[table_], rows)
            rows.clear()
        self.db.execute("COMMIT")
        self.db.execute("BEGIN IMMEDIATE")

    def history(self, lead_id: str, title: str, source: str) -> None:
        """How a lead began."""
        began = {"lead_id": lead_id, "before": "", "reason": "imported", "by": "import:I1", "at": self.now}
        self.put("status_changes", **began, after="new", team="", region="")
        self.put("lifecycle_changes", **began, after="认知")
        for one in self.points[title, source]:
            self.put(
                "score_changes", lead_id=lead_id, rule=one.rule, occasion="~0", points=one.points,
                reason=one.reason, score=one.points, at=self.now,
            )  # fmt: skip

    def outcome(self, row: int, outcome: str, lead_id: str | None, sealed: bytes | None) -> None:
        """What became of a row."""
        self.put(
            "import_rows", batch_id="I1", row=row, outcome=outcome, entity_id=lead_id, external_id="",
            reason="", raw=sealed, at=self.now,
        )  # fmt: skip


def raw(url: str, file: Path, vault: Vault, *, whole: bool = True) -> Raw:
    """Take the file in, five thousand rows to a transaction; not `whole`: leads and keys alone."""
    migrate(url)
    db = sqlite3.connect(_path(url), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    empty: dict[str, object] = {
        row[1]: ("" if row[2].startswith("VARCHAR") else b"" if row[2] == "BLOB" else 0) if row[3] else None
        for row in db.execute("PRAGMA table_info(leads)")
    }
    company = load(_CONFIG)
    points = {
        (title, source): score(company, LeadFacts({"title": title, "source": source}))
        for title in _TITLES for source in _SOURCES
    }  # fmt: skip
    way = _Raw(db, _spelled(_NOW), points, whole)
    began, worked, rows = time.perf_counter(), time.process_time(), 0
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        next(reader)
        db.execute("BEGIN IMMEDIATE")
        for cells in reader:
            rows += 1
            _take(way, vault, empty, rows, cells)
            if rows % _RAW_AT_ONCE == 0:
                way.commit()
    way.commit()
    span, work = time.perf_counter() - began, time.process_time() - worked
    db.execute("ROLLBACK")
    counts = _counted(db)
    db.close()
    return Raw(rows / span, rows / work, counts)


def _take(way: _Raw, vault: Vault, empty: dict[str, object], row: int, cells: list[str]) -> None:
    name, shown, company, title, city, source, note = cells
    phone = read_phone(shown)
    lead_id = f"L{row}"
    taken = False
    if phone is not None:
        number = phone.reveal()
        taken = way.db.execute(
            "INSERT INTO lead_keys (kind, digest, lead_id, created_at) VALUES ('phone', ?, ?, ?)"
            " ON CONFLICT DO NOTHING", (vault.index("phone", number), lead_id, way.now),
        ).rowcount == 1  # fmt: skip
    if taken and phone is not None:
        sealed = vault.seal(number.encode(), f"leads.phone:{lead_id}")
        message = vault.seal(note.encode(), f"leads.message:{lead_id}")
        values = {
            **empty, "id": lead_id, "status": "new", "name": name, "company": company,
            "company_key": company, "title": title, "phone": sealed, "phone_masked": phone.masked,
            "city": city, "source": source, "message": message, "custom": "{}",
            "created_at": way.now, "changed_at": way.now,
        }  # fmt: skip
        way.put("leads", **values)
    if not way.whole:
        return
    if taken:
        way.history(lead_id, title, source)
        way.outcome(row, "created", lead_id, None)
    else:
        line = vault.seal(orjson.dumps(cells), f"import_rows.raw:I1:{row}")
        way.outcome(row, "merged" if phone is not None else "rejected", None, line)


def _counted(db: sqlite3.Connection) -> dict[str, int]:
    """Rows that both ways commit alike; ours has more points, for whoever was completed later."""
    by_import = " WHERE \"by\" LIKE 'import:%'"
    tables = {"leads": "", "lead_keys": "", "status_changes": by_import, "lifecycle_changes": by_import}
    return {
        name: db.execute(f"SELECT count(*) FROM {name}{where}").fetchone()[0]  # noqa: S608 - names of our own
        for name, where in {**tables, "import_rows": ""}.items()
    }


@dataclass(frozen=True, slots=True)
class Ours:
    """One import while people tapped."""

    #: Rows a second by the clock, and by the time that the processor worked for it.
    rate: float
    cpu_rate: float
    batch: Batch
    waits: list[float]
    #: Megabytes on the way.
    memory: list[int]
    counts: dict[str, int]


async def ours(url: str, file: Path, vault: Vault, *, taps: int) -> Ours:
    """Take the file in as the product does."""
    migrate(url)
    place = Place(open_store(url), load(_CONFIG), vault)
    try:
        await _hire(place, _REPS[:3])
        waiting = await _enter(place, taps, asked=2)
        # They were entered under numbers of their own.
        await place.store.write(lambda tx: tx.numbers("lead", taps))
        tools = Tools(
            place.store, place.company, vault, lambda: datetime.now(timezone.utc), system_random_bytes
        )
        opened = table.open_table(file, file.name)
        found = mapping.guess(place.company, ImportKind.LEADS, opened.header, sample(opened, 1_000))
        opened = opened.reopened()
        before = _counted_in(url)
        batch = await job.begin(tools, opened, found, by="bench")
        assert isinstance(batch, Batch)
        memory: list[int] = []
        seen = 0

        def told(n: int) -> None:
            nonlocal seen
            seen += n
            if not memory or seen // _LOOK > (seen - n) // _LOOK:
                memory.append(_resident())

        waits: list[float] = []
        tapping = asyncio.create_task(_tap(place, waiting, waits))
        began, worked = time.perf_counter(), time.process_time()
        done = await job.carry_out(tools, opened, found, batch, told=told)
        span, work = time.perf_counter() - began, time.process_time() - worked
        tapping.cancel()
        await asyncio.gather(tapping, return_exceptions=True)
        after = _counted_in(url)
        counts = {name: after[name] - before[name] for name in after}
        n = done.counts.rows
        return Ours(n / span, n / work, done, waits, [*memory, _resident()], counts)
    finally:
        await place.store.close()


async def _tap(place: Place, lead_ids: list[str], waits: list[float]) -> None:
    """One claim after another, ten a second, as people tap."""
    for lead_id in lead_ids:
        began = time.perf_counter()
        await place.store.write(
            lambda tx, lead_id=lead_id: claim(place.desk(tx), lead_id, by=_REPS[0]),
            lane_key=f"wecom:user:{_REPS[0].id}", within=60,
        )  # fmt: skip
        waits.append(time.perf_counter() - began)
        await asyncio.sleep(_EVERY)


def _counted_in(url: str) -> dict[str, int]:
    with closing(sqlite3.connect(_path(url))) as db:
        return _counted(db)


def _path(url: str) -> str:
    return "/" + url.rpartition("///")[2].lstrip("/")


def _resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(*, rows: int, rounds: int = 1) -> bool:
    """Measure and print; True when every aim is met."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    vault = Vault(["a secret key for measurements only"], system_random_bytes)
    taps = max(_TAPS, rows // _ROWS_A_TAP)
    found: list[tuple[Raw, Raw, Ours]] = []
    with tempfile.TemporaryDirectory(prefix="leadbell-bench-") as folder:
        file = Path(folder) / "leads.csv"
        write_file(file, rows)
        for _ in range(rounds):
            # Where its files lie is told to nobody else; each way begins with an empty database.
            bare = raw(_fresh(folder), file, vault, whole=False)
            whole = raw(_fresh(folder), file, vault)
            done = asyncio.run(ours(_fresh(folder), file, vault, taps=taps))
            assert done.counts == whole.counts, (done.counts, whole.counts)
            found.append((bare, whole, done))
    return _show(rows, found)


def _fresh(folder: str) -> str:
    for old in Path(folder).glob("leads.db*"):
        old.unlink()
    return f"sqlite+aiosqlite:///{folder}/leads.db"


def _show(rows: int, found: list[tuple[Raw, Raw, Ours]]) -> bool:
    last = found[-1][2]
    by_cpu = [done.cpu_rate / whole.cpu_rate for _, whole, done in found]
    by_clock = [done.rate / whole.rate for _, whole, done in found]
    of_bare = [done.cpu_rate / bare.cpu_rate for bare, _, done in found]
    ratio = median(by_cpu)
    waits = sorted(wait for _, _, done in found for wait in done.waits)
    p50, p99 = (1000 * waits[int(len(waits) * q)] for q in (0.5, 0.99))

    def rates(each: Sequence[Raw | Ours]) -> str:
        return f"{median(one.rate for one in each):,.0f} / {median(one.cpu_rate for one in each):,.0f}"

    counts = last.batch.counts
    figures.show(
        f"{rows:,} rows of leads, {counts.created:,} people, {counts.rejected:,} refused, {len(found)}x",
        ["", "figure", "aim"],
        [
            ["bare pipeline (leads and keys), rows/s, clock / CPU", rates([one for one, _, _ in found]), ""],
            ["raw pipeline (all rows), rows/s, clock / CPU", rates([one for _, one, _ in found]), ""],
            ["import, rows/s, clock / CPU", rates([one for _, _, one in found]),
             f"{RATE_AIM:,} (for the record)"],
            ["import of the raw pipeline, CPU", f"{ratio:.2f}× ± {figures.spread(by_cpu) / 2:.0f} %",
             figures.verdict(ratio, AIM)],
            ["  by the clock", f"{median(by_clock):.2f}×", "(for the record)"],
            ["  of the bare pipeline, CPU", f"{median(of_bare):.2f}×", "(for the record)"],
            ["claims meanwhile, p50 / p99 ms", f"{p50:.0f} / {p99:.0f} ({len(waits)})",
             figures.verdict(p99, TAP_AIM)],
            ["memory on the way, MB", " ".join(map(str, last.memory)), "flat"],
        ],
    )  # fmt: skip
    return AIM.met(ratio) and TAP_AIM.met(p99)


def _main() -> int:
    parser = argparse.ArgumentParser(description="A large file of leads against raw pipelines.")
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=1)
    said = parser.parse_args()
    return 0 if run(rows=said.rows, rounds=said.rounds) else 1


if __name__ == "__main__":
    sys.exit(_main())
