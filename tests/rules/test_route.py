"""Where a lead goes, and why."""

from __future__ import annotations

import dataclasses

import orjson
import pytest

from bot.crm.company import Company
from bot.crm.company.places import CITIES, PROVINCES, read_place
from bot.crm.company.routing import Routing
from bot.rules.region import region_of
from bot.rules.route import OTHERWISE, RouteKind, route


def with_rules(company: Company, *rules: dict[str, object]) -> Company:
    values = {name: getattr(company, name) for name in _FILES} | {
        "routing": Routing.model_validate_json(orjson.dumps({"rules": rules, "otherwise": "nation"}))
    }
    return Company(**values)


_FILES = tuple(field.name for field in dataclasses.fields(Company) if field.init)


@pytest.mark.parametrize(
    ("values", "pool"),
    [
        ({"city": "北京"}, "north"),
        ({"city": "北京市"}, "north"),
        ({"city": "上海市浦东新区"}, "east"),
        ({"province": "上海"}, "east"),
        ({"province": "江苏省", "city": "苏州市"}, "east"),
        ({"city": "昆山"}, "east"),
        ({"province": "广西壮族自治区"}, "south"),
        ({"city": "内蒙古自治区呼和浩特市"}, "north"),
        ({"city": "中国 四川-成都"}, "southwest"),
        ({"province": "江苏", "city": "深圳"}, "south"),
        ({"province": "江苏", "city": "某镇"}, "east"),
        ({"region": "西南大区", "city": "上海"}, "southwest"),
        ({"city": "东京"}, "nation"),
        ({"city": ""}, "nation"),
        ({}, "nation"),
    ],
)
def test_a_lead_goes_to_the_pool_of_its_region(company: Company, values: dict[str, object], pool: str):
    """The shipped rules: 北京 to 华北, 上海 to 华东; unknown to everybody."""
    found = route(company, values)

    assert (found.kind, found.pool_id) == (RouteKind.POOL, pool)
    assert found.rule == (OTHERWISE if pool == "nation" else "按区域进公海")


def test_the_reason_is_said_in_words(company: Company):
    """For 为什么 on the card."""
    assert route(company, {"city": "北京"}).why == "区域是华北大区，进华北公海"
    assert route(company, {}).why == "区域不明，进全国公海"


def test_the_first_rule_that_fits_decides(company: Company):
    """Later rules are not asked; the rule's condition is in the reason."""
    changed = with_rules(
        company,
        {"name": "大客户", "when": {"field": "employees", "op": ">=", "value": 200}, "to": {"owner": "lina"}},
        {
            "name": "抖音轮流",
            "when": {
                "all": [{"field": "source", "op": "=", "value": "抖音"}, {"field": "region", "op": "filled"}]
            },
            "to": {"round_robin": ["li", "wang"]},
        },
        {"name": "其他进华南", "to": {"pool": "south"}},
    )

    big = route(changed, {"employees": "500", "source": "抖音", "city": "上海"})
    clip = route(changed, {"employees": "5", "source": "抖音", "city": "上海"})
    rest = route(changed, {"source": "抖音"})

    assert (big.kind, big.owner_id, big.pool_id) == (RouteKind.OWNER, "lina", "east")
    assert big.why == "员工数 ≥ 200，按“大客户”指定负责人"
    assert (clip.kind, clip.members, clip.rule) == (RouteKind.ROUND_ROBIN, ("li", "wang"), "抖音轮流")
    assert clip.why == "来源 = 抖音 且 区域 不为空，按“抖音轮流”轮流分配"
    assert (rest.kind, rest.pool_id, rest.rule, rest.region) == (RouteKind.POOL, "south", "其他进华南", None)


def test_every_province_and_city_has_a_region(company: Company):
    """34 provinces; each place of the table is routed, none twice."""
    assert len(PROVINCES) == 34
    assert {region_of(company, province=one, city=None) for one in PROVINCES} == {
        region.name for region in company.org.regions
    }
    assert None not in {region_of(company, province=None, city=one) for one in CITIES}


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("吉林", ("吉林", None)),
        ("吉林省长春市", ("吉林", "长春")),
        ("延边朝鲜族自治州", ("吉林", "延边")),
        ("新疆维吾尔自治区乌鲁木齐市", ("新疆", "乌鲁木齐")),
        ("香港特别行政区", ("香港", "香港")),
        ("  重庆 渝中区", ("重庆", "重庆")),
        ("黑龙江", ("黑龙江", None)),
        ("海", (None, None)),
        ("Shanghai", (None, None)),
    ],
)
def test_a_place_is_read_from_its_beginning(text: str, place: tuple[str | None, str | None]):
    """With or without 省, 市 and 自治区."""
    assert read_place(text) == place


def test_a_city_can_belong_to_another_region_than_its_province(company: Company):
    """苏州 to 华南, if the company wants it so."""
    south = company.org.regions[1].model_copy(update={"cities": ("苏州",)})
    regions = (company.org.regions[0], south, *company.org.regions[2:])
    values = {name: getattr(company, name) for name in _FILES}
    changed = Company(**values | {"org": company.org.model_copy(update={"regions": regions})})

    assert region_of(changed, province="江苏", city="苏州市") == "华南大区"
    assert region_of(changed, province="江苏", city="南京") == "华东大区"
