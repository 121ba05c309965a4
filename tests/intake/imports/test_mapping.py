"""Which column is what: by its header in either language, by its cells, by what people wrote down."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.crm.company import Company
from bot.errors import ImportFileError
from bot.intake.imports import engine, map_file, mapping
from bot.intake.imports.columns import ImportKind
from bot.intake.imports.table import open_table


def guess(company: Company, kind: str, text: str) -> mapping.ColumnMap:
    opened = open_table(text.encode(), "f.csv")
    return mapping.guess(company, ImportKind(kind), opened.header, engine.sample(opened, 100))


@pytest.mark.parametrize(
    ("kind", "header", "expected"),
    [
        ("leads", "客户姓名,联系电话,邮箱地址,公司全称,岗位", ["name", "phone", "email", "company", "title"]),
        ("leads", "Full Name,Mobile Phone,E-mail,Company,Job Title", ["name", "phone", "email", "company", "title"]),
        ("leads", "mql_id,first_contact_date,landing_page_id,origin", ["external_id", "created_on", None, "source"]),
        ("leads", "姓名*,手机（必填）,人数", ["name", None, "employees"]),
        (
            "opportunities",
            "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value",
            ["external_id", "owner", "product", "account", "stage", "created_on", "closed_on", "amount"],
        ),
        ("accounts", "account,sector,revenue,office_location", ["name", "industry", None, "city"]),
        ("orders", "订单号,客户,商品名称,实付金额,支付时间", ["external_id", "account", "product", "amount", "ordered_at"]),
        ("costs", "投放渠道,计划名称,日期,消耗", ["source", "campaign", "on", "amount"]),
        ("activities", "线索编号,跟进人,跟进方式,跟进时间,跟进内容", ["lead", "owner", "kind", "at", "text"]),
        ("payments", "商机编号,到账金额,到账日期", ["opportunity", "amount", "on"]),
        ("targets", "销售,月份,业绩目标", ["owner", "month", "amount"]),
    ],
)  # fmt: skip
def test_headers_of_both_languages(
    company: Company, kind: str, header: str, expected: list[str | None]
) -> None:
    """What is not known goes nowhere, and is said."""
    found = guess(company, kind, header + "\n")
    names = header.split(",")

    assert found.columns == {key: name for key, name in zip(expected, names, strict=True) if key}
    assert mapping.unmapped(found, names) == tuple(
        n for k, n in zip(expected, names, strict=True) if k is None
    )


def test_cells_tell_where_headers_do_not(company: Company) -> None:
    """A column of mobiles is the phone, one of addresses the e-mail."""
    found = guess(company, "leads", "A,B,C\n王小明,13800138000,w@a.cn\n李四,139 0013 9000,l@b.cn\n")
    assert found.columns == {"phone": "B", "email": "C"}


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("姓名,手机号,公司", "leads"),
        ("客户名称,统一社会信用代码,行业", "accounts"),
        ("opportunity_id,account,deal_stage,close_date,close_value", "opportunities"),
        ("订单号,手机,商品,金额,下单时间", "orders"),
        ("线索编号,负责人,跟进时间,跟进内容", "activities"),
        ("来源,活动,日期,花费", "costs"),
        ("商机编号,回款金额,回款日期", "payments"),
        ("小组,月份,目标", "targets"),
    ],
)
def test_what_a_file_is(company: Company, header: str, kind: str) -> None:
    assert mapping.guess_kind(company, header.split(","), []) == kind


def test_a_map_is_written_corrected_and_read(company: Company, tmp_path: Path) -> None:
    """As it was, with what people added; a mistake is named with line and column."""
    path = tmp_path / "map.yaml"
    map_file.write(path, guess(company, "leads", "姓名,手机号\n"))
    path.write_text(path.read_text() + "constants: {source: 展会}\nvalues: {title: {老板: 总经理}}\n")

    found = map_file.read(path, ImportKind.LEADS)

    assert found.columns == {"name": "姓名", "phone": "手机号"}
    assert (found.constants, found.values) == ({"source": "展会"}, {"title": {"老板": "总经理"}})
    assert map_file.from_document(found.as_document()) == found
    path.write_text("kind: leads\ncolumns: [1]\n")
    with pytest.raises(ImportFileError, match=r"map\.yaml:2:"):
        map_file.read(path, ImportKind.LEADS)
    path.write_text("kind: orders\ncolumns: {}\n")
    with pytest.raises(ImportFileError, match="orders"):
        map_file.read(path, ImportKind.LEADS)


def test_maps_that_do_not_fit_are_refused(company: Company) -> None:
    for columns in ({"nonsense": "姓名"}, {"name": "名字"}, {}):
        found = mapping.ColumnMap(kind=ImportKind.LEADS, columns=columns)
        with pytest.raises(ImportFileError):
            mapping.check(company, found, ("姓名", "手机号"))
