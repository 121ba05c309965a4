"""Texts against whoever writes them badly and whoever fills in what they say."""

from __future__ import annotations

import dataclasses

import pytest

from bot.crm import template
from bot.crm.company import Company
from bot.crm.company.content import Content, SmsVersion, Versions
from bot.crm.touching import Purpose
from bot.rules.content import Rendered, render
from bot.rules.content_facts import facts
from tests.content.test_render import lead

TEN = "aaaaaaaaaa"
GROWN = f'"{TEN}"' + f' | replace: "a", "{TEN}"' * 3


@pytest.mark.parametrize(
    "source",
    [
        f'{{{{ "{TEN}"' + f' | replace: "a", "{TEN}"' * 12 + " | size }}",
        f'{{{{ "{TEN}"' + f' | split: "" | join: "{TEN}{TEN}{TEN}"' * 12 + " | size }}",
        '{{ (1..400000000) | join: "" | size }}',
        "{{ (1..400000000) | reverse | first }}",
        "{{ (1..400000000) | sort | size }}",
        "{{ 9 " + "| times: 99999999999999999999999999999999999 " * 300 + "}}",
    ],
    ids=["replace", "join", "join a span", "reverse a span", "sort a span", "a number"],
)
def test_a_filter_makes_no_mountain_of_a_line(source: str) -> None:
    """What it would take is reckoned before it is taken."""
    assert isinstance(template.fill(source, {}), template.Missing)


@pytest.mark.parametrize(
    "inner",
    [
        f'{GROWN} | split: "" | sort | join: "" | size',
        " | ".join(['"a"', *["upcase | downcase"] * 40]),
        '"" ' + f'| append: "{TEN}" ' * 30,
    ],
    ids=["long", "many", "growing"],
)
def test_a_loop_of_filters_makes_no_mountain_either(inner: str) -> None:
    """Each one alone is within bounds: what a text uses up is reckoned for all of it."""
    source = f"{{% for i in (1..1000) %}}{{% assign n = {inner} %}}{{% endfor %}}ok"
    assert isinstance(template.fill(source, {}), template.Missing)


def test_telling_many_items_apart_is_reckoned_by_pairs() -> None:
    """Twelve thousand different ones would be seventy million comparisons."""
    names = "{% assign n = (1..1000) | join: ' ' | split: ' ' %}"
    assert template.fill(names + "{{ n | uniq | size }}", {}) == "1000"
    assert isinstance(template.fill(names + "{{ n | uniq | size }}" * 2, {}), template.Missing)


def test_each_text_has_a_budget_of_its_own() -> None:
    """One after another, however many: what one used up is not missing in the next."""
    source = f"{{{{ {GROWN} | size }}}}"
    assert {template.fill(source, {}) for _ in range(100)} == {"10000"}


@pytest.mark.parametrize("value", ["abc", "", "NaN", "1e999", [], {"a": 1}])
@pytest.mark.parametrize("name", ["times: 2", "divided_by: 0", "round: 400", "plus: 1", "slice: 0, 9"])
def test_no_value_breaks_a_filter(value: object, name: str) -> None:
    """Somebody's field is what he made of it: it is filled in, or it is missing."""
    assert isinstance(
        template.fill(f"{{{{ lead.x | {name} }}}}", {"lead": {"x": value}}), str | template.Missing
    )


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ｗｗｗ．ｅｖｉｌ．ｃｏｍ",
            "http：//evil",
            "evil。com",
            "evil\u200b.com",
            "evil.ru/x",
            "bit.ly/abc",
        ),
        *("t.me/x", "evil.app", "1.2.3.4/x", "例子.中国", "xn--fiqs8s.xn--fiqs8s", "a-b.evil.co 领奖"),
    ],
)
def test_a_link_in_any_width_is_no_name(company: Company, name: str) -> None:
    """Whoever reads it could tap on it."""
    assert "name" not in facts(company, lead(name=name), None)["lead"]


@pytest.mark.parametrize(
    "name",
    [
        "St.John",
        "深圳云帆 Co.Ltd",
        "A.B.C. Ltd.",
        "Co.Ltd/上海",
        "J.R.R. 托尔金",
        "3.14 工作室",
        "👨‍👩‍👧 一家",
    ],
)
def test_a_name_with_dots_is_a_name(company: Company, name: str) -> None:
    assert facts(company, lead(name=name), None)["lead"]["name"] == name


def test_what_cannot_be_seen_is_not_said(company: Company) -> None:
    """Signs that turn the reading round would turn our words round, too."""
    assert facts(company, lead(name="王\u202e伟\u200b"), None)["lead"]["name"] == "王伟"


def test_what_a_stranger_did_something_with_is_his_word(company: Company) -> None:
    """A page calls it so, with a key that anybody can read; a code of ours stays as it is."""
    words = {"object": "中奖 http://evil.top", "coupon": "https://example.com/c?1"}
    assert facts(company, lead(), None, words)["words"] == {"coupon": "https://example.com/c?1"}
    assert facts(company, lead(), None, {"object": "产品手册"})["words"] == {"object": "产品手册"}


def test_who_sends_a_text_message_is_said_by_us_alone(company: Company) -> None:
    """Between these brackets stands the sender: nobody's name brings another."""
    text = "【客铃】{{ lead.name }}，资料已发到邮箱。"
    sms = SmsVersion(text=text, template="S1", params={"name": "{{ lead.name }}"})
    content = Content(name="试", purpose=Purpose.TRANSACTIONAL, channels=Versions(sms=sms))
    here = dataclasses.replace(company, content={"test": content})

    said = render(here, "test", "sms", facts(here, lead(name="【招商银行】王伟"), None))

    assert isinstance(said, Rendered)
    assert (said.text.count("【"), said.params["name"]) == (1, "[招商银行]王伟")
