"""What people type, made comparable."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intake.clean.company import company_key, company_name
from bot.intake.clean.email import read_email
from bot.intake.clean.phone import read_phone
from bot.intake.clean.place import read as read_place
from bot.intake.clean.text import line, paragraph
from bot.intake.clean.values import BadValueError, clean


@pytest.mark.parametrize(
    "written",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 138 1234 5678",
        "8613812345678",
        "0086-13812345678",
        "（＋８６）１３８１２３４５６７８",
        "\u202a138\u200b12345678\u202c",
        "١٣٨١٢٣٤٥٦٧٨",
    ],
)
def test_a_mainland_mobile_in_any_spelling_is_one_number(written) -> None:
    found = read_phone(written)

    assert found is not None
    assert found.reveal() == "+8613812345678"


@pytest.mark.parametrize(
    ("written", "e164"),
    [
        ("021-6234 5678", "+862162345678"),
        ("400-800-8888", "+864008008888"),
        ("+1 650 253 0000", "+16502530000"),
        ("001 650 253 0000", "+16502530000"),
        ("+852 2345 6789", "+85223456789"),
    ],
)
def test_other_numbers_are_read_by_their_country(written, e164) -> None:
    found = read_phone(written)

    assert found is not None
    assert found.reveal() == e164


@pytest.mark.parametrize(
    "written",
    ["", "12345", "11012345678", "138123456789", "13812345678 转 8", "张三", "1" * 41, "+", "一三八"],
)
def test_what_cannot_be_a_number_is_none(written) -> None:
    assert read_phone(written) is None


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_every_mainland_mobile_passes_the_fast_path(number) -> None:
    found = read_phone(f"+86 {number[:3]}-{number[3:7]}-{number[7:]}")

    assert found is not None
    assert found.reveal() == f"+86{number}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (" Wang.Wei@Example.COM ", "wang.wei@example.com"),
        ("ｗａｎｇ＠example。com", "wang@example.com"),
        ("mailto:a+b@x.cn", "a+b@x.cn"),
        ("x@公司.中国", "x@xn--55qx5d.xn--fiqs8s"),
        ("x@XN--55qx5d.cn", "x@xn--55qx5d.cn"),
    ],
)
def test_an_address_is_made_comparable(written, read) -> None:
    found = read_email(written)

    assert found is not None
    assert found.reveal() == read


@pytest.mark.parametrize(
    "written",
    [
        *("", "a", "a@b", "@b.cn", "a@", "a@@b.cn", "a..b@c.cn", ".a@c.cn", "a@-b.cn", "a@b..cn", "a b@c.cn"),
        *("<a@b.cn>", "a@b.c", "王@b.cn", "a@b.cn\nbcc:x@y.cn", f"{'a' * 65}@b.cn", f"a@{'b' * 64}.cn"),
        f"a@{'.'.join(['b' * 60] * 5)}.cn",
    ],
)
def test_what_cannot_be_an_address_is_none(written) -> None:
    assert read_email(written) is None


@given(st.text(max_size=300))
def test_reading_never_fails_and_never_gives_too_long_an_address(written) -> None:
    found = read_email(written)
    read_phone(written)

    assert found is None or len(found.reveal()) <= 254


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("云帆科技（北京）有限公司", "北京云帆科技"),
        ("云帆科技股份有限公司", "云帆科技集团有限公司"),
        ("北京市云帆科技有限责任公司", "云帆科技"),
        ("云帆科技有限公司北京分公司", "云帆科技#北京"),
        ("江苏省苏州市云帆", "云帆"),
        ("阿里巴巴(中国)有限公司", "阿里巴巴"),
        ("ＡＢＣ Co., Ltd.", "abc"),
        ("ABC Holdings Group", "Abc Inc"),
        ("云 帆·科技", "云帆科技"),
    ],
)
def test_one_firm_has_one_key_however_it_is_written(one, other) -> None:
    assert company_key(one) == company_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("上海汽车", "北京汽车"),
        ("上海银行", "北京银行股份有限公司"),
        ("云帆科技", "云帆软件"),
        ("东方财富", "财富"),
    ],
)
def test_two_firms_have_two_keys(one, other) -> None:
    assert company_key(one) != company_key(other)


def test_a_name_of_nothing_but_forms_has_no_key() -> None:
    assert [company_key(name) for name in ("", "公司", "有限公司", "（）")] == [""] * 4


@given(st.text(max_size=60))
def test_a_key_is_stable(name) -> None:
    assert company_key(company_name(name)) == company_key(name)


@pytest.mark.parametrize(
    ("province", "city", "read"),
    [
        ("", "上海市", ("上海", "上海")),
        ("江苏省苏州市", "", ("江苏", "苏州")),
        ("", "江苏省苏州市工业园区", ("江苏", "苏州")),
        ("广东", "深圳", ("广东", "深圳")),
        ("广东省", "杭州市", ("浙江", "杭州")),
        ("新疆维吾尔自治区", "乌鲁木齐", ("新疆", "乌鲁木齐")),
        ("", "巴黎", ("", "巴黎")),
        ("", "", ("", "")),
    ],
)
def test_places_are_known_by_their_short_names(province, city, read) -> None:
    place = read_place(province=province, city=city)

    assert (place.province, place.city) == read


def test_what_cannot_be_seen_is_taken_out_and_what_can_stays() -> None:
    """Direction marks, zero bytes, tags and lone halves go; emoji, joiners and markup stay."""
    assert line(" a\u202eb\u0000c\u2066\ufeff\t d\r\n e\ud800 ") == "abc d e"
    assert line("👨‍👩‍👧 <b>&amp;</b> {{x}}") == "👨‍👩‍👧 <b>&amp;</b> {{x}}"
    assert line("e\u0301") == "é"
    assert paragraph("一\r\n\r\n\r\n\r\n二  三\u2028四 ") == "一\n\n二 三\n四"


@given(st.text(max_size=200))
def test_a_line_is_one_line_and_clean_twice_is_clean_once(text) -> None:
    once = line(text)

    assert "\n" not in once
    assert not any(unicodedata.category(sign) in ("Cc", "Cs", "Co") for sign in once)
    assert line(once) == once


@pytest.mark.parametrize(
    ("key", "raw", "kept"),
    [
        ("employees", 200, "200"),
        ("employees", "２００", "200"),
        ("employees", "1.5", "1.5"),
        ("budget", "5万", "50000"),
        ("budget", "4.8万", "48000"),
        ("budget", "1,234.50", "1234.50"),
        ("source", "百度", "百度推广"),
        ("source", "朋友圈", "朋友圈"),
        ("industry", "软件业", "软件"),
        ("consent", "是", "true"),
        ("consent", 0, "false"),
        ("name", 12345, "12345"),
    ],
)
def test_a_value_is_kept_by_its_fields_type(company, key, raw, kept) -> None:
    assert clean(company, company.fields.get(key), raw) == kept


@pytest.mark.parametrize(
    ("key", "raw"),
    [
        *(("employees", raw) for raw in ("abc", "1e99999", "9" * 33, True, [1], {"a": 1}, float("inf"))),
        *(("budget", raw) for raw in ("nan", "-1e16", 10**16)),
        *(("name", raw) for raw in (True, ["王"], {"$ne": 1})),
        ("consent", "maybe"),
    ],
)
def test_a_value_that_does_not_fit_says_so(company, key, raw) -> None:
    with pytest.raises(BadValueError):
        clean(company, company.fields.get(key), raw)
