"""Posts deliveries all at once, from a process of its own, and prints how each was answered.

Usage: python tests/story/rush.py URL FILE, where FILE holds JSON lines [query, body].
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path

import aiohttp


async def main(url: str, deliveries: list[tuple[dict[str, str], str]]) -> list[tuple[int, float]]:
    """Status and seconds from the sending to the answer, of each."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=200)) as http:

        async def one(query: dict[str, str], body: str) -> tuple[int, float]:
            async with slots:
                begun = time.monotonic()
                # «Not now» is asked again, as the platform does; what counts is that all are taken.
                for attempt in range(10):
                    await asyncio.sleep(0.1 * attempt)
                    async with http.post(url, params=query, data=body.encode()) as answer:
                        if answer.status == 200:
                            break
                return answer.status, time.monotonic() - begun

        slots = asyncio.Semaphore(200)
        return await asyncio.gather(*(one(query, body) for query, body in deliveries))


if __name__ == "__main__":
    lines = Path(sys.argv[2]).read_text(encoding="utf-8").splitlines()
    print(json.dumps(asyncio.run(main(sys.argv[1], [tuple(json.loads(line)) for line in lines]))))  # noqa: T201
