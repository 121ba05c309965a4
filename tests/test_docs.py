"""What the documents name exists: files, headings, make targets, commands, settings."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bot.adapters
from bot.crm.company.load import load
from bot.kit.discover import discover
from bot.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^\s*```.*?^\s*```", re.MULTILINE | re.DOTALL)
#: A word of code: between backticks, or a line of a fenced block.
#: Settings that several things have, each under a name of its own.
_FAMILIES = ("WEBHOOKS", "CONNECTORS", "WECHAT", "TRACKING")
_CODE = re.compile(r"`([^`\n]+)`")


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def headings(text: str) -> list[tuple[int, str]]:
    found = re.findall(r"^(#+) (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return [(len(marks), title.strip()) for marks, title in found]


def anchor(title: str) -> str:
    """As GitHub spells it: lower case, no signs, blanks become hyphens."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


def code(text: str) -> list[str]:
    fenced = [line for block in _FENCE.findall(text) for line in block.splitlines()]
    return [*_CODE.findall(_FENCE.sub("", text)), *fenced]


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_relative_link_leads_somewhere(page):
    """To a file that is there, and to a heading that is in it."""
    broken = []
    for target in _LINK.findall(page.read_text(encoding="utf-8")):
        where, _, part = target.partition("#")
        if "://" in target:
            continue
        file = (page.parent / where).resolve() if where else page
        found = file.exists() and file.is_relative_to(ROOT)
        if found and part:
            found = part in {anchor(title) for _, title in headings(file.read_text(encoding="utf-8"))}
        if not found:
            broken.append(target)

    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_make_target_exists(page):
    """A reader who types it gets something."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))

    said = {
        found
        for line in code(page.read_text(encoding="utf-8"))
        for found in re.findall(r"^\s*make ([a-z]+)", line)
    }

    assert said <= targets


@pytest.fixture(scope="module")
def commands() -> set[str]:
    """What `leadbell --help` offers."""
    plain = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    told = subprocess.run(
        [sys.executable, "-m", "bot", "--help"],
        cwd=ROOT,
        env=plain,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return set(re.findall(r"^\W*([a-z]+) ", told, re.MULTILINE))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_exists(page, commands):
    """Whatever follows `leadbell` in code is one of its commands."""
    said = {
        found
        for line in code(page.read_text(encoding="utf-8"))
        for found in re.findall(r"^(?:\S*/)?leadbell ([a-z]+)", line.strip().removeprefix("ExecStart="))
    }

    assert said <= commands


def settings() -> set[str]:
    """Every name that the environment may bear."""
    names = {PREFIX + name.upper() for name in Settings.model_fields if name != "platforms"}
    for platform, kind in discover(bot.adapters, "ADAPTER").items():
        names |= {f"{PREFIX}{platform.upper()}__{name.upper()}" for name in kind.config.model_fields}
    for channel in discover(bot.adapters, "CHANNEL").values():
        # Accounts that also call us are one block for both.
        own = () if channel.shares else channel.config.model_fields
        names |= {f"{PREFIX}{channel.name.upper()}__{name.upper()}" for name in own}
    for register in ("MAILBOX", "MODEL"):
        for kind in discover(bot.adapters, register).values():
            names |= {f"{PREFIX}{register}__{name.upper()}" for name in kind.config.model_fields}
    return names - {f"{PREFIX}MAILBOX", f"{PREFIX}MODEL"}


def of_the_suite() -> set[str]:
    """What only tests read."""
    files = [ROOT / "Makefile", *(ROOT / "tests").rglob("*.py")]
    return {
        name
        for file in files
        for name in re.findall(r"LEADBELL_TEST_[A-Z_]+", file.read_text(encoding="utf-8"))
    }


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_setting_exists(page):
    """A name that is misspelt here would be refused at the start."""
    known = settings() | of_the_suite()

    said = set(re.findall(r"LEADBELL_[A-Z_]*[A-Z](?![A-Z_])", page.read_text(encoding="utf-8")))

    families = tuple(f"{name}__" for name in known if name.endswith(_FAMILIES))
    assert {name for name in said if not name.startswith(families)} <= known


def test_the_table_of_settings_is_complete():
    """Everything that can be set is explained to whoever runs it."""
    page = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8")
    own = {f"{PREFIX}{one}__PUBLIC_URL" for one in ("WECOM", "DINGTALK")}  # LEADBELL_PUBLIC_URL is both

    assert {name for name in settings() - own if f"`{name}`" not in page} == set()


def test_every_config_file_is_explained():
    """The table of files is the folder."""
    page = (ROOT / "docs" / "admin.md").read_text(encoding="utf-8")
    table = set(re.findall(r"^\| `([a-z_]+\.yaml)` \|", page, re.MULTILINE))

    assert table == {file.name for file in (ROOT / "config").glob("*.yaml")}


def test_every_journey_in_the_guide_for_marketers_is_right(tmp_path):
    """Whoever copies one, whole or some steps of it, gets no complaint from the check."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    text = (ROOT / "docs" / "marketer.md").read_text(encoding="utf-8")
    shown = [
        one
        for one in re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
        if "touch: " in one or "enter: " in one
    ]
    for n, one in enumerate(shown):
        whole = one if one.startswith("name:") else f"enter: [{{manual: true}}]\nsteps:\n{one}"
        named_anew = re.sub(r"^name: .*\n", "", whole)
        file = tmp_path / "config" / "journeys" / f"shown_{n}.yaml"
        file.write_text(f"name: 示例 {n}\n{named_anew}", encoding="utf-8")

    found = load(tmp_path / "config").journeys

    assert len(shown) >= 3
    assert {f"shown_{n}" for n in range(len(shown))} <= set(found)


