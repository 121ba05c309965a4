"""What speaks for two leads being one person, and what is no reason even to ask."""

from __future__ import annotations

import pytest

from bot.rules.likeness import Traits, compare, is_mobile, mailbox

_M = "+8613812345678"


def of(name="", company="", city="", phone="", email=""):
    return Traits(name=name, company_key=company, city=city, phone=phone, email=email)


ASKED = {
    "same firm, same name": (of("王伟", "云帆科技"), of("王伟", "云帆科技")),
    "same firm, said alike": (of("王小明", "云帆科技"), of("王晓明", "云帆科技")),
    "same firm, by surname": (of("王总", "云帆科技"), of("王伟", "云帆科技")),
    "same name, same town": (of("欧阳修远", city="苏州"), of("欧阳修远", city="苏州")),
    "same name, one digit off": (of("王伟", phone=_M), of("王伟", phone="+8613812345679")),
    "same name, two digits swapped": (of("王伟", phone=_M), of("王伟", phone="+8613812345687")),
    "same firm, one digit off": (
        of("", "云帆科技", phone=_M),
        of("王伟", "云帆科技", phone="+8613812345679"),
    ),
    "same name, same mailbox": (of("王伟", email="wangwei88@qq.com"), of("王伟", email="wangwei88@163.com")),
    "same name, same switchboard": (of("王伟", phone="+862112345678"), of("王伟", phone="+862112345678")),
    "foreign names": (of("John Smith", "acme"), of("Jon Smith", "acme")),
}
NOT_ASKED = {
    "namesakes in two firms": (of("王伟", "云帆科技", "上海"), of("王伟", "星海制造", "上海")),
    "namesakes alone": (of("王伟"), of("王伟")),
    "colleagues": (of("王伟", "云帆科技", "上海"), of("李娜", "云帆科技", "上海")),
    "colleagues with numbers in a row": (
        of("王伟", "云帆科技", phone=_M), of("李娜", "云帆科技", phone="+8613812345679"),
    ),
    "one switchboard": (of("王伟", "云帆科技", phone="+862112345678"), of("李娜", "云帆科技", phone="+862112345678")),
    "an office's mailbox": (of("王伟", email="info@yunfan.cn"), of("王伟", email="info@xinghai.cn")),
    "two polite names": (of("王总", city="上海"), of("王总", city="上海")),
    "two signs, one differs": (of("张敏", "云帆科技"), of("张明", "云帆科技")),
    "nothing known": (of(), of()),
}  # fmt: skip


@pytest.mark.parametrize("case", ASKED)
def test_these_are_asked_about(case):
    """Two traits that agree, and none that speaks against it."""
    one, other = ASKED[case]

    assert compare(one, other).is_enough, compare(one, other)
    assert compare(one, other) == compare(other, one)


@pytest.mark.parametrize("case", NOT_ASKED)
def test_these_are_not(case):
    """One trait alone, or one that speaks against it."""
    one, other = NOT_ASKED[case]

    assert not compare(one, other).is_enough, compare(one, other)


@pytest.mark.parametrize(
    ("email", "local"),
    [("Wang.Wei+crm@qq.com", "wangwei"), ("info@a.cn", ""), ("ab@a.cn", ""), ("", "")],
)
def test_a_mailbox_is_somebodys_own(email, local):
    assert mailbox(email) == local


@pytest.mark.parametrize(
    ("phone", "mobile"),
    [(_M, True), ("+862112345678", False), ("+864008208820", False), ("+85291234567", False)],
)
def test_a_landline_is_an_offices(phone, mobile):
    assert is_mobile(phone) is mobile
