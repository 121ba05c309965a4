"""The house is in order: sizes, sentences, registers, configuration, licences."""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import re
import sys
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bot.adapters
import bot.handlers
from bot.chat.router import Router
from bot.crm.company.load import load
from bot.kit.discover import discover
from bot.kit.wire import name_of

ROOT = Path(__file__).resolve().parent.parent
#: Lines.
LIMIT, TEST_LIMIT, FUNCTION_LIMIT = 400, 500, 50
ADAPTERS = ["dingtalk", "wecom"]
HANDLERS = [
    "approve",
    "ask",
    "begin_follow_up",
    "bind_account",
    "bind_group",
    "cancel",
    "change_deal",
    "change_journey",
    "change_lead",
    "change_setting",
    "check_duplicate",
    "claim",
    "clicks_wait",
    "commit",
    "compare_change",
    "complete_task",
    "consent",
    "contact_read",
    "contact_way_awaited",
    "contact_way_expired",
    "contents",
    "convert",
    "customer_added",
    "customer_left",
    "day_report",
    "duty",
    "enter_lead",
    "explain_touches",
    "feedback",
    "follower",
    "give_leads",
    "group_messages",
    "hand_over_task",
    "help",
    "import_file",
    "join_journey",
    "lead_behaved",
    "leave_turns",
    "list_journeys",
    "list_lookalikes",
    "list_my_deals",
    "list_my_leads",
    "list_my_tasks",
    "list_overdue",
    "list_pool",
    "list_settings",
    "list_stale",
    "lock_lead",
    "look_at_protection",
    "lose_deal",
    "mark_invalid",
    "member_entered",
    "member_left",
    "member_renamed",
    "members_are_one",
    "merge_leads",
    "move_stage",
    "official",
    "payment",
    "person",
    "plan_task",
    "postpone_task",
    "preview_recycling",
    "qualify_lead",
    "quote",
    "raise_offer",
    "reassign",
    "record_follow_up",
    "redraw_lead",
    "release",
    "remind_response",
    "remind_task",
    "response_over",
    "retry_arrivals",
    "reveal_contact",
    "reveal_lead",
    "search",
    "segments",
    "service_desk",
    "show_chance",
    "show_commitments",
    "show_contact_way",
    "show_dashboard",
    "show_deal",
    "show_digest",
    "show_doors",
    "show_fairness",
    "show_kpi",
    "show_lead",
    "show_quality",
    "show_results",
    "show_review",
    "show_standing_way",
    "show_task",
    "show_timeline",
    "simulate_journey",
    "sms_came",
    "subscribe",
    "subscriptions",
    "tag_lead",
    "try_journey",
    "undo_setting",
    "unmerge_leads",
    "visitor_known",
    "why_assigned",
    "win_deal",
]
#: What people ask for, and what timers and platforms tell.


def _declared(*patterns: str) -> set[type]:
    """The classes of these modules of the business."""
    files = [file for pattern in patterns for file in sorted((ROOT / "bot/crm").glob(pattern))]
    modules = [importlib.import_module(f"bot.crm.{file.stem}") for file in files]
    return {
        kind
        for module in modules
        for _, kind in inspect.getmembers(module, inspect.isclass)
        if kind.__module__ == module.__name__ and hasattr(kind, "__dataclass_fields__")
    }


ASKED = _declared("*commands.py", "assigning.py")
TOLD = _declared("*signals.py")


