"""Files that are sound each for itself, but name what does not exist elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.crm.company.load import ConfigErrors, load
from tests.crm.company.broken import Break, broken, copy_of_config

SOURCES = "官网、百度推广、抖音、腾讯广告、展会、转介绍、公众号、邮件询盘、400电话"
CASES = [
    Break("org", "region: 华东大区}", "region: §华东区}", "没有“华东区”这个区域，是不是“华东大区”？"),
    Break(
        "org",
        "region: 华东大区}",
        "region: §海外}",
        "没有“海外”这个区域，可以写：华东大区、华南大区、华北大区、西南大区",
    ),
    Break("org", "[上海, 江苏", "[上海, §江苏省", "没有“江苏省”这个省份，是不是“江苏”？"),
    Break("org", "[北京, 天津", "[北京, §上海", "“上海”已经归“华东大区”，一个地方只能归一个区域"),
    Break("org", "name: 杭州组", "name: §上海组", "小组“上海组”重复了"),
    Break("org", "aliases: [华南]", "aliases: [§华东]", "“华东”已经是区域“华东大区”的说法，不能再指别的"),
    Break("org", "山东]\n", "山东]\n    cities: [§苏洲]\n", "没有“苏洲”这个城市，是不是“苏州”？"),
    Break("fields", "key: budget", "key: §employees", "字段“employees”重复了"),
    Break("fields", "label: 预算", "label: §员工数", "字段名称“员工数”重复了"),
    Break("forms", "source: 官网", "source: §官往", "没有“官往”这个来源，是不是“官网”？"),
    Break("forms", "source: 官网", "source: §电梯海报", f"没有“电梯海报”这个来源，可以写：{SOURCES}"),
    Break(
        "forms",
        "source: 展会",
        "source: 展会\n    campaign: §秋季展",
        "没有“秋季展”这个活动，是不是“秋季展会”？",
    ),
    Break("forms", "consent: marketing", "consent: §market", "没有“market”这个同意条款，是不是“marketing”？"),
    Break("forms", "{field: company}", "{field: §compnay}", "没有“compnay”这个字段，是不是“company”？"),
    Break("forms", "{field: company}", "{field: §name}", "字段“name”重复了"),
    Break("forms", "id: trial", "id: §website", "表单“website”重复了"),
    Break(
        "forms",
        "      - {field: name, required: true}\n      - {field: phone, required: true}\n"
        "      - {field: company}",
        "      §- {field: name, required: true}\n      - {field: company}",
        "表单至少要问 phone、email、external_id 中的一个，否则线索认不出是谁",
    ),
    Break(
        "scoring", "event: mail_opened", "event: §mail_open", "没有“mail_open”这个行为，是不是“mail_opened”？"
    ),
    Break(
        "tracking",
        "{event: mail_opened",
        "{event: §mail_open",
        "没有“mail_open”这个行为，是不是“mail_opened”？",
    ),
    Break("tracking", "key: server", "key: §website", "来源“website”重复了"),
    Break("tracking", "baidu: 百度推广", "baidu: §百度推", "没有“百度推”这个来源，是不是“百度推广”？"),
    Break("pages", "form: trial", "form: §trail", "没有“trail”这个表单，是不是“trial”？"),
    Break("pages", "slug: demo", "slug: §handbook", "落地页“handbook”重复了"),
    Break("pages", "slug: demo", "slug: §event", "/l/event 已经是表单“event”的地址，请换一个名字"),
    Break("scoring", "- id: handbook", "- id: §form", "规则“form”重复了"),
    Break("scoring", "{field: source, op", "{field: §sorce, op", "没有“sorce”这个字段，是不是“source”？"),
    Break("scoring", "{field: source, op", "{field: §来源, op", "没有“来源”这个字段，是不是“source”？"),
    Break(
        "scoring",
        "{field: title, op: contains",
        "{field: source, op: §contains",
        "“来源”不能用 contains，可以用：= != in not_in empty filled",
    ),
    Break(
        "scoring",
        "op: contains, value: 总监",
        "op: contains, value: §[总监]",
        "contains 后面只能写一个值，多个值请用 in",
    ),
    Break(
        "scoring", "op: contains, value: 总监", "op: contains, value: §3", "“职位”要和文字比较，这里写的是“3”"
    ),
    Break("scoring", "op: contains, value: 总监", "op: empty, value: §总监", "empty 后面不写 value"),
    Break(
        "scoring",
        "- {field: title, op: contains, value: 总监}",
        "- §{field: title, op: contains}",
        "“职位 contains”后面缺少 value",
    ),
    Break(
        "scoring",
        "op: in, value: [制造, 软件, 金融]",
        "op: in, value: §制造",
        "in 后面要写一个列表，例如 [甲, 乙]",
    ),
    Break("scoring", "op: in, value: [制造, 软件, 金融]", "op: in, value: §[]", "列表是空的"),
    Break(
        "scoring",
        "op: in, value: [制造, 软件, 金融]",
        "op: in, value: [制造, §3]",
        "“行业”要和文字比较，这里写的是“3”",
    ),
    Break("scoring", 'op: "=", value: 官网', 'op: "=", value: §""', "空文字请用 empty 判断"),
    Break(
        "scoring",
        '{field: source, op: "=", value: 官网}',
        '{not: {field: employees, op: ">", value: §很多}}',
        "“员工数”要和数字比较，这里写的是“很多”",
    ),
    Break(
        "scoring",
        '{field: source, op: "=", value: 官网}',
        '{field: tier, op: "=", value: §hott}',
        "“分层”没有“hott”这个选项，是不是“hot”？",
    ),
    Break(
        "scoring",
        '{field: source, op: "=", value: 官网}',
        '{field: created_at, op: ">", value: §2026-11-01}',
        "“创建时间”要和带时区的时刻，例如 2026-10-01T09:00:00+08:00比较，这里写的是“2026-11-01”",
    ),
    Break(
        "scoring",
        '{field: source, op: "=", value: 官网}',
        '{field: consent, op: "=", value: §是}',
        "“同意接收信息”要和true 或 false比较，这里写的是“是”",
    ),
    Break("pools", "id: south", "id: §east", "公海“east”重复了"),
    Break("pools", "regions: [华南大区]", "regions: [§华南区]", "没有“华南区”这个区域，是不是“华南大区”？"),
    Break("routing", "otherwise: nation", "otherwise: §national", "没有“national”这个公海，是不是“nation”？"),
    Break("routing", "to: {region_pool: true}", "to: {pool: §eats}", "没有“eats”这个公海，是不是“east”？"),
    Break(
        "routing",
        "    to: {region_pool: true}",
        "    when: {field: §cty, op: filled}\n    to: {region_pool: true}",
        "没有“cty”这个字段，是不是“city”？",
    ),
    Break(
        "routing", "    to: {region_pool: true}", "    to: {round_robin: [li, wang, §li]}", "成员“li”重复了"
    ),
    Break(
        "routing",
        "- name: 按区域进公海\n    to: {region_pool: true}",
        "- name: §都给李\n    to: {owner: li}\n  - name: 按区域进公海\n    to: {region_pool: true}",
        "这条规则没有 when，后面的“按区域进公海”永远轮不到；请把它放到最后",
    ),
    Break("scripts", "source: 抖音", "source: §快手", f"没有“快手”这个来源，可以写：{SOURCES}"),
    Break("scripts", "stage: working", "stage: §worked", "没有“worked”这个状态或阶段，是不是“working”？"),
    Break(
        "scripts",
        'stage: recycled, text: "',
        'stage: working, text: §"',
        "同一来源、同一阶段的话术已经有一条了",
    ),
    Break(
        "pipeline", "requires: [product]", "requires: [§产品]", "没有“产品”这个商机字段，是不是“product”？"
    ),
    Break("pipeline", "name: 需求确认", "name: §初步接触", "阶段“初步接触”重复了"),
    Break("reasons", "[空号, 同行", "[空号, §空号", "原因“空号”重复了"),
    Break(
        "catalogue",
        "{name: 抖音}",
        "{name: 抖音, aliases: [§百度]}",
        "“百度”已经是来源“百度推广”的说法，不能再指别的",
    ),
    Break("catalogue", "source: 展会}", "source: §展会会}", "没有“展会会”这个来源，是不是“展会”？"),
    Break("channels", "key: sms", "key: §email", "渠道“email”重复了"),
    Break(
        "targets",
        "targets: []",
        "targets:\n  - {region: §华中, month: 2026-11, amount: 1}",
        "没有“华中”这个区域，可以写：华东大区、华南大区、华北大区、西南大区",
    ),
    Break(
        "targets",
        "targets: []",
        "targets:\n  - {team: 上海组, month: 2026-11, amount: 1}\n"
        "  - {team: 上海组, month: §2026-11, amount: 2}",
        "同一对象、同一个月的目标已经有一条了",
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_mistake_is_named_where_it_stands(tmp_path: Path, case: Break):
    """The message points at the very character, and nothing but a consequence of it is reported."""
    errors, wanted = broken(tmp_path / "config", case)

    assert wanted in errors
    assert len(errors) <= 2


def test_routing_by_region_needs_a_pool_for_each(tmp_path: Path):
    """The pool is missing in one file, and missed in the other."""
    directory = copy_of_config(tmp_path / "config")
    pools = directory / "pools.yaml"
    text = pools.read_text(encoding="utf-8")
    pools.write_text(
        text.replace("  - {id: south, name: 华南公海, regions: [华南大区]}\n", ""), encoding="utf-8"
    )

    with pytest.raises(
        ConfigErrors, match=r"routing\.yaml:18:23: 按区域进公海，但这些区域没有公海：华南大区"
    ):
        load(directory)


def test_a_built_in_field_cannot_be_left_out(tmp_path: Path):
    """It is missed at the list, since it has no place of its own."""
    directory = copy_of_config(tmp_path / "config")
    fields = directory / "fields.yaml"
    fields.write_text(
        fields.read_text(encoding="utf-8").replace("key: utm_term", "key: word"), encoding="utf-8"
    )

    with pytest.raises(ConfigErrors, match=r"fields\.yaml:6:3: 缺少内置字段：utm_term$"):
        load(directory)
