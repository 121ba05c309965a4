"""The browser page of the simulator: what can be checked of it without a browser."""

from __future__ import annotations

import random
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.kit.clock import system_clock, system_monotonic
from bot.simulator.dingtalk.build import add_dingtalk
from bot.simulator.mail.box import Box
from bot.simulator.mail.panel import MailActs
from bot.simulator.mini_program.panel import MiniProgramActs
from bot.simulator.mini_program.program import MiniProgram
from bot.simulator.server import DemoSecrets, make_dingtalk, make_world
from bot.simulator.sms.panel import SmsActs
from bot.simulator.sms.phones import Console, Phones
from bot.simulator.wechat_official.account import OfficialAccount, Settings
from bot.simulator.wechat_official.panel import FollowerActs
from bot.simulator.wecom.build import build_wecom

STATIC = Path(__file__).parents[2] / "bot" / "simulator" / "static"
SCRIPTS = sorted(STATIC.glob("js/**/*.js"))
SHEETS = sorted(STATIC.glob("css/**/*.css"))
PAGE = STATIC / "index.html"

#: Names of XML languages: written like addresses, never fetched.
NAMESPACES = ("http://www.w3.org/2000/svg",)
URL = re.compile(r"(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}[^\s\"'`)]*", re.IGNORECASE)
IMPORT = re.compile(
    r"^(?:import|export)\s[^;]*?from\s+\"([^\"]+)\"|\bimport\(\s*[\"']([^\"']+)", re.MULTILINE
)
CALL = re.compile(r"[\"`](/sim/api/[^\"`]+)[\"`]")
COMMENT = re.compile(r"^\s*//.*$", re.MULTILINE)
#: Files whose very purpose is Chinese words.
SPOKEN = {"texts.js", "guide_steps.js", "wire_notes.js"}
MOST_LINES = 300


def name(path: Path) -> str:
    return path.relative_to(STATIC).as_posix()


class Page(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def references(self) -> list[str]:
        return [value for _, attrs in self.elements for key in ("src", "href") if (value := attrs.get(key))]


@pytest.fixture(scope="module")
def page() -> Page:
    return Page(PAGE.read_text(encoding="utf-8"))


def imports(script: Path) -> list[str]:
    return [a or b for a, b in IMPORT.findall(script.read_text(encoding="utf-8"))]


def test_everything_the_page_refers_to_exists(page: Page) -> None:
    """Each src and href is a file under /static."""
    references = page.references()
    assert references
    assert [r for r in references if not r.startswith("/static/")] == []
    assert [r for r in references if not (STATIC / r.removeprefix("/static/")).is_file()] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_every_import_is_a_file_beside_it(script: Path) -> None:
    """Modules name each other by path: nothing is left to a bundler."""
    found = imports(script)
    assert [f for f in found if not f.startswith("./") or not (script.parent / f).is_file()] == []


def test_every_script_and_sheet_is_used(page: Page) -> None:
    """No file is left over: sheets are linked, scripts are reached from the one the page starts."""
    linked = {STATIC / r.removeprefix("/static/") for r in page.references()}
    reached, waiting = set(), [path for path in linked if path.suffix == ".js"]
    while waiting:
        script = waiting.pop()
        if script not in reached:
            reached.add(script)
            waiting += [(script.parent / target).resolve() for target in imports(script)]
    assert set(SCRIPTS) - reached == set()
    assert set(SHEETS) - linked == set()


@pytest.mark.parametrize("path", [PAGE, *SCRIPTS, *SHEETS, *STATIC.glob("*.svg")], ids=name)
def test_nothing_comes_from_the_network(path: Path) -> None:
    """No address of another host stands in any file, so the page works without the internet."""
    text = path.read_text(encoding="utf-8")
    for namespace in NAMESPACES:
        text = text.replace(namespace, "")
    assert URL.findall(text) == []


def test_nothing_is_vendored() -> None:
    """Only our own kinds of file lie here; third-party code would need a list of licences."""
    assert {p.suffix for p in STATIC.rglob("*") if p.is_file()} <= {".html", ".css", ".js", ".svg"}
    assert [p for p in STATIC.rglob("*") if "vendor" in p.parts or p.name.endswith(".min.js")] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_markup_is_never_made_from_text(script: Path) -> None:
    """What people write reaches the page as text nodes only."""
    text = script.read_text(encoding="utf-8")
    ways = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|srcdoc|\beval\(|new Function"
    assert re.findall(ways, text) == []


def test_the_page_forbids_foreign_and_inline_scripts(page: Page) -> None:
    """The policy allows scripts of this server alone, and the page has no inline ones."""
    policies = [a["content"] for _, a in page.elements if a.get("http-equiv") == "Content-Security-Policy"]
    assert len(policies) == 1
    rules = dict(rule.strip().split(" ", 1) for rule in (policies[0] or "").split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert [
        tag for tag, attrs in page.elements if any(key.startswith("on") or key == "style" for key in attrs)
    ] == []
    assert [attrs for tag, attrs in page.elements if tag == "script" and not attrs.get("src")] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=name)
def test_files_stay_short(script: Path) -> None:
    """A module that grows beyond this holds two things."""
    assert len(script.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("script", [s for s in SCRIPTS if s.name not in SPOKEN], ids=name)
def test_words_for_people_lie_in_the_files_for_texts(script: Path) -> None:
    """Chinese outside the files of texts could not be translated; comments and patterns may name it."""
    code = COMMENT.sub("", script.read_text(encoding="utf-8"))
    strings = re.findall(r"\"[^\"\n]*\"|`[^`]*`", code)
    assert [s for s in strings if re.search(r"[\u4e00-\u9fff]", s)] == []


def test_every_call_has_a_route() -> None:
    """Each address under /sim/api that the page calls is one that the server answers."""
    secrets = DemoSecrets("ww1", 1, "s", "t", "k" * 43)
    world = make_world(clock=system_clock, rng=random.Random(1), secrets=secrets)
    app = build_wecom(world, monotonic=system_monotonic)
    add_dingtalk(app, make_dingtalk(world, secrets=secrets), monotonic=system_monotonic)
    account = OfficialAccount(Settings("wx1", "t", "k" * 43, ""), clock=system_clock, rng=random.Random(1))
    app.add_routes(FollowerActs(account).routes())
    mini = MiniProgram(Settings(), clock=system_clock, rng=random.Random(1))
    app.add_routes(MiniProgramActs(mini).routes())
    app.add_routes(MailActs(Box(system_clock, print)).routes())
    app.add_routes(SmsActs(Phones(Console(), system_clock, print)).routes())
    served = {re.sub(r"\{[^}]+\}", "{}", r.resource.canonical) for r in app.router.routes() if r.resource}
    text = "\n".join(script.read_text(encoding="utf-8") for script in SCRIPTS)
    called = {re.sub(r"\$\{[^}]+\}", "{}", path).split("?")[0] for path in CALL.findall(text)}
    assert len(called) > 8
    assert called - served == set()
