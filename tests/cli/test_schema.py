"""The shape of configuration files, as an editor shows it to who writes them."""

from __future__ import annotations

import json

from bot.crm.company.load import FOLDERS, MODELS
from bot.crm.company.schema import ABOUT, ABOUT_IN, described
from tests.cli.test_words import typed

_KINDS = {**MODELS, **{name.removesuffix("s"): model for name, model in FOLDERS.items()}}


def test_each_part_of_each_file_says_in_chinese_what_it_is():
    """One part without words would raise; words for no part are left over from one that is gone."""
    told: set[tuple[str, str]] = set()
    for kind, model in _KINDS.items():
        schema = described(kind, model)
        parts = {**schema.get("$defs", {}), model.__name__: schema}
        assert all(not part["description"].isascii() and "title" not in part for part in parts.values())
        told |= {(kind if name in ABOUT_IN.get(kind, {}) else "", name) for name in parts}

    assert {name for kind, name in told if not kind} == set(ABOUT)
    assert {one for one in told if one[0]} == {
        (kind, name) for kind, names in ABOUT_IN.items() for name in names
    }


def test_it_is_printed_for_an_editor():
    """As somebody would ask for it."""
    printed = typed("schema", "journey")

    assert json.loads(printed.stdout)["$defs"]["Wait"]["description"] == ABOUT["Wait"]
    assert printed.returncode == 0
    refused = typed("schema", "journeys")
    assert "没有“journeys”这种文件" in refused.stderr
    assert refused.returncode == 2


def test_who_names_none_is_told_which_there_are() -> None:
    """As whoever names one that is not there."""
    refused = typed("schema")
    assert refused.returncode == 2
    assert "要写哪种文件：" in refused.stderr
    assert "journey" in refused.stderr