def test_both_readmes_have_the_same_parts():
    """What is said in one language is said in the other."""
    english, chinese = (
        headings((ROOT / name).read_text(encoding="utf-8")) for name in ("README.md", "README.zh-CN.md")
    )

    assert [level for level, _ in english] == [level for level, _ in chinese]


def test_every_decision_is_listed():
    """The index of decisions is the folder."""
    folder = ROOT / "docs" / "adr"
    listed = set(_LINK.findall((folder / "README.md").read_text(encoding="utf-8")))

    assert listed == {file.name for file in folder.glob("0*.md")}


def test_a_decision_fits_on_a_page():
    """Context, decision, consequences, alternatives, in at most 45 lines."""
    for file in (ROOT / "docs" / "adr").glob("0*.md"):
        text = file.read_text(encoding="utf-8")
        assert text.count("\n") <= 45, file.name
        assert re.findall(r"^\*\*(\w+)\.\*\*", text, re.MULTILINE) == [
            "Context", "Decision", "Consequences", "Alternatives",
        ], file.name  # fmt: skip


def test_the_rooms_are_described_as_they_describe_themselves():
    """The table for developers is the sentence of each package."""
    page = (ROOT / "docs" / "developer.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `([a-z]+)/` \|", page, re.MULTILINE))

    assert told == {file.parent.name for file in (ROOT / "bot").glob("*/__init__.py")}


def test_the_floors_are_those_that_are_enforced():
    """The picture of the house is the contract."""
    import tomllib

    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(c["layers"] for c in contracts if c["id"] == "floors")
    page = (ROOT / "docs" / "developer.md").read_text(encoding="utf-8")

    assert "\n".join(layers) in page


def paths(page: str) -> list[str]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return sorted(set(re.findall(r"`((?:bot|tests|tools|docs|config|bench)/[^`<>…]+)`", text)))


@pytest.mark.parametrize("path", [*paths("developer.md"), *paths("promises.md")])
def test_every_path_named_to_developers_exists(path):
    """What is said to hold or to show something can be opened."""
    assert (ROOT / path).exists()
