"""The shipped company, and loading as such."""

from __future__ import annotations

import itertools
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from bot.crm.company import Company
from bot.crm.company.load import MODELS, ConfigErrors, load
from bot.crm.company.people_check import strangers
from bot.errors import BotError
from tests.crm.company.broken import copy_of_config


def test_the_shipped_company_has_the_agreed_numbers(company: Company):
    """MQL 40, SQL 60, 重点 from 60, 培育 from 20, 25 messages a minute, an alarm above 15 %."""
    assert (company.scoring.marketing_qualified_at, company.scoring.sales_qualified_at) == (40, 60)
    assert [(tier.label, tier.at_least) for tier in company.scoring.tiers[:2]] == [("重点", 60), ("培育", 20)]
    assert {rule.id: rule.points for rule in company.scoring.rules} == {
        "form": 20,
        "website_director": 20,
        "core_industry_ceo": 20,
        "mail_opened": 5,
        "handbook": 5,
        "pricing_page": 10,
        "key_page": 10,
    }
    assert company.channels.throttles.wecom.per_member_per_minute == 25
    assert company.pipeline.discount_alarm_percent == 15


def test_the_shipped_company_has_the_agreed_words(company: Company):
    """Stages, reasons and forms are those of the documents."""
    stages = ["初步接触", "需求确认", "方案报价", "商务谈判", "赢单", "输单"]
    assert [stage.name for stage in company.pipeline.stages] == stages
    assert company.reasons.invalid == ("空号", "同行", "无需求", "重复", "区域不符")
    assert company.reasons.lost == ("价格", "竞品", "预算", "时机", "失联")
    assert company.ring_of("website") == company.ring_of("trial") == "at_once"
    assert company.ring_of("whitepaper") == company.ring_of("event") == "when_sales_qualified"
    assert company.ring_of(None) == company.ring_of("gone") == "when_sales_qualified"


#: Files of which every part has a meaning when it is left out.
MAY_BE_EMPTY = {
    "targets", "tracking", "pages", "webhooks", "segments", "tags", "touch", "contact_ways", "digests",
}  # fmt: skip


def test_what_is_ours_is_marked_so():
    """Every shipped file says which part of it is our default."""
    directory = Path(__file__).parents[3] / "config"

    files = {path.stem: path.read_text(encoding="utf-8") for path in directory.glob("*.yaml")}

    # 北京 to 华北 is given, and there are no targets to start with.
    assert {name for name, text in files.items() if "我们的默认值" not in text} == {
        *("routing", "targets", "webhooks"),
    }


def test_gates_ask_for_the_amount_before_a_quote(company: Company):
    """And stages can be found by other names."""
    quoted = company.pipeline.get("报价")

    assert quoted is not None
    assert (quoted.name, quoted.requires) == ("方案报价", ("product", "amount"))
    assert company.pipeline.first.name == "初步接触"
    assert (company.pipeline.won.name, company.pipeline.lost.name) == ("赢单", "输单")
    assert company.pipeline.position("商务谈判") == 3
    assert company.pipeline.get("没有") is None
    with pytest.raises(KeyError):
        company.pipeline.position("没有")


def test_a_pool_changes_only_the_terms_it_names(tmp_path: Path):
    """The rest it shares."""
    directory = copy_of_config(tmp_path / "config")
    pools = directory / "pools.yaml"
    text = pools.read_text(encoding="utf-8")
    pools.write_text(
        text.replace("name: 全国公海", "name: 全国公海, terms: {daily_claims: 3}"), encoding="utf-8"
    )

    found = load(directory).pools

    assert found.terms_of("nation") == found.terms.model_copy(update={"daily_claims": 3})
    assert found.terms_of("east") == found.terms
    assert found.of_region("华东大区") == found.get("east")
    assert found.of_region("海外") is None
    with pytest.raises(KeyError):
        found.terms_of("gone")


def test_conditions_see_own_fields_and_the_programs(company: Company):
    """A custom field is kept in the lead's JSON; an open list allows any word."""
    assert company.registry["employees"].column == "custom.employees"
    assert company.registry["source"].choices == ()
    assert company.registry["tier"].choices == ("hot", "nurture", "cold")
    assert company.registry["region"].choices == tuple(region.name for region in company.org.regions)
    assert company.label_of("phone") == "手机"
    assert company.label_of("gone") == "gone"
    source = company.fields.get("source")
    assert source is not None
    assert "官网" in company.choices_of(source)


def test_the_lexicon_has_every_word_people_use(company: Company):
    """The stored name first, other words after; custom fields under their keys."""
    words = company.lexicon_words()

    assert words["region"]["华东大区"] == ("华东大区", "华东")
    assert words["source"]["百度推广"] == ("百度推广", "百度", "SEM")
    assert words["stage"]["方案报价"] == ("方案报价", "报价")
    assert set(words["lost_reason"]) == set(company.reasons.lost)
    assert words["field"]["phone"][0] == "手机"
    kinds = {"region", "team", "source", "industry", "product", "campaign", "stage", "channel", "field"}
    assert kinds | {"invalid_reason", "returned_reason", "lost_reason"} <= set(words)


def test_a_year_without_a_notice_is_said_aloud(company: Company):
    """From October on, next year's too."""
    assert company.notices(date(2026, 6, 1)) == ()
    assert [said[:5] for said in company.notices(date(2026, 11, 22))] == ["2027年"]
    assert [said[:5] for said in company.notices(date(2027, 3, 1))] == ["2027年"]


