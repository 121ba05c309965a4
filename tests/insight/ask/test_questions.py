"""Whole files of questions with the answers they should get."""

from __future__ import annotations

import time
from typing import Any

import pytest

from bot.insight.ask.batch import answer_line

#: Shares of each file that must be answered as written; the held-out file is never tuned on.
FLOORS = {"examples.jsonl": 1.0, "more.jsonl": 1.0, "held_out.jsonl": 0.9}


def as_sets(query: dict[str, Any] | None) -> dict[str, Any] | None:
    """The query with its lists in one order, since they are compared as sets."""
    if query is None:
        return None
    where = {key: sorted(values, key=str) for key, values in query["where"].items()}
    return {**query, "metrics": sorted(query["metrics"]), "by": sorted(query["by"]), "where": where}


@pytest.mark.parametrize("name", FLOORS)
def test_questions_are_answered_as_written(name, questions, lexicons, now, tz, capsys):
    """Each file of questions reaches its floor; the rate is printed."""
    missed = []

    for line in questions(name):
        answer = answer_line(line, lexicon=lexicons[line.get("org", "org.yaml")], now=now, tz=tz)
        right = answer["status"] == line["status"] and as_sets(answer["query"]) == as_sets(line["query"])
        if not right:
            missed.append((line["id"], line["turns"], line["as"], answer["status"], answer["query"]))

    total = len(questions(name))
    with capsys.disabled():
        print(f"\n{name}: {total - len(missed)}/{total}")  # noqa: T201 (the rate is the report)
    shown = missed if name != "held_out.jsonl" else len(missed)
    assert total - len(missed) >= FLOORS[name] * total, shown


def test_a_fifth_of_our_own_questions_is_held_out(questions):
    """The held-out file has a fifth of ours, and shares none with the rest."""
    more, held = questions("more.jsonl"), questions("held_out.jsonl")

    assert len(more) + len(held) >= 250
    assert 0.18 <= len(held) / (len(more) + len(held)) <= 0.22
    assert not {line["id"] for line in more} & {line["id"] for line in held}


def test_five_hundred_questions_take_two_seconds(questions, lexicons, now, tz):
    """Five hundred questions are read in two seconds of one core, whatever else the machine does."""
    lines = (questions("examples.jsonl") + questions("more.jsonl")) * 2

    begin = time.process_time()
    for line in lines[:500]:
        answer_line(line, lexicon=lexicons[line.get("org", "org.yaml")], now=now, tz=tz)

    assert time.process_time() - begin <= 2
