"""`leadbell check` on config/content: each mistake at its line, in Chinese."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.crm.company.load import ConfigErrors, load
from tests.conftest import ROOT

HEAD = "name: 试\npurpose: {purpose}\nchannels:\n"


@pytest.fixture
def config(tmp_path: Path) -> Path:
    own = tmp_path / "config"
    shutil.copytree(ROOT / "config", own)
    return own


def faults(config: Path, channels: str, *, purpose: str = "marketing") -> list[str]:
    path = config / "content" / "test.yaml"
    path.write_text(HEAD.format(purpose=purpose) + channels, encoding="utf-8")
    try:
        load(config)
    except ConfigErrors as exc:
        return [str(one).rpartition("content/")[2] for one in exc.errors]
    return []


def test_a_misspelt_field_is_named_at_its_line_with_the_one_meant(config: Path) -> None:
    """In a text of many lines the line is that of the mistake."""
    text = "  email:\n    subject: 您好\n    text: |\n      {{ lead.name }}\n\n      {{ lead.compny }}\n"
    (fault,) = faults(config, text)
    assert fault.startswith("test.yaml:9:1: 没有“lead.compny”这个字段")
    assert "lead.company" in fault


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("'{{ lead.name | upcse }}'", "没有“upcse”这个过滤器，是不是“upcase”"),
        ("'{{ lead.name '", "模板写错了：“{{”后面少了“}}”"),
        ("'{% if lead.name %}'", "模板写错了：少了 {% endif %}"),
        ("'{% include \"x\" %}'", "模板写错了：不能用 {% include %}，可以用 if、unless、case、for"),
        ("'{{ lead.name，default }}'", "模板写错了：“，”要换成英文标点"),
        ("'{% if lead.name = 3 %}x{% endif %}'", "模板写错了：比较要写两个等号：=="),
        ("'{{ lead.phone }}'", "电话不能写进内容"),
        ("'{{ lead.email }}'", "邮箱不能写进内容"),
        ("'{{ words.coupon }}'", "没有“words.coupon”这个字段"),
        ("'{{ lead.name | date: \"now\" }}'", "没有“date”这个过滤器"),
    ],
)
def test_mistakes_in_a_subject(config: Path, subject: str, said: str) -> None:
    """Syntax, filters, fields that go into no text, words that nobody gives."""
    (fault,) = faults(config, f"  email:\n    subject: {subject}\n    text: 好\n")
    assert fault.startswith("test.yaml:5:14: ")
    assert said in fault


def test_sms_says_who_we_are_and_how_to_refuse(config: Path) -> None:
    """Signature first, the refusal last in marketing and nowhere else, no link in a variable."""
    sms = "  sms:\n    template: SMS_1\n    text: {text}\n"
    assert faults(config, sms.format(text="【客铃】上新了。拒收请回复R")) == []
    (unsigned,) = faults(config, sms.format(text="上新了。拒收请回复R"))
    assert "签名" in unsigned
    (deaf,) = faults(config, sms.format(text="【客铃】上新了"))
    assert "拒收请回复R" in deaf
    (service,) = faults(config, sms.format(text="【客铃】已发货。拒收请回复R"), purpose="transactional")
    assert "通知短信" in service
    linked = sms.format(text="【客铃】好。拒收请回复R") + "    params: {url: 'https://a.cn'}\n"
    (fault,) = faults(config, linked)
    assert "不能有链接" in fault


def test_a_name_is_one_contents(config: Path) -> None:
    """People ask for contents by name."""
    text = (config / "content" / "welcome.yaml").read_text(encoding="utf-8")
    (config / "content" / "zz.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigErrors) as caught:
        load(config)
    assert "内容“新线索欢迎”重复了" in str(caught.value)


@pytest.mark.parametrize(
    ("channel", "version", "purpose", "said"),
    [
        ("wechat_official", "{template: T, params: {thing1: 好}}", "marketing", "只能发服务通知"),
        (
            "wechat_official",
            "{subscribe: {template: T, params: {thing1: 好}}}",
            "marketing",
            "只能发服务通知",
        ),
        ("wechat_official", "{text: '{{ lead.name }}，您好'}", "marketing", "大家收到的一样"),
        ("wechat_official", "{template: T, params: {first: 您好}}", "transactional", "不显示 first"),
        ("wechat_official", "{template: T, params: {thing: 您好}}", "transactional", "不是模板里的字段"),
        ("wechat_official", "{template: T, params: {phrase1: 正在配送途中}}", "transactional", "最多 5 个字"),
        ("wechat_official", "{template: T, page: pages/a}", "transactional", "以 https:// 开头"),
        ("mini_program", "{template: T, page: 'https://a.cn'}", "transactional", "小程序里写它自己的页面"),
        ("mini_program", "{subscribe: {template: T}}", "transactional", "只有公众号写 subscribe"),
    ],
)
def test_templates_are_checked_before_anybody_gets_one(
    config: Path, channel: str, version: str, purpose: str, said: str
) -> None:
    """Kinds of fields and their lengths, where a tap leads, and that advertising goes by no template."""
    found = faults(config, f"  {channel}: {version}\n", purpose=purpose)
    assert [said in one for one in found] == [True]


def test_an_address_that_sounds_like_a_field_is_none(config: Path) -> None:
    """Only what is filled in makes a text another one for each reader."""
    assert (
        faults(config, "  wechat_official: {text: '看 https://lead.example.com {{ our.company }}'}\n") == []
    )


def test_a_good_template_passes(config: Path) -> None:
    """Fields that are filled in are not measured here; they are cut when it is sent."""
    good = (
        "{text: 您好, template: T1, params: {thing1: '{{ lead.company }}', time2: 10:00}, page: 'https://a.cn',"
        " subscribe: {template: T2, params: {phrase3: 已发货}}}"
    )
    assert faults(config, f"  wechat_official: {good}\n", purpose="transactional") == []


def test_a_broken_template_in_a_content_that_a_journey_says_is_a_mistake_like_others(config: Path) -> None:
    """The check of journeys fills it too, and leaves it to this one to say where."""
    path = config / "content" / "product_intro.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("{{ lead.name ", "{{ lead.name }", 1), encoding="utf-8"
    )
    with pytest.raises(ConfigErrors) as found:
        load(config)
    assert [str(one).rpartition("content/")[2].partition("：")[0] for one in found.value.errors] == [
        "product_intro.yaml:9:1: 模板写错了"
    ]
