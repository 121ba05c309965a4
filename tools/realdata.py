"""Run the public data sets that this version uses, and check their known totals.

Usage: python tools/realdata.py DIR
"""

from __future__ import annotations

import csv
import hashlib
import sys
from datetime import datetime
from pathlib import Path

OWN = Path(__file__).resolve().parent.parent / "tests" / "data" / "crm"


def digest(path: Path) -> str:
    """Fingerprint of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def totals(path: Path) -> dict[str, float]:
    """Count the sales pipeline, row by row, with nothing of ours in between."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    won = [row for row in rows if row["deal_stage"] == "Won"]
    lost = sum(row["deal_stage"] == "Lost" for row in rows)
    days = [(_day(row["close_date"]) - _day(row["engage_date"])).days for row in won]
    return {
        "won": len(won),
        "lost": lost,
        "amount": sum(float(row["close_value"]) for row in won),
        "win_rate": round(100 * len(won) / (len(won) + lost), 2),
        "cycle_days": round(sum(days) / len(days), 2),
    }


def _day(text: str) -> datetime:
    return datetime.strptime(text, "%m/%d/%Y")  # noqa: DTZ007 - a day has no time zone


KNOWN = {"won": 4238, "lost": 2473, "amount": 10005534.0, "win_rate": 63.15, "cycle_days": 51.78}


def main() -> int:
    """0 when the copies in the tests are the public ones and their totals are the published ones."""
    if len(sys.argv) != 2:  # noqa: PLR2004 - the program and one directory
        print(__doc__)
        return 2
    directory = Path(sys.argv[1])
    files = sorted(OWN.glob("crm_*.csv"))
    missing = [f.name for f in files if not (directory / f.name).is_file()]
    if missing or not files:
        print(f"missing in {directory}: {', '.join(missing) or 'crm_*.csv'}")
        return 1
    changed = [f.name for f in files if digest(f) != digest(directory / f.name)]
    found = totals(directory / "crm_sales_pipeline.csv")
    print(f"CRM sales opportunities: {len(files)} files, {found}")
    ok = not changed and found == KNOWN
    print("1 passed, 0 failed" if ok else f"0 passed, 1 failed: changed={changed} expected={KNOWN}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