def test_good_news_goes_to_the_nearest_chat(company: Company):
    """The team's, else the region's, else the company's."""
    org = company.org
    team = org.teams[0].model_copy(update={"good_news_chat": "t"})
    region = org.regions[0].model_copy(update={"good_news_chat": "r"})
    changed = org.model_copy(update={"teams": (team, *org.teams[1:]), "regions": (region, *org.regions[1:])})

    assert changed.good_news_chat_of(region="华东大区", team="上海组") == "t"
    assert changed.good_news_chat_of(region="华东大区", team="杭州组") == "r"
    assert changed.good_news_chat_of(region="华南大区") == org.good_news_chat


def test_money_is_read_without_a_float(company: Company):
    """9800 is 9800.00, to the cent."""
    assert company.catalogue.products[0].list_price == Decimal(9800)


def test_all_files_are_wrong_at_once(tmp_path: Path):
    """A missing file, a strange one, one in another encoding and two broken ones: five lines, in order."""
    directory = copy_of_config(tmp_path / "config")
    (directory / "targets.yaml").unlink()
    (directory / "score.yaml").write_text("a: 1")
    (directory / "org.yml").write_text("a: 1")
    (directory / "reasons.yaml").write_bytes("invalid: [空号]".encode("gb18030"))
    (directory / "response.yaml").write_text("first_response: 3\noffers: [1")

    with pytest.raises(ConfigErrors) as caught:
        load(directory)

    assert [str(error).removeprefix(f"{directory}/") for error in caught.value.errors] == [
        "org.yml:1:1: 不认识这个配置文件，是不是“org.yaml”？",
        "reasons.yaml:1:11: 文件不是 UTF-8 编码，请另存为 UTF-8",
        "response.yaml:3:1: 方括号没有成对，或少了逗号",
        "score.yaml:1:1: 不认识这个配置文件，是不是“scoring.yaml”？",
        "targets.yaml:1:1: 缺少这个文件",
    ]
    assert isinstance(caught.value, BotError)
    assert len(str(caught.value).splitlines()) == 5


def test_a_directory_that_is_not_there_says_so(tmp_path: Path):
    """Once, not for each file of it."""
    with pytest.raises(ConfigErrors, match="没有这个配置目录") as caught:
        load(tmp_path / "nowhere")

    assert len(caught.value.errors) == 1


@pytest.mark.parametrize("name", MODELS)
def test_an_empty_file_is_never_a_crash(tmp_path: Path, name: str):
    """It is either right as it is, or wrong with a place in it."""
    directory = copy_of_config(tmp_path / "config")
    (directory / f"{name}.yaml").write_text("")

    try:
        load(directory)
    except ConfigErrors as exc:
        assert {error.file for error in exc.errors} <= {str(directory / f"{name}.yaml")}  # noqa: PT017 - either way
    else:
        assert name in MAY_BE_EMPTY


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path):
    """Here it is a directory."""
    directory = copy_of_config(tmp_path / "config")
    (directory / "targets.yaml").unlink()
    (directory / "targets.yaml").mkdir()

    with pytest.raises(ConfigErrors, match=r"targets\.yaml:1:1: 读不了这个文件"):
        load(directory)


def test_fridays_can_be_shorter(tmp_path: Path):
    """And nobody works on a weekday whose list is empty, 调休 or not."""
    directory = copy_of_config(tmp_path / "config")
    file = directory / "calendar.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("hours_of: {}", 'hours_of: {fri: ["09:00-12:00"], sat: []}'), encoding="utf-8"
    )

    time = load(directory).working_time

    assert [len(time.spans_on(date(2026, 11, day))) for day in (19, 20, 21)] == [2, 1, 0]
    assert len(time.spans_on(date(2026, 10, 10))) == 0


def test_names_and_aliases_find_the_same(company: Company):
    """A region by its short name, a consent by its id."""
    assert company.org.region("华东") == company.org.region("华东大区") != None  # noqa: E711 - all three
    assert company.org.region("海外") is None
    consent = company.forms.consent("marketing")
    assert consent is not None
    assert consent.version == "2026-11"


def test_people_who_are_not_in_the_address_book_are_named(tmp_path: Path):
    """Roles, routing and targets name people; a near one is suggested."""
    directory = copy_of_config(tmp_path / "config")
    org = directory / "org.yaml"
    org.write_text(
        org.read_text(encoding="utf-8").replace("roles: {}", "roles: {zhangsna: marketer, lina: admin}")
    )
    targets = directory / "targets.yaml"
    targets.write_text("targets: [{owner: lina, month: 2026-11, amount: 1}]")
    rule = '  - name: 大单\n    when: {field: budget, op: ">", value: 100}\n    to: {owner: nobody}\n'
    routing = directory / "routing.yaml"
    routing.write_text(routing.read_text(encoding="utf-8").replace("rules:\n", f"rules:\n{rule}"))

    company = load(directory)

    assert strangers(company, {"zhangsan"}) == (
        "org.yaml：通讯录里没有“zhangsna”这个成员，是不是“zhangsan”？",
        "org.yaml：通讯录里没有“lina”这个成员",
        "routing.yaml “大单”：通讯录里没有“nobody”这个成员",
        "targets.yaml：通讯录里没有“lina”这个成员",
    )
    assert strangers(company, {"zhangsna", "lina", "nobody"}) == ()


def test_rules_and_tiers_have_words_for_people(company: Company):
    """Reasons and advice are short Chinese lines."""
    said = [rule.reason for rule in company.scoring.rules] + [tier.advice for tier in company.scoring.tiers]

    assert all(any("一" <= char <= "龥" for char in line) and len(line) <= 24 for line in said)
    assert all(a != b for a, b in itertools.combinations(said, 2))
