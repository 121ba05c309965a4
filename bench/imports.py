"""A large file of leads, brought in while people tap, against a raw pipeline in the same run.

The raw one does what no import can do without, and nothing else: read the csv, normalise the phone, seal it,
index it blindly, and put leads and keys into the same tables with the same indexes, five thousand to a
transaction. Ours besides cleans every field, matches, scores, routes, keeps history, the outcome of each row
and what it takes to undo it, in units that let taps through.
"""

from __future__ import annotations

import asyncio
import csv
import random
import resource
import sqlite3
import sys
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path

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
from bot.store import open_store
from bot.store.import_batches import Batch
from bot.store.migrate import migrate
from bot.store.types import _spelled

AIM, RATE_AIM = figures.at_least(0.5), 25_000
TAP_AIM = figures.at_most(100, "ms")
TAPS = 400
_EVERY = 0.1
_NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
_SHAPES = (
    "{}", "+86{}", "0086 {}", "+86 {}", "86-{}",
    "{0[0]}{0[1]}{0[2]}-{0[3]}{0[4]}{0[5]}{0[6]}-{0[7]}{0[8]}{0[9]}{0[10]}", " {} ",
)  # fmt: skip
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
            title = chance.choice(("总监", "经理", "采购", ""))
            city = chance.choice(("上海", "北京", "深圳", "成都", "杭州"))
            source = chance.choice(("官网", "展会", "抖音"))
            company = f"公司{number % 50_000}有限公司"
            out.writerow((f"客户{number}", shown, company, title, city, source, "想了解报价"))


def raw(url: str, file: Path, vault: Vault) -> tuple[float, int]:
    """Rows a second, and how many leads."""
    migrate(url)
    db = sqlite3.connect("/" + url.rpartition("///")[2].lstrip("/"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        db.execute(f"PRAGMA {pragma}")
    now = _spelled(_NOW)
    columns = [row[1] for row in db.execute("PRAGMA table_info(leads)")]
    empty = {
        row[1]: ("" if row[2].startswith("VARCHAR") else b"" if row[2] == "BLOB" else 0) if row[3] else None
        for row in db.execute("PRAGMA table_info(leads)")
    }
    put = f"INSERT INTO leads ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 - the table's own columns
    began, rows, made = time.perf_counter(), 0, 0
    with file.open(encoding="utf-8", newline="") as opened:
        reader = csv.reader(opened)
        next(reader)
        db.execute("BEGIN IMMEDIATE")
        pending: list[tuple[object, ...]] = []
        for name, shown, company, title, city, source, note in reader:
            rows += 1
            phone = read_phone(shown)
            if phone is not None:
                number = phone.reveal()
                lead_id = f"L{rows}"
                digest = vault.index("phone", number)
                taken = db.execute(
                    "INSERT INTO lead_keys (kind, digest, lead_id, created_at) VALUES ('phone', ?, ?, ?)"
                    " ON CONFLICT DO NOTHING", (digest, lead_id, now),
                ).rowcount  # fmt: skip
                if taken:
                    made += 1
                    sealed = vault.seal(number.encode(), f"leads.phone:{lead_id}")
                    message = vault.seal(note.encode(), f"leads.message:{lead_id}")
                    values = {
                        **empty, "id": lead_id, "status": "new", "name": name, "company": company,
                        "company_key": company, "title": title, "phone": sealed, "phone_masked": phone.masked,
                        "city": city, "source": source, "message": message, "custom": "{}",
                        "created_at": now, "changed_at": now,
                    }  # fmt: skip
                    pending.append(tuple(values[column] for column in columns))
            if rows % _RAW_AT_ONCE == 0:
                db.executemany(put, pending)
                db.execute("COMMIT")
                db.execute("BEGIN IMMEDIATE")
                pending.clear()
        db.executemany(put, pending)
        db.execute("COMMIT")
    db.close()
    return rows / (time.perf_counter() - began), made


async def ours(url: str, file: Path, vault: Vault) -> tuple[float, Batch, list[float], list[int]]:
    """Rows a second, the batch, what taps waited, and the memory on the way in megabytes."""
    migrate(url)
    place = Place(open_store(url), load(_CONFIG), vault)
    try:
        await _hire(place, _REPS[:3])
        waiting = await _enter(place, TAPS, asked=2)
        # They were entered under numbers of their own.
        await place.store.write(lambda tx: tx.numbers("lead", TAPS))
        tools = Tools(
            place.store, place.company, vault, lambda: datetime.now(timezone.utc), system_random_bytes
        )
        opened = table.open_table(file, file.name)
        found = mapping.guess(place.company, ImportKind.LEADS, opened.header, sample(opened, 1_000))
        opened = opened.reopened()
        batch = await job.begin(tools, opened, found, by="bench")
        assert isinstance(batch, Batch)
        memory: list[int] = []
        seen = 0

        def told(n: int) -> None:
            nonlocal seen
            seen += n
            if not memory or seen // 50_000 > (seen - n) // 50_000:
                memory.append(_resident())

        waits: list[float] = []
        tapping = asyncio.create_task(_tap(place, waiting, waits))
        began = time.perf_counter()
        done = await job.carry_out(tools, opened, found, batch, told=told)
        span = time.perf_counter() - began
        tapping.cancel()
        return done.counts.rows / span, done, waits, [*memory, _resident()]
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


def _resident() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def run(*, rows: int) -> bool:
    """Measure and print; True when every aim is met."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
    vault = Vault(["a secret key for measurements only"], system_random_bytes)
    with tempfile.TemporaryDirectory(prefix="leadbell-bench-") as folder:
        file = Path(folder) / "leads.csv"
        write_file(file, rows)
        bare, made = raw(f"sqlite+aiosqlite:///{folder}/raw.db", file, vault)
        rate, batch, waits, memory = asyncio.run(ours(f"sqlite+aiosqlite:///{folder}/ours.db", file, vault))
    assert batch.counts.created == made, "both find the same people"
    ratio = rate / bare
    waits.sort()
    p50, p99 = (1000 * waits[int(len(waits) * q)] for q in (0.5, 0.99))
    figures.show(
        f"{rows:,} rows of leads, {batch.counts.created:,} people, {batch.counts.rejected:,} refused",
        ["", "figure", "aim"],
        [
            ["raw pipeline, rows/s", f"{bare:,.0f}", ""],
            ["import, rows/s", f"{rate:,.0f}", f"{RATE_AIM:,} (for the record)"],
            ["of the raw pipeline", f"{ratio:.2f}×", figures.verdict(ratio, AIM)],
            [
                "claims meanwhile, p50 / p99 ms",
                f"{p50:.0f} / {p99:.0f} ({len(waits)})",
                figures.verdict(p99, TAP_AIM),
            ],
            ["memory on the way, MB", " ".join(map(str, memory)), "flat"],
        ],
    )
    return AIM.met(ratio) and TAP_AIM.met(p99)


if __name__ == "__main__":
    sys.exit(0 if run(rows=int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000) else 1)
