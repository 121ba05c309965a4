"""`leadbell doctor` says whether the ways to customers that are switched on may be used."""

from __future__ import annotations

import pytest

from tests.adapters.wecom.platform import adapter

AGENT = "/cgi-bin/agent/get"
FOLLOWERS, ACCOUNTS = "/cgi-bin/externalcontact/get_follow_user_list", "/cgi-bin/kf/account/list"


@pytest.fixture
async def wecom(platform, monotonic):
    built = adapter(monotonic, api_base=platform.url, customer_contact="on", customer_service="on")
    platform.answer(AGENT, {"errcode": 0, "name": "客铃", "allow_partys": {"partyid": [1]}})
    yield built
    await built.close()


async def test_what_may_be_used_is_counted(wecom, platform):
    """Colleagues with 客户联系, accounts of 微信客服."""
    platform.answer(FOLLOWERS, {"errcode": 0, "follow_user": ["lina", "zhangsan"]})
    platform.answer(ACCOUNTS, {"errcode": 0, "account_list": [{"open_kfid": "wk1"}]})
    remarks = (await wecom.checkup()).remarks[-2:]

    assert [one.is_fine for one in remarks] == [True, True]
    assert "2 位同事" in remarks[0].text
    assert "1 个账号" in remarks[1].text


async def test_what_may_not_be_used_comes_with_its_cure(wecom, platform):
    """84074 and 48002 are mended in the console; a desk without an account answers nobody."""
    platform.answer(FOLLOWERS, {"errcode": 84074, "errmsg": "no external contact permission"})
    platform.answer(ACCOUNTS, {"errcode": 0, "account_list": []})
    remarks = (await wecom.checkup()).remarks[-2:]

    assert [one.is_fine for one in remarks] == [False, False]
    assert all("可调用接口的应用" in one.cure for one in remarks)


async def test_nothing_is_asked_about_what_is_off(platform, monotonic):
    """Without the switches the app is looked at, and no more."""
    built = adapter(monotonic, api_base=platform.url)
    platform.answer(AGENT, {"errcode": 0, "name": "客铃"})
    await built.checkup()
    await built.close()

    assert {path for path, _, _ in platform.asked} <= {AGENT, "/cgi-bin/gettoken"}
