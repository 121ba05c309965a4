"""Texts to customers: filled, refused without what they need, and never anybody else's words."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timezone

import pytest

from bot.crm import template
from bot.crm.company import Company
from bot.crm.company.content import Content, MailVersion, Versions
from bot.crm.lead import Lead, LeadStatus
from bot.crm.touching import Purpose
from bot.crm.user import Role, User
from bot.kit.vault import Vault
from bot.rules.content import Finished, NoText, Rendered, finished, render, version_of
from bot.rules.content_facts import facts
from bot.rules.content_links import Addresses, read_link, read_unsubscribe
from bot.rules.content_mail import with_links
from bot.rules.content_sms import pieces

LINA = User(id="lina", name="李娜", role=Role.REP, region="华东大区", team="上海组")


def lead(**fields: object) -> Lead:
    known = {"name": "王伟", "company": "云帆科技", **fields}
    return Lead(
        id="L7", status=LeadStatus.NEW, created_at=datetime(2026, 11, 1, tzinfo=timezone.utc), **known
    )


def with_mail(company: Company, text: str, *, subject: str = "您好", purpose: str = "marketing") -> Company:
    versions = Versions(email=MailVersion(subject=subject, text=text))
    content = Content(name="试", purpose=Purpose(purpose), channels=versions)
    return dataclasses.replace(company, content={"test": content})


def mail_of(
    company: Company, vault: Vault, of: Lead, *, owner: User | None = LINA, **words: object
) -> Finished:
    rendered = render(company, "test", "email", facts(company, of, owner, words))
    assert isinstance(rendered, Rendered), rendered
    return finished(company, rendered, Addresses(vault, "https://crm.example", "t1"), to="a@b.cn")


def test_every_shipped_text_can_be_said_to_somebody_of_whom_little_is_known(company: Company) -> None:
    """Without a name, a firm and an owner each version still says something."""
    for key, content in company.content.items():
        known = facts(company, lead(name="", company=""), None, dict(content.words))
        for channel in content.channels.names():
            assert isinstance(render(company, key, channel, known), Rendered), (key, channel)


def test_a_text_that_needs_what_is_not_there_is_not_said(company: Company) -> None:
    """The first empty field is named; `default` and `if` do without it."""
    mail = with_mail(company, "{{ lead.name }}，{{ lead.company }}")
    assert render(mail, "test", "email", facts(mail, lead(company=""), None)) == NoText("lead.company")
    kind = with_mail(company, '{{ lead.company | default: "贵公司" }}{% if owner.name %}！{% endif %}')
    rendered = render(kind, "test", "email", facts(kind, lead(company=""), None))
    assert isinstance(rendered, Rendered)
    assert rendered.text == "贵公司"
    assert render(company, "welcome", "mini_program", facts(company, lead(), None)) == NoText()
    assert render(company, "no_such", "email", facts(company, lead(), None)) == NoText()


def test_a_link_for_a_name_is_no_name(company: Company) -> None:
    """Whoever types somebody else's address and a link for a name gets no mail sent there by us."""
    for name in ("点 http://evil.top/x 领奖", "www.evil.cn", "evil.com", "赢了 evil.xyz/a"):
        assert "name" not in facts(company, lead(name=name), None)["lead"]
    assert facts(company, lead(name="A.B. 王"), None)["lead"]["name"] == "A.B. 王"


def test_what_is_filled_in_is_words_and_never_markup(company: Company, vault: Vault) -> None:
    """Signs of Markdown and HTML in a name stand there as they are; an own link in it is none."""
    mail = with_mail(company, "**{{ lead.name }}** [看](https://example.com/)", subject="{{ lead.name }}")
    message = mail_of(mail, vault, lead(name='张[三](x)<b>*"_')).message
    assert "<strong>张[三](x)&lt;b&gt;*&quot;_</strong>" in message.html
    assert message.text.startswith('张[三](x)<b>*"_ 看：https://crm.example/r/')
    assert message.html.count("<a ") == 2  # the author's, and the way out


@pytest.mark.parametrize(
    "name",
    [
        "evil.ai",
        "evil.sbs 领奖",
        "evil.so",
        "evil.team",
        "x.com",
        "中奖.com",
        "中奖.cn",
        "中奖。com",
        "tel:95555",
        "mailto:a@b",
    ],
)
def test_a_link_of_any_ending_is_no_name(company: Company, name: str) -> None:
    """Phones and mail programs know these too."""
    assert "name" not in facts(company, lead(name=name), None)["lead"]


@pytest.mark.parametrize(
    "name", ["王伟", "A.B.C公司", "No.1 便利店", "星河 Co.Ltd", "Node.js 小组", "张三。李四", "J. Smith"]
)
def test_a_name_with_a_dot_is_a_name(company: Company, name: str) -> None:
    """As people and firms are called."""
    assert facts(company, lead(name=name), None)["lead"]["name"] == name


def test_a_name_of_two_lines_makes_no_second_header(company: Company, vault: Vault) -> None:
    """A subject is one line whatever somebody is called."""
    mail = with_mail(company, "。", subject="{{ lead.name }}，您好")
    assert mail_of(mail, vault, lead(name="王\r\nBcc: 赵")).message.subject == "广告 王 Bcc: 赵，您好"


