"""YAML as people write it, with the place of each value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kit.yaml import MAX_DEPTH, MAX_LENGTH, ConfigError, YamlError, parse, scalar


@pytest.mark.parametrize(
    "text",
    [
        *("12:30", "9:00-18:00", "on", "off", "yes", "no", "y", "n", "On", "NO", "012", "007", "00", "-01"),
        *(
            "2026-11-21",
            "2026-11-21T09:00:00Z",
            "1_000",
            "0x1F",
            "0o17",
            "0b1",
            ".inf",
            "-.INF",
            ".nan",
            ".5",
        ),
        *(
            "1.",
            "+",
            "1e",
            "190:20:30",
            "1,000",
            "９",
            "١",
            "1e400",
            "12345678901234567890",
            "tRue",
            "nUll",
        ),
    ],
)
def test_what_is_no_plain_number_stays_text(text: str):
    """The traps of YAML 1.1, and numbers that a float could not hold."""
    assert scalar(text) == text
    assert parse(f"a: {text}", file="f").data == {"a": text}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("0", 0), ("12", 12), ("-3", -3), ("+3", 3), ("1.50", 1.5), ("1e3", 1000.0), ("-2.5E-2", -0.025)),
        *(("true", True), ("False", False), ("TRUE", True), ("~", None), ("null", None), ("", None)),
    ],
)
def test_plain_numbers_and_words_mean_what_they_say(text: str, value: object):
    """An int stays an int and a float a float."""
    found = parse(f"a: {text}", file="f").data["a"]

    assert found == value
    assert type(found) is type(value)


def test_a_quoted_scalar_is_always_text():
    """Quotes, a literal block and a folded block make text of anything."""
    assert parse("a: '1'\nb: \"true\"\nc: |-\n  12\nd: >-\n  ~\n", file="f").data == {
        "a": "1",
        "b": "true",
        "c": "12",
        "d": "~",
    }


def test_a_key_is_the_text_as_written():
    """Years, weekdays and `on` are names as well."""
    assert parse("{2027: 1, on: 2, 012: 3, true: 4, '': 5}", file="f").data == {
        "2027": 1,
        "on": 2,
        "012": 3,
        "true": 4,
        "": 5,
    }


def test_each_value_remembers_its_place():
    """Lines and columns count from 1; a value and its key are told apart."""
    document = parse("a:\n  - x\n  - {b:  12:30}\n中文: 好\n", file="f.yaml")

    assert document.error(("a", 1, "b"), "m") == ConfigError("f.yaml", 3, 10, "m")
    assert document.error(("a", 1, "b"), "m", at_key=True) == ConfigError("f.yaml", 3, 6, "m")
    assert document.error(("中文",), "m") == ConfigError("f.yaml", 4, 5, "m")


def test_a_place_that_does_not_exist_is_the_nearest_one_above():
    """A missing key is reported where its mapping begins."""
    document = parse("a:\n  b: {c: 1}\n", file="f.yaml")

    assert str(document.error(("a", "b", "d", "e"), "缺少")) == "f.yaml:2:6: 缺少"
    assert str(document.error(("z",), "缺少")) == "f.yaml:1:1: 缺少"


def test_an_empty_file_is_an_empty_mapping():
    """So are a file of comments and one that begins with a byte order mark."""
    assert parse("", file="f").data == {}
    assert parse("# nothing\n", file="f").data == {}
    assert parse("\ufeffa: 1", file="f").data == {"a": 1}


BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        (BOMB, 1, "锚点"),
        ("a: &x 1", 1, "锚点"),
        ("a: *x", 1, "锚点"),
        ("&k a: 1", 1, "锚点"),
        ("!!python/object/apply:os.system ['id']", 1, "标签"),
        ("a: !!int '3'", 1, "标签"),
        ("a: !env X", 1, "标签"),
        ("!!str a: 1", 1, "标签"),
        ("b: 1\na: {x: 1, y: 2, x: 3}", 2, "“x”重复了"),
        ("'a': 1\nb: 2\na: 3", 3, "“a”重复了"),
        ("a: 1\n<<: {b: 2}", 2, "合并"),
        ("? [a]\n: 1", 1, "键必须是一个词"),
        ("? {a: 1}\n: 1", 1, "键必须是一个词"),
        ("a: 1\n---\nb: 1", 2, "只能有一份内容"),
        ("a: [" * 1000, 1, "."),
        ("[" * 100_000, 1, "嵌套太深"),
        ("a: 1\nb: \x07", 2, "控制字符"),
        ("a:\n\tb: 1", 2, "Tab"),
        ("a: 'x", 1, "引号"),
        ("a: [1, 2\nb: 3", 2, "方括号|冒号"),
        ("名称： 张三\nb: 1", 1, "中文冒号"),
        ("x" * (MAX_LENGTH + 1), 1, "文件太大"),
    ],
)
def test_what_could_surprise_is_refused_with_its_line(text: str, line: int, part: str):
    """Nothing is built from it; the message is Chinese and says what to do."""
    with pytest.raises(YamlError, match=part) as caught:
        parse(text, file="f.yaml")

    assert caught.value.errors[0].line == line


def test_all_refusals_of_a_file_come_at_once():
    """Three mistakes, three lines."""
    with pytest.raises(YamlError) as caught:
        parse("a: 1\na: 2\nb: !x 3\nc: &y 4\n", file="f.yaml")

    assert [(error.line, error.column) for error in caught.value.errors] == [(2, 1), (3, 4), (4, 4)]


def test_nesting_may_be_as_deep_as_the_limit():
    """And one level more is too deep."""
    deep = MAX_DEPTH
    assert parse("[" * deep + "]" * deep, file="f").data is not None
    with pytest.raises(YamlError, match="嵌套太深"):
        parse("[" * (deep + 2) + "]" * (deep + 2), file="f")


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str):
    """No input raises anything but our own error, and its place lies within the text."""
    try:
        places = [(mark.line, mark.column) for mark in parse(text, file="f").marks.values()]
    except YamlError as exc:
        places = [(error.line, error.column) for error in exc.errors]

    assert all(1 <= line <= len(text) + 2 and column >= 1 for line, column in places)


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=12,
)


@given(st.dictionaries(WORDS, DATA, max_size=4))
def test_what_is_written_as_json_is_read_back_the_same(data: dict[str, object]):
    """JSON is YAML, so a page that writes configuration canonically can be read again."""
    import orjson

    assert parse(orjson.dumps(data).decode(), file="f").data == data


@pytest.mark.parametrize("text", ['a: "x\\0y"', 'a: "\\x1b[31m"', '"k\\0": 1'])
def test_signs_that_no_database_keeps_are_refused_however_they_are_written(text: str) -> None:
    """Spelled out in quotes they come past the reader; tabs and new lines are text."""
    with pytest.raises(YamlError, match="控制字符"):
        parse(text, file="f")
    assert parse('a: "x\\ty\\nz"', file="f").data == {"a": "x\ty\nz"}
