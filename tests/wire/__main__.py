"""Long campaigns: `python -m tests.wire --mutations N [--from SEED] [--twins N] [--repeats N] [--json FILE]`.

`--dingtalk N` and `--frames N` do the same to the other platform's addresses and to its stream, `--wechat N`
to those of official accounts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import structlog

from bot.store.migrate import migrate
from tests.wire import campaign
from tests.wire.campaign import Report
from tests.wire.dingtalk import campaign as dingtalk
from tests.wire.dingtalk import frames
from tests.wire.repeats import repeats, twins
from tests.wire.room import Room, room
from tests.wire.wechat import campaign as official

_TOLD_EVERY = 20_000


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


async def _mutations(door: Room, args: argparse.Namespace) -> dict[str, object]:
    def told(report: Report) -> None:
        if report.n % _TOLD_EVERY == 0:
            _say(f"{report.n} mutations, {len(report.failures)} failures, {time.monotonic() - began:.0f} s")

    began = time.monotonic()
    seeds = range(args.seed, args.seed + args.mutations)
    report = await campaign.run(door, seeds, told=told)
    for failure in report.failures:
        _say(failure)
    return {**report.lines(), "from_seed": args.seed, "seconds": round(time.monotonic() - began, 1)}


async def _pairs(door: Room, args: argparse.Namespace) -> dict[str, object]:
    said: dict[str, object] = {}
    for name, n, run in (("twins", args.twins, twins), ("repeats", args.repeats, repeats)):
        if n:
            began = time.monotonic()
            count = await run(door, n)
            for failure in count.failures:
                _say(failure)
            said[name] = {
                "n": n, "sent": count.sent, "meant": count.meant, "kept": count.kept, "failures": len(count.failures),
                "seconds": round(time.monotonic() - began, 1),
            }  # fmt: skip
    return said


async def _run(args: argparse.Namespace, folder: Path) -> dict[str, object]:
    said: dict[str, object] = {}
    if args.mutations:
        url = f"sqlite+aiosqlite:///{folder}/mutations.db"
        await asyncio.to_thread(migrate, url)
        async with room(url) as door:
            said["mutations"] = await _mutations(door, args)
    if args.twins or args.repeats:
        url = f"sqlite+aiosqlite:///{folder}/pairs.db"
        await asyncio.to_thread(migrate, url)
        async with room(url) as door:
            said |= await _pairs(door, args)
    if args.dingtalk or args.frames:
        url = f"sqlite+aiosqlite:///{folder}/dingtalk.db"
        await asyncio.to_thread(migrate, url)
        async with room(url, dingtalk=True) as door:
            said |= await _dingtalk(door, args)
    if args.wechat:
        url = f"sqlite+aiosqlite:///{folder}/wechat.db"
        await asyncio.to_thread(migrate, url)
        async with room(url, wechat=True) as door:
            said["wechat"] = await _wechat(door, args)
    return said


async def _wechat(door: Room, args: argparse.Namespace) -> dict[str, object]:
    def told(report: official.Report) -> None:
        if report.n % _TOLD_EVERY == 0:
            _say(f"{report.n} mutations of official accounts, {len(report.failures)} failures")

    began = time.monotonic()
    report = await official.run(door, range(args.seed, args.seed + args.wechat), told=told)
    _all(report.failures)
    return {**report.lines(), "from_seed": args.seed, "seconds": round(time.monotonic() - began, 1)}


async def _dingtalk(door: Room, args: argparse.Namespace) -> dict[str, object]:
    said: dict[str, object] = {}
    if args.dingtalk:
        report = await dingtalk.run(door, range(args.seed, args.seed + args.dingtalk))
        said["dingtalk"] = {**report.lines(), "from_seed": args.seed}
        _all(report.failures)
    if args.frames:
        found = await frames.run(door, range(args.seed, args.seed + args.frames))
        said["frames"] = {
            "frames": found.n, "acknowledged": found.acknowledged, "kept": found.kept,
            "failures": len(found.failures), "from_seed": args.seed,
        }  # fmt: skip
        _all(found.failures)
    return said


def _all(failures: Sequence[str]) -> None:
    for failure in failures:
        _say(failure)


def main() -> int:
    """Run what was asked for; 1 if anything got through."""
    parser = argparse.ArgumentParser(prog="python -m tests.wire")
    parser.add_argument("--mutations", type=int, default=0)
    parser.add_argument("--from", dest="seed", type=int, default=0)
    parser.add_argument("--twins", type=int, default=0)
    parser.add_argument("--repeats", type=int, default=0)
    parser.add_argument("--dingtalk", type=int, default=0)
    parser.add_argument("--frames", type=int, default=0)
    parser.add_argument("--wechat", type=int, default=0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    folder = Path(tempfile.mkdtemp(prefix="leadbell-wire-"))
    try:
        said = asyncio.run(_run(args, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    text = json.dumps(said, ensure_ascii=False, indent=2)
    _say(text)
    if args.json is not None:
        args.json.write_text(text + "\n", encoding="utf-8")
    return 1 if any(part["failures"] for part in said.values() if isinstance(part, dict)) else 0


if __name__ == "__main__":
    sys.exit(main())
