"""kill -9 anywhere between the form and the answered question, and a start again: nothing lost, nothing twice."""

from __future__ import annotations

import sys

import pytest

from tests.kill.bases import PostgresBase, SqliteBase
from tests.kill.crash import Range, crash, workshop
from tests.kill.dingtalk import DingTalk
from tests.kill.house import Plan
from tests.kill.plants import PLANTS

#: As many as there is time for in each run of the suite; `python -m tests.kill` tries any number.
SQLITE, POSTGRES = 220, 30
DINGTALK_SQLITE, DINGTALK_POSTGRES = 80, 10


@pytest.fixture
def home():
    with workshop() as made:
        yield made


@pytest.fixture
def say(capsys):
    """Print past the capture: these figures are the evidence."""

    def out(tally) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{tally}\n")

    return out


@pytest.mark.timeout(0)
def test_a_kill_on_sqlite_loses_nothing_and_repeats_nothing(sqlite_template, company, home, say):
    tally = crash(SqliteBase(sqlite_template, home), company, Plan(), Range(SQLITE, home))
    say(tally)

    assert tally.breaches == []
    assert tally.killed > SQLITE * 0.95
    assert tally.twice > 10


@pytest.mark.postgres
@pytest.mark.timeout(0)
def test_a_kill_on_postgresql_loses_nothing_and_repeats_nothing(
    postgres_server, postgres_template, company, home, say
):
    base = PostgresBase(postgres_server, postgres_template)
    tally = crash(base, company, Plan(), Range(POSTGRES, home, only=("commit", "statement", "wire"), first=1))
    base.close()
    say(tally)

    assert tally.breaches == []
    assert tally.killed > POSTGRES * 0.9


@pytest.mark.timeout(0)
def test_a_kill_on_dingtalk_loses_nothing_and_repeats_nothing(sqlite_template, company, home, say):
    """There the answer to a tap is the changed card, and no word may be said again."""
    base = SqliteBase(sqlite_template, home, "dingtalk")
    tally = crash(base, company, Plan("as it is", platform=DingTalk), Range(DINGTALK_SQLITE, home))
    say(tally)

    assert tally.breaches == []
    assert tally.killed > DINGTALK_SQLITE * 0.95


@pytest.mark.postgres
@pytest.mark.timeout(0)
def test_a_kill_on_dingtalk_and_postgresql_loses_nothing(
    postgres_server, postgres_template, company, home, say
):
    base = PostgresBase(postgres_server, postgres_template, "dingtalk")
    scope = Range(DINGTALK_POSTGRES, home, only=("commit", "wire", "deliver"), first=1)
    tally = crash(base, company, Plan("as it is", platform=DingTalk), scope)
    base.close()
    say(tally)

    assert tally.breaches == []
    assert tally.killed > DINGTALK_POSTGRES * 0.9


@pytest.mark.timeout(0)
@pytest.mark.parametrize(("plan", "word", "only"), PLANTS, ids=[plan.name for plan, *_ in PLANTS])
def test_a_planted_bug_is_found(sqlite_template, company, home, plan, word, only):
    """The same check, over a bot with one part done wrong."""
    tally = crash(SqliteBase(sqlite_template, home), company, plan, Range(120, home, hunts=word, only=only))

    assert any(f": {word}: " in line for line in tally.breaches), str(tally)
