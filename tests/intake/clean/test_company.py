"""Names of firms as people write them, and which of them are one firm."""

from __future__ import annotations

import pytest

from bot.intake.clean.company import company_key

#: Each line is one firm, written in several ways.
ONE_FIRM = """
云帆科技 | 云帆科技有限公司 | 云帆科技（北京）有限公司 | 北京云帆科技 | 北京市云帆科技有限责任公司 | 云帆科技(上海)股份有限公司
云帆科技 |  云 帆 科 技 有限公司 | 云帆科技有限公司（集团） | 云帆科技集团有限公司 | 【云帆科技】有限公司
星海制造 | 江苏星海制造有限公司 | 江苏省苏州市星海制造有限公司 | 星海制造（苏州）有限公司
云帆科技#苏州 | 云帆科技有限公司苏州分公司 | 云帆科技股份有限公司苏州市分公司 | 北京云帆科技有限公司苏州办事处
acme | ACME Co., Ltd. | Acme Ltd | ＡＣＭＥ Inc. | acme corporation | Acme Holdings Limited
上海汽车 | 上海汽车集团股份有限公司 | 上海汽车
北京银行 | 北京银行股份有限公司 | 北京银行
阿里巴巴 | 阿里巴巴（中国）有限公司 | 阿里巴巴集团
"""
CASES = [
    (key.strip(), name.strip())
    for line in ONE_FIRM.strip().splitlines()
    for key, *names in [line.split("|")]
    for name in names
]
#: Two firms each, however alike they are written.
TWO_FIRMS = (
    ("云帆科技有限公司", "云帆网络有限公司"),
    ("云帆科技有限公司", "云帆科技有限公司苏州分公司"),
    ("云帆科技有限公司苏州分公司", "云帆科技有限公司南京分公司"),
    ("上海汽车集团", "北京汽车集团"),
    ("东方航空", "南方航空"),
    ("中山大学", "上海大学"),
)


@pytest.mark.parametrize(("key", "name"), CASES)
def test_spellings_of_one_firm_compare_equal(key, name):
    """Legal form, brackets, place, width and case say nothing; a branch does."""
    assert company_key(name) == key


@pytest.mark.parametrize(("one", "other"), TWO_FIRMS)
def test_two_firms_stay_two(one, other):
    """What is left without a place has to say something."""
    assert company_key(one) != company_key(other)


@pytest.mark.parametrize("name", ["", "有限公司", "（北京）", "公司", "·"])
def test_a_name_without_anything_of_its_own_is_no_key(name):
    """Nobody is found by it."""
    assert company_key(name) == "" or len(company_key(name)) <= 2