def test_advertising_says_so_and_has_a_way_out(company: Company, vault: Vault) -> None:
    """Marketing is marked in the subject, once, and can be left in text and HTML; service mail is not."""
    finished_ = mail_of(with_mail(company, "好"), vault, lead())
    message = finished_.message
    assert message.subject == "广告 您好"
    assert message.unsubscribe_url in message.text
    assert message.unsubscribe_url in message.html
    token = message.unsubscribe_url.rsplit("/", 1)[-1]
    named = read_unsubscribe(vault, token)
    assert named is not None
    assert named.touch_id == "t1"
    assert mail_of(with_mail(company, "好", subject="AD 您好"), vault, lead()).message.subject == "AD 您好"
    service = mail_of(with_mail(company, "好", purpose="transactional"), vault, lead()).message
    assert (service.subject, service.unsubscribe_url) == ("您好", "")
    assert "退订" not in service.text + service.html


def test_every_link_is_the_readers_own(company: Company, vault: Vault) -> None:
    """Text and HTML lead through one address, and what is kept says where it leads."""
    out = mail_of(
        with_mail(company, "[一](https://example.com/a?x=1&y=2) <https://example.com/b>"), vault, lead()
    )
    assert "example.com/a" not in out.message.html + out.message.text
    assert sorted(out.kept.links.values()) == ["https://example.com/a?x=1&y=2", "https://example.com/b"]
    tokens = {one.rsplit("/", 1)[-1] for one in out.message.text.split() if "/r/" in one}
    named = {read_link(vault, token) for token in tokens}
    assert {one.link_id for one in named if one} == set(out.kept.links)


def test_text_has_the_shape_of_the_page(company: Company, vault: Vault) -> None:
    """Lists, headings and paragraphs read well without HTML."""
    text = mail_of(
        with_mail(company, "# 三件事\n\n1. 快\n2. 准\n\n- 甲\n- 乙\n\n再见"), vault, lead()
    ).message.text
    assert text.split("\n\n-- ")[0] == "三件事\n\n1. 快\n2. 准\n\n- 甲\n- 乙\n\n再见"


@pytest.mark.parametrize(
    "source",
    [
        "{% for i in (1..100000) %}{% for j in (1..100000) %}x{% endfor %}{% endfor %}",
        "{% assign a = 'xxxxxxxxxx' %}{% for i in (1..900) %}{% assign a = a | append: a %}{% endfor %}",
        "{% for i in (1..1000) %}" + "x" * 1000 + "{% endfor %}",
    ],
    ids=["loops", "memory", "output"],
)
def test_no_text_keeps_the_process_busy(source: str) -> None:
    """Each limit ends it."""
    assert isinstance(template.fill(source, {}), template.Missing)


@pytest.mark.parametrize(
    "source",
    ["{% include 'x' %}", "{% render 'x' %}", "{% increment x %}", "{% capture a %}{% endcapture %}"],
)
def test_texts_reach_for_no_files_and_keep_no_counters(source: str) -> None:
    """Tags that we do not offer are faults, not silence."""
    with pytest.raises(template.TemplateError):
        list(template.needed(source))


def test_sms_are_counted_as_providers_do() -> None:
    """70 signs are one, more are 67 each; the signature counts."""
    assert [pieces("好" * n) for n in (1, 70, 71, 134, 135, 500)] == [1, 1, 2, 2, 3, 8]


def test_a_version_names_the_words_not_the_customer(company: Company) -> None:
    """Another customer has the same; another text has another."""
    one = render(company, "welcome", "email", facts(company, lead(), LINA))
    other = render(company, "welcome", "email", facts(company, lead(name="赵"), None))
    assert isinstance(one, Rendered)
    assert isinstance(other, Rendered)
    assert one.version == other.version == version_of(company, "welcome", "email")
    changed = with_mail(company, "甲")
    assert version_of(changed, "test", "email") != version_of(with_mail(company, "乙"), "test", "email")


@pytest.mark.parametrize(
    ("subject", "known", "sent"),
    [
        ("ADAS 新品发布", {}, "广告 ADAS 新品发布"),
        ("{{ lead.company }}，新品来了", {"company": "ADI"}, "广告 ADI，新品来了"),
        ("{{ lead.company }}，看看新功能", {"company": "广告人传媒"}, "广告 广告人传媒，看看新功能"),
        ("【广告】新品发布", {}, "【广告】新品发布"),
        ("AD：新品发布", {}, "AD：新品发布"),
        ("{{ lead.company }}，新品来了", {"company": "AD Media"}, "广告 AD Media，新品来了"),
    ],
)
def test_advertising_says_so_whatever_its_first_letters_are(company, vault, subject, known, sent) -> None:
    """The mark stands by itself; a name that begins like it is none."""
    done = mail_of(with_mail(company, "您好", subject=subject), vault, lead(**known))
    assert done.message.subject == sent


@pytest.mark.parametrize(
    "said",
    ["看看{}了解详情", "点 {}：就在这里", "（{}）", "({})", "See {}.", "“{}”", "{},https://example.com/b"],
)
def test_a_link_in_words_ends_where_a_reader_ends_it(said) -> None:
    """Not somewhere in the sentence behind it; a bracket of its own stays."""
    for url in ("https://example.com/a", "https://example.com/a_(b)?c=1,2"):
        found = []
        told = with_links(said.format(url), lambda one, found=found: found.append(one) or "T")
        assert found[0] == url
        assert told.startswith(said.split("{}")[0] + "T")
