"""One card template in three places: what we send, what the simulator takes, and what the admin builds by hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.adapters.dingtalk import cards, template
from bot.chat.card import Button, Card, Choice, Field, Picture
from bot.chat.outbound import SendCard
from bot.crm.commands import ClaimLead
from bot.simulator.dingtalk import templates, views
from bot.simulator.dingtalk.codes import RefusedError
from tests.adapters.dingtalk.platform import GROUP, TEMPLATE, config
from tests.conftest import ROOT

GUIDE = ROOT / "docs" / "dingtalk-card.md"
FILE = Path(templates.__file__).parent / "templates" / "leadbell.yaml"
#: In the guide a variable is a text, or a text that holds JSON or markdown: never another type.
JSON_INSIDE, MARKDOWN = "JSON", "Markdown"


@pytest.fixture(scope="module")
def enforced() -> templates.Template:
    return templates.read(FILE)


@pytest.fixture(scope="module")
def guide() -> str:
    return GUIDE.read_text("utf-8")


def simulators(enforced: templates.Template) -> dict[str, str]:
    """Each variable that the simulator knows, and its kind."""
    found = {name: one.kind for name, one in enforced.variables.items()}
    for row in enforced.slots:
        found |= {f"{place}_{part}": kind for place in row.names() for part, kind in row.parts.items()}
    return found


def tables(text: str) -> list[list[list[str]]]:
    """The tables of a page, as rows of cells, without their headings."""
    found: list[list[list[str]]] = [[]]
    for line in text.splitlines():
        if not line.startswith("|"):
            found += [[]] if found[-1] else []
            continue
        found[-1].append([cell.strip() for cell in line.strip("|").split("|")])
    return [rows[2:] for rows in found if rows]


def named(cell: str) -> list[str]:
    return re.findall(r"`([a-z0-9_]+)`", cell)


def guides(text: str) -> dict[str, str]:
    """Each variable that the guide tells to make, and what it says of it; rows of places written out."""
    rows = [row for table in tables(text) for row in table if named(row[0])]
    said = {name: row[1] for row in rows for name in named(row[0])}
    found = {
        name: meaning for name, meaning in said.items() if not re.match(r"(button|choice|menu)\d_", name)
    }
    found = {name: text for name, text in found.items() if name not in {"press", "form"}}
    places = {"button1": [f"button{n}" for n in range(1, 7)] + [f"menu{n}" for n in range(1, 4)],
              "choice1": [f"choice{n}" for n in range(1, 4)]}  # fmt: skip
    for name, meaning in said.items():
        place, _, part = name.partition("_")
        if place in places and part:
            found |= {f"{one}_{part}": meaning for one in places[place]}
    return {name: text for name, text in found.items() if name != "button"}


def parameters(text: str) -> dict[str, str]:
    """The parameters of the action, as the guide sets them."""
    rows = next(rows for rows in tables(text) if rows and named(rows[0][0]) == ["button"])
    return {named(row[0])[0]: row[1] for row in rows}


def full() -> Card:
    """A card that uses every part of the template."""
    presses = tuple(Button(f"按钮{n}", ClaimLead(f"L{n}"), style="primary") for n in range(template.BUTTONS))
    return Card(
        kind="t", title="标题", note="说明", emphasis=("12", "条"), fields=(Field("来源", "官网"),), text="一段话",
        picture=Picture("https://a.cn/p.png"), url="https://a.cn/x", source="L7", buttons=presses,
        menu=tuple(Button(f"更多{n}", ClaimLead(f"M{n}")) for n in range(template.MENU)),
        questions=tuple(Choice(f"k{n}", f"问{n}", (("a", "甲"),), "a") for n in range(template.CHOICES)),
    )  # fmt: skip


def sent(card: Card, *, group: bool = False) -> dict[str, str]:
    seals = tuple(f"seal{n}" for n, _ in enumerate(card.presses))
    made = SendCard(to=GROUP if group else "mei", card=card, card_key="k", buttons=seals, group=group)
    body = cards.creation(made, config(card_template_id=TEMPLATE, mode="stream"), route_key="")
    return dict(body["cardData"]["cardParamMap"])


def differences(enforced: templates.Template, text: str) -> list[str]:
    """Where the three do not say the same."""
    ours, theirs, said = set(template.variables()), simulators(enforced), guides(text)
    found = [f"simulator: {name}" for name in ours ^ set(theirs)]
    found += [f"guide: {name}" for name in ours ^ set(said)]
    for name in ours & set(theirs) & set(said):
        kind = theirs[name]
        kind_said = "list" if JSON_INSIDE in said[name] else "markdown" if MARKDOWN in said[name] else "text"
        found += [] if kind == kind_said else [f"{name}: {kind}, in the guide {kind_said}"]
    params = {template.PARAM_BUTTON: f"*{template.SEAL_SUFFIX}", template.PARAM_CHAT: template.CHAT}
    if (enforced.action, enforced.params, enforced.form) != (
        template.ACTION, params, template.PARAM_FORM,
    ):  # fmt: skip
        found.append("simulator: the action")
    told = parameters(text)
    bound = {name: named(told.get(name, "")) for name in params}
    wanted = {name: [variable.replace("*", "button1")] for name, variable in params.items()}
    if f"actionId 填 `{template.ACTION}`" not in text or bound != wanted or set(told) != {*params, "form"}:
        found.append("guide: the action")
    return found


def test_the_three_say_the_same(enforced, guide):
    """The same variables, what is inside them, the same action with the same parameters."""
    assert differences(enforced, guide) == []
    assert "类型一律选文本（字符串）" in guide


@pytest.mark.parametrize(
    "drift",
    [
        lambda t: t["variables"].update(remark=t["variables"].pop("note")),
        lambda t: t["slots"].pop(),
        lambda t: t["slots"][0].update(count=5),
        lambda t: t["variables"].update(extra={}),
        lambda t: t["variables"].update(fields={"kind": "text"}),
        lambda t: t["slots"][2]["parts"].update(options="text"),
        lambda t: t.update(action="pressed"),
        lambda t: t["params"].pop("chat"),
        lambda t: t.update(form="answers"),
    ],
    ids=["renamed", "dropped", "fewer", "added", "retyped", "no list", "action", "parameter", "form"],
)
def test_a_drift_of_the_simulator_is_seen(guide, tmp_path, drift):
    told = yaml.safe_load(FILE.read_text("utf-8"))
    drift(told)
    path = tmp_path / "leadbell.yaml"
    path.write_text(yaml.safe_dump(told), "utf-8")

    assert differences(templates.read(path), guide)


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("| `note` |", "| `remark` |"),
        ("| `picture` | 图片地址 |\n", ""),
        ("| `button1_style` |", "| `button1_color` |"),
        ("JSON 文本，已经选中的", "已经选中的"),
        ("actionId 填 `press`", "actionId 填 `tap`"),
        ("| `button` | 变量 `button1_seal` |", "| `button` | 变量 `button1_text` |"),
    ],
)
def test_a_drift_of_the_guide_is_seen(enforced, guide, said, instead):
    assert guide.count(said) == 1

    assert differences(enforced, guide.replace(said, instead))


def test_the_guide_counts_the_places_as_they_are(guide, enforced):
    """Six buttons, three in the menu, three choices; each with as many variables as it says."""
    assert f"`button1` 到 `button{template.BUTTONS}`" in guide
    assert f"`menu1` 到 `menu{template.MENU}`" in guide
    assert f"`choice1` 到 `choice{template.CHOICES}`" in guide
    parts = {row.name: len(row.parts) for row in enforced.slots}
    digits = "零一二三四五六七八九"
    assert f"按钮有{digits[template.BUTTONS + template.MENU]}个位置" in guide
    assert f"每个位置{digits[parts['button']]}个变量" in guide
    assert f"每个{digits[parts['choice']]}个变量" in guide


def test_the_styles_and_kinds_that_we_send_are_the_ones_in_the_guide(guide):
    said = guides(guide)
    assert set(named(said["button1_style"])) == {"primary", "danger", "default"}
    assert set(named(said["choice1_kind"])) == {"one", "many"}


def test_both_keep_the_same_limits(enforced):
    """A value of our longest is taken, one byte more is not; names are far below theirs."""
    most = "x" * template.VALUE_BYTES
    assert templates.checked(enforced, {"title": most}) == {"title": most}
    with pytest.raises(RefusedError):
        templates.checked(enforced, {"title": most + "x"})
    assert max(len(name.encode()) for name in template.variables()) <= template.KEY_BYTES
    assert list(enforced.long) == []


@pytest.mark.parametrize("group", [False, True])
def test_what_we_send_is_taken_whole_and_stands_where_it_belongs(enforced, group):
    """A card that uses everything: every variable named, none refused, each part seen."""
    values = sent(full(), group=group)

    assert set(templates.checked(enforced, values)) == set(template.variables())
    shown = views.face(enforced, values)
    assert [one["text"] for one in shown["buttons"]] == [f"按钮{n}" for n in range(template.BUTTONS)]
    assert [one["text"] for one in shown["menu"]] == [f"更多{n}" for n in range(template.MENU)]
    assert [one["title"] for one in shown["choices"]] == [f"问{n}" for n in range(template.CHOICES)]
    assert all(shown[place] for place in ("source", "title", "note", "figure", "fields", "text", "url"))


def test_a_press_carries_what_we_read(enforced):
    """The pressed place's seal, the chat, and the form under the names that the decoder knows."""
    values = sent(full(), group=True)

    action, params = views.press(enforced, values, "menu2", {"k0": ["a"]})

    assert (action, params[template.PARAM_BUTTON], params[template.PARAM_CHAT]) == ("press", "seal7", GROUP)
    assert template.PARAM_FORM in params


def test_the_guide_tells_the_same_setting_and_the_same_way_back(guide):
    """Where the template's id goes, that it was never tried live, and what happens without it."""
    assert "LEADBELL_DINGTALK__CARD_TEMPLATE_ID" in guide
    assert "没有在真实的钉钉上验证过" in guide
    assert "退回链接卡片" in guide
