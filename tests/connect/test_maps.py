"""Maps of tools and standing codes: every mistake has its file, line and column; nothing waits for ever."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.app.parts import build_company, prove_connectors
from bot.crm.company.load import ConfigErrors, load
from bot.errors import SettingsError
from bot.settings import read_settings
from bot.store.tables import capture
from bot.worker.bench import Bench
from bot.worker.forgetting import forget
from tests.conftest import ROOT
from tests.connect.conftest import payload

MAP = """keep_days: 30
forms:
  - id: "*"
    form: websit
    source: 抖因
    fields:
      a: phone
      b: phonee
    constants: {industri: 制造}
"""
WAYS = """ways:
  - {name: 甲, source: 展会, pool: nowhere}
  - {name: 甲, source: 抖因, pool: nation}
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    copy = tmp_path / "config"
    shutil.copytree(ROOT / "config", copy)
    return copy


def said(directory: Path) -> list[str]:
    with pytest.raises(ConfigErrors) as caught:
        prove_connectors(load(directory), directory)
    return [str(one).removeprefix(f"{directory}/") for one in caught.value.errors]


def test_names_that_lead_nowhere_are_told_with_their_place(config):
    (config / "connectors" / "baidu.yaml").write_text(MAP, encoding="utf-8")
    (config / "contact_ways.yaml").write_text(WAYS, encoding="utf-8")

    assert said(config) == [
        "connectors/baidu.yaml:4:11: 没有“websit”这个表单，是不是“website”？",
        "connectors/baidu.yaml:5:13: 没有“抖因”这个来源，是不是“抖音”？",
        "connectors/baidu.yaml:8:10: 没有“phonee”这个字段，是不是“phone”？",
        "connectors/baidu.yaml:9:27: 没有“industri”这个字段，是不是“industry”？",
        "contact_ways.yaml:2:33: 没有“nowhere”这个公海，可以写：east、south、north、southwest、nation",
        "contact_ways.yaml:3:12: 活码“甲”重复了",
        "contact_ways.yaml:3:23: 没有“抖因”这个来源，是不是“抖音”？",
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("forms: []\n", "connectors/baidu.yaml:1:8: "),
        ("forms:\n  - {form: website, fields: {a: name}}\n", "connectors/baidu.yaml:2:29: "),
        ("forms:\n  - {form: website, fields: {a: phone, b: phone}}\n", "connectors/baidu.yaml:2:43: "),
        ("forms:\n  - {form: website, fields: {a: phone}, sourc: 抖音}\n", "connectors/baidu.yaml:2:41: "),
    ],
)  # fmt: skip
def test_a_map_that_makes_no_sense_is_told_with_its_place(config, text, place):
    (config / "connectors" / "baidu.yaml").write_text(text, encoding="utf-8")

    assert [one for one in said(config) if one.startswith(place)]


def test_a_map_of_a_tool_that_nobody_wrote(config):
    (config / "connectors" / "baidou.yaml").write_text(
        "forms:\n  - {form: website, fields: {a: phone}}\n", encoding="utf-8"
    )
    (config / "connectors" / "wjx.yaml").rename(config / "connectors" / "wjx.yml")

    assert said(config) == ["connectors/wjx.yml:1:1: 文件名要以 .yaml 结尾"]
    (config / "connectors" / "wjx.yml").unlink()
    assert said(config) == ["connectors/baidou.yaml:1:1: 没有“baidou”这个连接器，是不是“baidu”？"]


def test_addresses_follow_from_the_secret_key_or_the_environment(tmp_path):
    """The same key gives the same address; a secret of one's own takes its place; a weak one does not start."""
    base = {"LEADBELL_SECRET_KEY": "k" * 32, "LEADBELL_PUBLIC_URL": "https://crm.example",
            "LEADBELL_CONFIG_DIR": str(ROOT / "config")}  # fmt: skip

    def doors(**more: str):
        return build_company(read_settings({**base, **more}, dotenv=tmp_path / "none")).doors

    own = doors()
    assert own.address("baidu") == doors().address("baidu")
    assert own.address("baidu").startswith("https://crm.example/connect/baidu/")
    assert len({one.secret for one in own.entrances.values()}) == len(own.entrances)
    assert doors(LEADBELL_SECRET_KEY="j" * 32).address("baidu") != own.address("baidu")
    given = doors(LEADBELL_CONNECTORS__BAIDU__SECRET="chosen-by-ourselves")
    assert given.address("baidu") == "https://crm.example/connect/baidu/chosen-by-ourselves"
    assert given.address("wjx") == own.address("wjx")
    assert "chosen" not in repr(given)
    for wrong in ({"LEADBELL_CONNECTORS__BAIDU__SECRET": "short"}, {"LEADBELL_CONNECTORS__BAIDU__SECRET": ""},
                  {"LEADBELL_CONNECTORS__BAIDOU__SECRET": "chosen-by-ourselves"}):  # fmt: skip
        with pytest.raises(SettingsError, match="LEADBELL_CONNECTORS__BAI"):
            doors(**wrong)


async def test_bodies_are_forgotten_and_failed_ones_much_later(tools, clock, vault, random_bytes):
    """That something came stays known; what it said does not."""
    await tools.push("baidu", payload("baidu"))
    await tools.push("baidu", b'{"clueId":"7"}')
    site = tools.site
    bench = Bench(
        store=site.store, adapters={}, router=None, company=site.company, vault=vault, clock=clock,
        random_bytes=random_bytes, name="one",
    )  # type: ignore[arg-type] # fmt: skip

    async def kept() -> dict[str, bool]:
        return {row.state: row.body is not None for row in await tools.rows(capture.arrivals)}

    assert await kept() == {"taken": True, "failed": True}
    clock.push(timedelta(days=31))
    await forget(bench)
    assert await kept() == {"taken": False, "failed": True}
    clock.push(timedelta(days=150))
    await forget(bench)
    assert await kept() == {"taken": False, "failed": False}
    assert (await tools.counted())["arrival.forgotten", "baidu"] == 1


async def test_the_click_id_of_an_address_is_kept(tools):
    from bot.store.tables.behaviour import touch_points

    await tools.push("baidu", payload("baidu"))

    (point,) = await tools.rows(touch_points)
    assert (point.source, point.click_id, point.page) == (
        "百度推广",
        {"bd_vid": "8765"},
        "https://www.example.com/l",
    )


def test_an_unknown_form_of_theirs_waits_for_a_map(opened_company):
    """Without a map for any other form, one that nobody described fails; with one, it does not."""
    from bot.intake.doors.reading import Failed, Ready, read_push

    entrance = opened_company.doors.entrances["jinshuju"]
    chart = opened_company.connectors["jinshuju"]
    only = chart.forms[0].model_copy(update={"id": "another"})
    narrow = replace(
        opened_company,
        connectors={**opened_company.connectors, "jinshuju": chart.model_copy(update={"forms": (only,)})},
    )

    assert isinstance(read_push(opened_company, "jinshuju", entrance.connector, payload("jinshuju")), Ready)
    found = read_push(narrow, "jinshuju", entrance.connector, payload("jinshuju"))
    assert isinstance(found, Failed)
    assert (found.reason, found.form) == ("no_map", "Xk3pQ2")
