"""A field that becomes a number begins a journey however the file spells it, or the file's check says so."""

from __future__ import annotations

import shutil

import pytest

from bot.crm.company.load import ConfigErrors, load
from bot.intake import change
from tests.conftest import ROOT
from tests.journeys.walking import fleet_of, said


@pytest.mark.parametrize("to", [500000, 500000.0, "500000"])
async def test_an_amount_is_the_same_however_it_is_spelled(lite, company, to):
    one = {"enter": [{"changed": "budget", "to": to}], "steps": [{"touch": "a"}]}
    fleet = await fleet_of(lite, company, one=one)
    await fleet.do(lambda desk: change.change(desk, "L1", "budget", "50万", by="rule:x"))
    await fleet.settle()
    assert said(fleet) == ["a"]


def test_what_is_no_amount_is_told_at_its_line(tmp_path):
    """50万 is for people to say, and for a file to spell out."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    file = tmp_path / "config" / "journeys" / "big.yaml"
    file.write_text(
        "name: 大单\nenter: [{changed: budget, to: 50万}]\nsteps: [{wait: 1天}]\n", encoding="utf-8"
    )
    with pytest.raises(ConfigErrors) as found:
        load(tmp_path / "config")
    (fault,) = found.value.errors
    assert str(fault).partition("journeys/")[2] == "big.yaml:2:31: “预算”要和金额比较，这里写的是“50万”"
