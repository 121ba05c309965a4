"""Whether a text can be said is the same, looked at or written out."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from bot.crm.company.content import Content
from bot.crm.lead import Lead, LeadStatus
from bot.crm.template_places import shape
from bot.crm.touching import Purpose
from bot.crm.user import Role, User
from bot.rules import content, content_facts
from bot.rules.content import Rendered
from bot.touch.speaking import Sayable, Speaker
from tests.conftest import NOW

CHANNELS = ("email", "sms", "wecom", "mini_program")
PARTS = [
    "您好", " ：", "{{ lead.name }}", "{{ lead.company }}", "{{ lead.industry | default: '' }}", "{{ lead.id }}",
    "{{ lead.nobody_has_it }}", "{{ owner.name }}", "{{ owner.position | default: '顾问' }}",
    "{{ our.company }}", "{{ words.coupon }}", "{{ words.long | default: 'x' }}", "{{ lead.name | upcase }}",
    "{% if lead.company %}贵公司{% endif %}", "{% if lead.city == '上海' %}{{ lead.title }}{% endif %}",
    "{{ lead.title | default: lead.name }}", "{{ lead.size }}", "{{ lead.name.size }}", "{{ words }}",
]  # fmt: skip
MEI = User(id="mei", name="梅", role=Role.REP, region="华东", team="一组", position="经理")


def _content(dice: random.Random) -> Content:
    def text() -> str:
        return "".join(dice.choices(PARTS, k=dice.randint(1, 2)))

    chat = {"text": text(), "template": "T1"} if dice.random() < 0.5 else {"text": text()}
    made = {
        "email": {"subject": text(), "text": text()},
        "sms": {"text": text(), "template": "S1", "params": {"name": text()} if dice.random() < 0.5 else {}},
        "wecom": chat,
        "mini_program": {"template": "T2", "params": {"thing": text()}},
    }
    return Content.model_validate({"name": "样", "purpose": Purpose.TRANSACTIONAL, "channels": made})


def _lead(dice: random.Random) -> Lead:
    def some(*values: str) -> str:
        return dice.choice([*values, "", "看 www.evil.com", "字" * 150])

    return Lead(
        id="L1", status=LeadStatus.NEW, name=some("林晓"), company=some("星河科技"), title=some("总监"),
        city=some("上海", "北京"), industry=some("制造"), created_at=NOW,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_a_look_says_what_writing_it_out_says(company, seed):
    """Random texts and people: the same channels, text or template."""
    dice = random.Random(seed)
    looked = 0
    for _ in range(60):
        one = _content(dice)
        own = replace(company, content={"c": one}, doors=replace(company.doors, channels=frozenset(CHANNELS)))
        speaker = Speaker(own, "c")
        for _ in range(3):
            lead, owner = _lead(dice), dice.choice([MEI, None])
            words = dice.choice([{}, {"coupon": "C1"}, {"coupon": "", "long": "长" * 300}])
            facts = content_facts.facts(own, lead, owner, words)
            written = [
                found for channel in sorted(CHANNELS)
                if isinstance(found := content.render(own, "c", channel, facts), Rendered)
            ]  # fmt: skip
            assert speaker.to(lead, owner, words) == tuple(_sayable(found) for found in written)
        looked += all(shape(text) is not None for _, text in one.channels.email.texts())

    assert 5 < looked < 55


def _sayable(one: Rendered) -> Sayable:
    says = "both" if one.text and one.template else "template" if one.template else "text"
    return Sayable(one.channel, says, one.template)
