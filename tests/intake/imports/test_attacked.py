"""Two at once, claims while it is undone, files made to hurt."""

from __future__ import annotations

import asyncio
import io
import zipfile
from typing import Any

import pytest

from bot.crm.user import Role, User
from bot.errors import ImportFileError
from bot.intake.imports import job, limits, report, table
from bot.intake.imports.engine import PIECE, Tools
from bot.intake.imports.undo import undo
from bot.store import leads, ownership
from bot.store.import_batches import Batch
from tests.intake.imports.conftest import bring, enter, mapped, rows

LIST = ("姓名,手机号\n" + "".join(f"客户{n},139{n:08d}\n" for n in range(PIECE * 2 + 10))).encode()
LINA = User(id="李娜", name="李娜", role=Role.REP, region="华东大区", team="上海组")


async def test_two_lists_of_the_same_people_at_once(both: Tools) -> None:
    """Whoever is entered by one is found by the other: nobody twice, and the counts of both agree."""
    other = LIST.replace(b"\n", b"\r\n")

    one, two = await asyncio.gather(bring(both, "leads", LIST), bring(both, "leads", other))

    assert one.id != two.id
    assert len(await rows(both.store, "leads")) == len(await rows(both.store, "lead_keys")) == PIECE * 2 + 10
    assert one.counts.created + two.counts.created == PIECE * 2 + 10
    assert one.counts.rows == two.counts.rows == PIECE * 2 + 10


async def test_the_same_file_is_carried_out_by_two_at_once(both: Tools) -> None:
    """One does it, the other hears that somebody else is at it; no row counts twice."""
    opened, columns = mapped(both, "leads", LIST)
    batch = await job.begin(both, opened, columns, by="boss")
    assert isinstance(batch, Batch)

    done = await asyncio.gather(
        job.carry_out(both, opened.reopened(), columns, batch),
        job.carry_out(both, opened.reopened(), columns, batch),
        return_exceptions=True,
    )

    assert sorted(type(one).__name__ for one in done) == ["Batch", "ElsewhereError"]
    assert (
        len(await rows(both.store, "leads")) == len(await rows(both.store, "import_rows")) == PIECE * 2 + 10
    )
    (kept,) = await rows(both.store, "import_batches")
    assert (kept["created"], kept["rows"]) == (PIECE * 2 + 10, PIECE * 2 + 10)


async def test_leads_are_claimed_while_they_are_undone(tools: Tools) -> None:
    """Each is either his or gone; none is gone from his hands, and none is left to nobody."""
    await enter(tools, ("李娜", "华东大区", "上海组"))
    batch = await bring(tools, "leads", LIST)
    marked = await tools.store.write(lambda tx: job.undoing(tools.desk(tx), batch.id), within=10)
    assert isinstance(marked, Batch)
    won: list[str] = []

    async def take(tx: Any, lead_id: str) -> bool:
        lead = await leads.find(tx, lead_id)
        desk = tools.desk(tx)
        return lead is not None and await ownership.take(desk, lead, to=LINA, how="claimed", by=LINA)

    async def claims() -> None:
        for lead_id in [f"L{n}" for n in range(1, PIECE * 2 + 10, 7)]:
            had = await tools.store.write(lambda tx, lead_id=lead_id: take(tx, lead_id), within=30)
            won.extend([lead_id] if had else [])

    undone, _ = await asyncio.gather(undo(tools, marked), claims())

    left = await rows(tools.store, "leads")
    assert won
    assert sorted(one["id"] for one in left) == sorted(won)
    assert {one["owner_id"] for one in left} == {"李娜"}
    assert undone.kept == len(won) == len(await rows(tools.store, "import_rows"))
    assert [one["n"] for one in await rows(tools.store, "counters")] == [len(won)]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ("姓名,手机", ("李娜", "13800138001")),
        ("姓名,电话\n", ("张", "13800138001")),
        ("name,phone", ("王", "13800138001")),
    ],
)
def test_three_lines_of_a_chinese_spreadsheet(line: str, cells: tuple[str, str]) -> None:
    """GB18030, however short, is told from UTF-8."""
    for encoding in ("gb18030", "utf-8", "utf-8-sig"):
        data = (line.strip() + "\r\n" + ",".join(cells) + "\r\n").encode(encoding)
        opened = table.open_table(data, "short.csv")
        assert [tuple(row.cells) for row in opened] == [cells], encoding


def packed(**parts: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return body.getvalue()


@pytest.mark.parametrize(
    "parts",
    [
        {"xl__worksheets__sheet1.xml": b"0" * (limits.RATIO_MOST * 1024 * 1024)},
        {"xl__sharedStrings.xml": b'<!DOCTYPE a [<!ENTITY b "b">]><sst/>'},
        {"xl__workbook.xml": b"<workbook/>", "deep.zip": packed(a=b"0" * 200_000_000)},
        {"xl__workbook.xml": b"not xml at all"},
        {},
    ],
)
def test_books_made_to_hurt_are_refused(parts: dict[str, bytes]) -> None:
    """With a sentence, not with the memory of the machine."""
    with pytest.raises(ImportFileError):
        list(table.open_table(packed(**parts), "book.xlsx"))


def test_a_book_that_lies_about_its_size_is_refused() -> None:
    """The size that its directory tells is not what unfolds."""
    data = packed(**{"xl__worksheets__sheet1.xml": b"0" * 50_000_000})
    honest = (50_000_000).to_bytes(4, "little")
    with pytest.raises(ImportFileError):
        list(table.open_table(data.replace(honest, (1000).to_bytes(4, "little")), "book.xlsx"))


async def test_reports_of_hostile_rows_run_nothing(tools: Tools) -> None:
    """What the file says comes back as text, whichever column it stood in."""
    data = '手机,外部编号,创建时间\n1,"=HYPERLINK(""http://x"")",\n2,+1,\n,@SUM(1),"=1+1"\n'
    batch = await bring(tools, "leads", data.encode())
    lines = [report.line_of(one) for one in await _kept(tools)]

    said = report.as_csv(lines).decode("utf-8-sig")

    assert batch.counts.rejected == 3
    assert "'=HYPERLINK" in said
    for row in said.splitlines():
        for cell in row.split(","):
            assert not cell.strip('"').startswith(("=", "+", "-", "@", "\t")), row


async def _kept(tools: Tools) -> list[Any]:
    from types import SimpleNamespace

    return [SimpleNamespace(**one) for one in await rows(tools.store, "import_rows")]


async def test_undone_twice_at_once(tools: Tools) -> None:
    """Two people press it: it is undone once."""
    batch = await bring(tools, "leads", LIST)
    marked = await tools.store.write(lambda tx: job.undoing(tools.desk(tx), batch.id), within=10)
    assert isinstance(marked, Batch)

    done = await asyncio.gather(undo(tools, marked), undo(tools, marked))

    assert {one.state for one in done} == {"undone"}
    assert await rows(tools.store, "leads") == []
    again = await tools.store.write(lambda tx: job.undoing(tools.desk(tx), batch.id), within=10)
    assert isinstance(again, str)
