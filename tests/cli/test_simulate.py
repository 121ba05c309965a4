"""`leadbell simulate`: somebody made up enters when the journey lets people in, and is as he was said to be."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_words import typed

START = ("--start", "2026-11-23 09:00")


def steps(*words: str) -> list[tuple[str, str]]:
    """When, and which kind."""
    ran = typed("simulate", *words, *START, "--json")
    assert ran.returncode == 0, ran.stderr
    return [(one["at"], one["kind"]) for one in json.loads(ran.stdout)["steps"]]


def test_who_enters_by_a_date_enters_on_it():
    """Thirty days before his contract ends, and not today; his birthday is not skipped."""
    renewal = steps("续费提醒", "--field", "contract_end=2027年2月1日", "--days", "60")
    birthday = steps("生日祝福", "--field", "birthday=1990-12-25")

    assert renewal[0] == ("2027-01-02T10:00:00+08:00", "touch")
    assert birthday == [("2026-12-25T10:00:00+08:00", "touch")]


def test_who_has_no_such_date_never_enters_and_that_is_said():
    ran = typed("simulate", "生日祝福", *START)

    assert "都没到进来的时候。进来的时候：每年生日 10:00" in ran.stdout


def test_who_enters_by_the_fourth_time_enters_then():
    """He has an owner, as it was said; without one he does not fit."""
    opens = [word for day in range(1, 5) for word in ("--event", f"{day}:mail_opened")]

    assert steps("邮件打开超过3次", *opens)[0][0] == "2026-11-27T09:00:00+08:00"
    assert steps("邮件打开超过3次", *opens, "--no-owner") == []


@pytest.mark.parametrize("said", ["2026-11-20 09:00", "2026-11-20", "2026/11/20 9:00"])
def test_a_moment_is_read_as_people_write_it(said):
    """By the company's clock: a week after that it is a Monday, at half past nine."""
    found = steps(
        "长期未跟进提醒", "--field", "status=working", "--field", f"last_follow_up_at={said}", "--days", "9"
    )

    assert found == [("2026-11-30T09:30:00+08:00", "notify")]


@pytest.mark.parametrize(
    ("field", "says"),
    [
        ("last_follow_up_at=去年", "最近跟进时间要写时刻，例如 2026-11-01 09:00，这里写的是“去年”"),
        ("contract_end=明年", "合同到期日要写日期，例如 2027-02-01，这里写的是“明年”"),
        ("score=很高", "要写数字，这里写的是“很高”"),
    ],
)
def test_what_a_field_cannot_hold_is_refused_with_an_example(field, says):
    ran = typed("simulate", "长期未跟进提醒", "--field", field)

    assert says in ran.stderr
    assert ran.returncode == 2