def sources(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def name(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def test_no_file_is_too_long():
    """A file over its limit is split by thing."""
    long = {
        name(file): lines
        for file in sources("bot", "tests", "bench", "tools")
        if (lines := file.read_text(encoding="utf-8").count("\n"))
        > (TEST_LIMIT if name(file).startswith("tests/") else LIMIT)
    }

    assert long == {}


def test_no_function_is_too_long():
    """Fifty lines are more than anybody reads at once; a migration's list of columns is not read."""
    long = []
    for file in sources("bot"):
        if file.is_relative_to(ROOT / "bot/store/migrations/versions"):
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                if lines > FUNCTION_LIMIT:
                    long.append(f"{name(file)}:{node.lineno} {node.name} {lines}")

    assert long == []


def test_every_package_says_what_it_is():
    """Each folder of the program opens with one sentence."""
    silent = []
    for folder in sorted({file.parent for file in sources("bot")}):
        text = folder / "__init__.py"
        said = ast.get_docstring(ast.parse(text.read_text(encoding="utf-8"))) if text.is_file() else None
        if not said or not said.strip().splitlines()[0].endswith("."):
            silent.append(name(folder))

    assert silent == []


def test_the_adapters_are_these():
    """A new platform is one line here, which reviewers see."""
    assert list(discover(bot.adapters, "ADAPTER")) == ADAPTERS


def test_the_handlers_are_these():
    """A new thing people can do is one line here, which reviewers see."""
    assert list(discover(bot.handlers, "router")) == HANDLERS


@functools.cache
def router() -> Router:
    return Router(*discover(bot.handlers, "router").values())


@pytest.mark.parametrize(
    "kind", sorted(ASKED | TOLD, key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__
)
def test_every_command_has_one_handler(kind):
    """Whatever can be asked for is carried out, by one function; two would not start."""
    example = kind(**dict.fromkeys(inspect.signature(kind).parameters, ""))

    assert name_of(example)
    assert callable(router().route(example).handler)


def test_nobody_can_send_a_signal():
    """What timers and platforms tell has names that no button and no word leads to."""
    assert {name_of(kind.__new__(kind)).split(".")[0] for kind in TOLD} == {"signal"}
    assert not any(name_of(kind.__new__(kind)).startswith("signal.") for kind in ASKED)


def test_the_shipped_configuration_is_sound():
    """What comes with the program passes its own check."""
    company = load(ROOT / "config")

    assert company.org.company


#: Words in a licence that would bind whoever uses us.
_BINDING = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
_LESSER = re.compile(r"LGPL|GNU Lesser|Library or Lesser", re.IGNORECASE)
#: Loaded as a library of its own, on request only.
_LESSER_ALLOWED = {"psycopg", "psycopg-binary", "psycopg-pool"}


def closure() -> dict[str, Distribution]:
    """Everything that an installation with PostgreSQL brings along."""
    found: dict[str, Distribution] = {}
    waiting = [("leadbell", frozenset({"", "postgres"}))]
    while waiting:
        wanted, extras = waiting.pop()
        if canonicalize_name(wanted) in found:
            continue
        found[canonicalize_name(wanted)] = dist = distribution(wanted)
        for line in dist.requires or ():
            need = Requirement(line)
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append((need.name, frozenset({"", *need.extras})))
    return found


def licence(dist: Distribution) -> str:
    """All that a package says of its licence in its own words."""
    about = dist.metadata
    told = [about.get("License-Expression") or "", *(about.get_all("Classifier") or ())]
    # The old free field may hold the whole text of a licence; its first line names it.
    told.append((about.get("License") or "").strip().partition("\n")[0])
    words = [line for line in told if line and not line.startswith(("Framework", "Programming", "Topic"))]
    # Some say it nowhere but in the file itself.
    files = [name for name in dist.files or () if "licen" in name.name.lower()] if not words else []
    return "; ".join(words or [name.read_text("utf-8")[:600] for name in files])


@pytest.mark.parametrize("package", sorted(set(closure()) - {"leadbell"}))
def test_no_dependency_binds_its_user(package):
    """No GPL and no AGPL; LGPL only for the PostgreSQL driver."""
    said = licence(distribution(package))
    lesser = bool(_LESSER.search(said))

    assert said, "it says nothing of its licence"
    assert not _BINDING.search(_LESSER.sub("", said)), said
    assert not lesser or package in _LESSER_ALLOWED, said


def test_our_own_licence_is_apache():
    """As the file says."""
    assert distribution("leadbell").metadata["License-Expression"] == "Apache-2.0"
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_python_that_we_promise_is_the_one_we_run_on():
    """3.11 is the oldest that is promised; nothing older gets this far."""
    assert sys.version_info >= (3, 11)
    assert distribution("leadbell").metadata["Requires-Python"] == ">=3.11"
