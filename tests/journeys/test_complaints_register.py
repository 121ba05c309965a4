"""Every complaint about journeys and messages that others' users filed, and the test in which it is a fact here.

By project and number of the public issue or pull request. What concerns something else is named with where it
is held.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent

HELD: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "the same message twice": (
        ("mautic 2215", "mautic 3669", "mautic 8802", "mautic 7226", "mautic 7057", "mautic 11763",
         "mautic 13070", "mautic 9797", "parcelvoy 257", "dittofeed: a crash behind the call"),
        ("journeys/test_complaints_of_change.py::test_two_keepers_at_once_say_it_once",
         "journeys/test_complaints.py::test_running_again_sends_nothing_again",
         "journeys/test_complaints.py::test_a_unit_that_fails_is_asked_again_under_the_same_key",
         "touch/test_sending.py::test_two_senders_send_it_once",
         "touch/test_sending.py::test_who_vanished_after_the_tombstone_leaves_it_unknown",
         "touch/test_request.py::test_the_same_key_is_the_same_verdict"),
    ),
    "four entries at once": (
        ("parcelvoy 462", "dittofeed 769", "dittofeed 958"),
        ("journeys/test_complaints.py::test_four_entries_at_once_are_one",
         "journeys/test_complaints.py::test_a_merge_leaves_one_way_and_brings_no_new_one"),
    ),
    "several entries, one for each order": (
        ("dittofeed 1384",),
        ("journeys/test_complaints_of_change.py::test_each_order_has_its_own_way",
         "web/test_api_journeys.py::test_each_order_enters_once"),
    ),
    "sent for ever after a decision was deleted": (
        ("mautic 16384",),
        ("journeys/test_complaints_of_change.py::test_taking_a_decision_out_sends_nothing_again",),
    ),
    "an edit hurts those inside": (
        ("mautic 6445", "mautic 150", "mautic 842", "mautic 14761", "mautic 6515"),
        ("journeys/test_complaints.py::test_an_edit_loses_nobody",
         "journeys/test_complaints_of_change.py::test_putting_a_step_in_front_of_those_inside_says_nothing_twice",
         "journeys/test_in_chat.py::test_a_publication_says_who_would_be_stranded",
         "journeys/test_in_chat.py::test_a_publication_says_who_would_get_something_twice"),
    ),
    "a rebuild deletes what was scheduled": (
        ("mautic 2419",),
        ("journeys/test_complaints_of_change.py::test_who_leaves_the_segment_stays_in_the_journey",),
    ),
    "sweeps cost what the base costs": (
        ("mautic 2870", "mautic 3358", "mautic 5423", "mautic 17174", "mautic 17175", "mautic 13088",
         "mautic 3058", "mautic 6324", "parcelvoy 533", "parcelvoy 583", "parcelvoy 627", "dittofeed 995"),
        ("journeys/test_complaints_of_change.py::test_when_nothing_happened_nothing_is_looked_through",),
    ),
    "time zones and clock changes": (
        ("mautic 7665", "mautic 837", "mautic 2824", "mautic 10170", "mautic 10612", "mautic 17090",
         "laudspeaker: windows on the server's clock", "hubspot: the account's zone"),
        ("journeys/test_complaints_of_change.py::test_ten_oclock_is_his_ten_oclock_on_both_sides_of_a_clock_change",
         "touch/test_hours.py::test_the_first_moment_is_open_and_none_before_it_is",
         "touch/test_planner.py::test_quiet_hours_are_those_of_his_own_zone"),
    ),
    "a window over midnight is turned round": (
        ("mautic: the end before the beginning",),
        ("touch/test_hours.py::test_a_span_over_midnight_is_not_turned_round",),
    ),
    "caps that surprise": (
        ("mautic 6729", "mautic 10275", "posthog 505: one cap for all journeys", "hubspot: mail alone"),
        ("touch/test_request.py::test_many_at_once_do_not_overdraw_a_cap",
         "touch/test_request.py::test_the_more_urgent_has_the_last_place",
         "touch/test_request.py::test_merged_customers_count_as_one",
         "touch/test_planner.py::test_a_span_of_days_around_counts"),
    ),
    "nought taken for a limit": (
        ("mautic 10416", "mautic 10753"),
        ("touch/test_planner.py::test_zero_is_no_limit",),
    ),
    "sent weeks late": (
        ("mautic 4761",),
        ("journeys/test_complaints_of_time.py::test_a_late_message_says_until_when_it_makes_sense",
         "touch/test_sending.py::test_after_an_outage_what_is_over_is_skipped",
         "touch/test_request.py::test_a_late_message_is_not_planned"),
    ),
    "do not contact, and tried for ever": (
        ("mautic 4356",),
        ("touch/test_sending.py::test_nothing_goes_after_stop",
         "touch/test_request.py::test_who_said_stop_gets_no_call_either"),
    ),
    "switched off and still sent": (
        ("mautic 5605",),
        ("journeys/test_complaints.py::test_a_stopped_journey_lets_everybody_out",
         "touch/test_left_journey.py::test_a_stopped_journey_says_nothing_more_at_once",
         "touch/test_sending.py::test_an_erased_text_is_not_sent_empty"),
    ),
    "a split that is drawn anew": (
        ("mautic 7486", "posthog 75109", "posthog 69630", "dittofeed: drawn at each entry",
         "parcelvoy: not sticky"),
        ("journeys/test_complaints.py::test_a_split_is_sticky",),
    ),
    "a delay that collapses": (
        ("posthog 63214",),
        ("journeys/test_complaints_of_time.py::test_a_delay_does_not_collapse",),
    ),
    "waiting for an event": (
        ("dittofeed 1463", "posthog 45743", "parcelvoy 607", "erxes: no end of the wait",
         "twenty 15264: no delay at all", "mautic: conditions tested once"),
        ("journeys/test_complaints_of_change.py::test_a_journey_that_an_event_began_waits_for_the_next_one",
         "journeys/test_complaints_of_time.py::test_an_event_and_the_end_of_the_wait_do_not_both_lead_on",
         "journeys/test_complaints_of_time.py::test_what_happened_before_the_wait_does_not_end_it"),
    ),
    "timers that are lost": (
        ("erxes: a queue is the only store", "laudspeaker: one transaction for everybody"),
        ("journeys/test_complaints_of_time.py::test_a_wait_of_more_than_a_month_is_as_long",
         "journeys/test_kill.py"),
    ),
    "loops that end silently, or never": (
        ("laudspeaker 94", "parcelvoy: a step seen again ends it", "dittofeed: a counter ends it",
         "mautic: no guard"),
        ("journeys/test_complaints.py::test_a_loop_says_each_round_once_and_ends",
         "journeys/test_complaints.py::test_a_loop_within_a_loop_goes_all_its_rounds_each_time",
         "journeys/test_complaints.py::test_two_journeys_that_set_each_other_off_stop",
         "journeys/test_rules.py::test_a_ring_that_befalls_many_rests_by_itself"),
    ),
    "one failed step stops everybody": (
        ("parcelvoy 434",),
        ("journeys/test_rules.py::test_a_step_that_fails_is_told_and_stops_nobody_else",),
    ),
    "the last message is not sent": (
        ("parcelvoy 432",),
        ("journeys/test_complaints_of_change.py::test_the_last_message_goes_too",),
    ),
    "schedules only at midnight": (
        ("parcelvoy 595",),
        ("journeys/test_complaints_of_change.py::test_a_schedule_keeps_its_hour",),
    ),
    "goals and exits": (
        ("posthog 32997", "salesforce: looked at when a wait ends"),
        ("journeys/test_complaints.py::test_who_reached_the_goal_hears_no_more",
         "touch/test_left_journey.py::test_who_is_out_gets_nothing_more"),
    ),
    "no test before it runs": (
        ("posthog 42517", "dittofeed: a testing kit on the road map", "salesforce: waits are skipped"),
        ("journeys/test_agree.py", "journeys/test_approvals.py::test_it_is_simulated_as_it_happens"),
    ),
}  # fmt: skip

#: About something else, and where that is held.
ELSEWHERE: dict[str, str] = {
    "mautic 9634": "store/test_segments.py",
    "mautic 8113": "store/test_segments.py",
    "mautic 3695": "intake",
    "mautic 10867": "intake",
    "mautic 1752": "journeys/test_results.py",
    "mautic 14535": "journeys/test_results.py",
    "mautic 14098": "journeys/test_results.py",
    "mautic 3898": "journeys/test_results.py",
    "mautic 1520": "journeys/test_results.py",
    "odoo 115893": "assignment",
    "odoo 185529": "assignment",
    "odoo 227387": "intake",
    "odoo 68475": "assignment",
    "odoo 48422": "intake",
    "cordys: read, check, write": "assignment",
    "wukong: charged on refusal": "assignment",
}


@pytest.mark.parametrize("complaint", HELD)
def test_it_is_a_fact_that_a_test_holds(complaint: str):
    """Under the name that stands here: a test that is renamed or dropped leaves a hole that is seen."""
    filed, tests = HELD[complaint]

    assert filed
    assert [one for one in tests if not _is_there(one)] == []


def test_what_concerns_something_else_is_held_there():
    assert [where for where in ELSEWHERE.values() if not (TESTS / where).exists()] == []


def test_no_complaint_stands_twice():
    filed = [one for numbers, _ in HELD.values() for one in numbers] + list(ELSEWHERE)

    assert sorted(filed) == sorted(set(filed))


def _is_there(test: str) -> bool:
    path, _, name = test.partition("::")
    found = TESTS / path
    if not found.is_file():
        return False
    tree = ast.parse(found.read_text(encoding="utf-8"))
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return not name or any(isinstance(one, functions) and one.name == name for one in tree.body)
