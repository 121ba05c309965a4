"""kill -9 anywhere between the form and the flipped card, and a start again: nothing lost, nothing twice."""

from __future__ import annotations

import os
import sys

import pytest

from tests.kill.bases import PostgresBase, SqliteBase
from tests.kill.crash import Range, Tally, run
from tests.kill.house import Plan
from tests.kill.plants import PLANTS

#: All points together; four fifths of them on SQLite.
POINTS = int(os.environ.get("LEADBELL_TEST_KILL_POINTS", "300"))


@pytest.fixture
def say(capsys):
    """Print past the capture: these figures are the evidence."""

    def out(tally: Tally) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{tally}\n")

    return out


@pytest.fixture
def sqlite_base(sqlite_template, tmp_path):
    return SqliteBase(sqlite_template, tmp_path)


@pytest.fixture
def postgres_base(postgres_server, postgres_template):
    base = PostgresBase(postgres_server, postgres_template)
    yield base
    base.close()


@pytest.mark.timeout(0)
def test_a_kill_on_sqlite_loses_nothing_and_repeats_nothing(sqlite_base, company, tmp_path, say):
    tally = run(sqlite_base, company, Plan(), Range(POINTS - POINTS // 5, tmp_path))
    say(tally)

    assert tally.breaches == []
    assert tally.killed == POINTS - POINTS // 5


@pytest.mark.postgres
@pytest.mark.timeout(0)
def test_a_kill_on_postgresql_loses_nothing_and_repeats_nothing(postgres_base, company, tmp_path, say):
    tally = run(postgres_base, company, Plan(), Range(POINTS // 5, tmp_path))
    say(tally)

    assert tally.breaches == []
    assert tally.killed == POINTS // 5


@pytest.mark.parametrize(("plan", "word"), PLANTS, ids=[plan.name for plan, _ in PLANTS])
def test_a_planted_bug_is_found(sqlite_base, company, tmp_path, plan, word):
    """The same check, over a bot with one part done wrong."""
    tally = run(sqlite_base, company, plan, Range(120, tmp_path, hunts=word))

    assert any(f": {word}: " in line for line in tally.breaches), str(tally)
