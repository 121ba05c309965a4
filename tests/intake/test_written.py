"""录线索 in any order."""

from __future__ import annotations

import pytest

from bot.intake.written import read_written


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "王伟 13812345678 云帆科技有限公司 想要报价",
            {"name": "王伟", "phone": "13812345678", "company": "云帆科技有限公司", "message": "想要报价"},
        ),
        (
            "云帆科技，李娜，139 1234 5678，展会认识的",
            {"name": "李娜", "phone": "139 1234 5678", "company": "云帆科技", "message": "展会认识的"},
        ),
        ("13812345678 王总", {"name": "王总", "phone": "13812345678"}),
        (
            "姓名：张三 电话：138 1234 5678 公司：星河（上海）有限公司 备注：下周回访，要报价",
            {
                "name": "张三",
                "phone": "138 1234 5678",
                "company": "星河(上海)有限公司",
                "message": "下周回访，要报价",
            },
        ),
        (
            "上海 制造 采购经理 刘强 021-62345678 强东电器 来自抖音 预算50万",
            {
                "name": "刘强",
                "phone": "021-62345678",
                "company": "强东电器",
                "title": "采购经理",
                "city": "上海",
                "industry": "制造",
                "source": "抖音",
                "message": "预算50万",
            },
        ),
        (
            "Tom 13812345678 Apple Inc. wants demo",
            {"name": "Tom", "phone": "13812345678", "company": "Apple Inc.", "message": "wants demo"},
        ),
        ("li@x.cn 欧阳娜娜 200人", {"name": "欧阳娜娜", "email": "li@x.cn", "message": "200人"}),
        ("昝辉 13700000000", {"name": "昝辉", "phone": "13700000000"}),
        ("王伟 13812345678 13912345678", {"name": "王伟", "phone": "13812345678", "message": "13912345678"}),
        ("", {}),
    ],
)
def test_what_is_written_is_put_where_it_belongs(company, text, told) -> None:
    assert read_written(company, text) == told
