"""Play worlds: `python -m tests.worlds --seeds 1000 --from 0 --jobs 2`. Exit status 1 when one was broken.

A broken seed is appended to seeds.txt, which is played first in each run; `--only SEED` plays one again.
"""

from __future__ import annotations

import os
import sys

if __name__ == "__main__":
    if os.environ.get("PYTHONHASHSEED") != "0":
        # Sets of texts have an order of their own in each process, unless it is taken from them.
        given = [sys.executable, "-m", "tests.worlds", *sys.argv[1:]]
        os.execve(sys.executable, given, {**os.environ, "PYTHONHASHSEED": "0"})  # noqa: S606 - ourselves
    from tests.worlds.run import main

    sys.exit(main(sys.argv[1:]))
