"""Callback XML is elements and text; everything else is refused before it costs anything."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kit.xml import ENVELOPE, MESSAGE, Limits, parse, parse_envelope, render


def bomb(depth: int, width: int = 10) -> bytes:
    entities = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * width}">' for i in range(1, depth + 1))
    return f'<!DOCTYPE x [<!ENTITY a0 "lol">{entities}]><xml><Encrypt>&a{depth};</Encrypt></xml>'.encode()


REFUSED = {
    "empty": b"",
    "whitespace": b" \n\t",
    "text": b"hello",
    "json": b'{"Encrypt": "A"}',
    "byte order mark": b"\xef\xbb\xbf<xml><Encrypt>A</Encrypt></xml>",
    "two roots": b"<xml/><xml/>",
    "junk after the root": b"<xml><Encrypt>A</Encrypt></xml>junk",
    "unclosed": b"<xml><Encrypt>A</Encrypt>",
    "two of a name": b"<xml><Encrypt>A</Encrypt><Encrypt>B</Encrypt></xml>",
    "nested": b"<xml><a><Encrypt>A</Encrypt></a></xml>",
    "attribute": b'<xml a="1"><Encrypt>A</Encrypt></xml>',
    "namespace": b'<xml xmlns="urn:x"><Encrypt>A</Encrypt></xml>',
    "comment": b"<xml><Encrypt>A<!-- x -->B</Encrypt></xml>",
    "instruction": b"<?x y?><xml><Encrypt>A</Encrypt></xml>",
    "instruction inside": b"<xml><?x y?><Encrypt>A</Encrypt></xml>",
    "end of CDATA in text": b"<xml><Encrypt>A]]>B</Encrypt></xml>",
    "text beside elements": b"<xml>x<Encrypt>A</Encrypt></xml>",
    "text after elements": b"<xml><Encrypt>A</Encrypt>x</xml>",
    "doctype": b"<!DOCTYPE xml><xml><Encrypt>A</Encrypt></xml>",
    "doctype with a file": b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><E>&e;</E></xml>',
    "doctype with a host": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml><E>A</E></xml>',
    "public doctype": b'<!DOCTYPE x PUBLIC "-//A//B" "http://127.0.0.1:9/"><xml><E>A</E></xml>',
    "parameter entity": b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/">%p;]><xml><E>A</E></xml>',
    "unknown entity": b"<xml><Encrypt>&e;</Encrypt></xml>",
    "bomb of 3": bomb(3),
    "bomb of 9": bomb(9),
    "quadratic": b'<!DOCTYPE x [<!ENTITY a "'
    + b"a" * 50_000
    + b'">]><xml><E>'
    + b"&a;" * 160
    + b"</E></xml>",
    "reference to 0": b"<xml><Encrypt>&#0;</Encrypt></xml>",
    "reference to a surrogate": b"<xml><Encrypt>&#xD800;</Encrypt></xml>",
    "reference beyond Unicode": b"<xml><Encrypt>&#x110000;</Encrypt></xml>",
    "NUL": b"<xml><Encrypt>A\0B</Encrypt></xml>",
    "not UTF-8": b"<xml><Encrypt>\xff\xfe</Encrypt></xml>",
    "overlong": b"<xml><Encrypt>\xc0\xbc</Encrypt></xml>",
    "surrogate": b"<xml><Encrypt>\xed\xa0\x80</Encrypt></xml>",
    "half a character": b"<xml><Encrypt>\xe4\xb8</Encrypt></xml>",
    "declared as UTF-16": b'<?xml version="1.0" encoding="utf-16"?><xml><Encrypt>A</Encrypt></xml>',
    "declared as UTF-7": b'<?xml version="1.0" encoding="utf-7"?><xml><Encrypt>+ADw-</Encrypt></xml>',
    "declared as GB18030": b'<?xml version="1.0" encoding="gb18030"?><xml><Encrypt>A</Encrypt></xml>',
    "in UTF-16": "<xml><Encrypt>A</Encrypt></xml>".encode("utf-16"),
    "in UTF-16 with a doctype": '<!DOCTYPE x [<!ENTITY a "b">]><xml><E>&a;</E></xml>'.encode("utf-16"),
    "too many siblings": b"<xml>" + b"<a/>" * 10_000 + b"</xml>",
    "too deep": b"<a>" * 80_000,
    "too large": b"<xml><Encrypt>" + b"A" * 300_000 + b"</Encrypt></xml>",
}


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_the_envelope_refuses(body):
    with pytest.raises(ValueError, match=r"."):
        parse_envelope(body)


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED.keys())
def test_refusing_costs_next_to_nothing(body):
    """The best of five tries stays below a millisecond; an expanded bomb would take hundreds."""
    took = []
    for _ in range(5):
        began = time.perf_counter()
        with pytest.raises(ValueError, match=r"."):
            parse_envelope(body)
        took.append(time.perf_counter() - began)

    assert min(took) < 0.001


@pytest.mark.parametrize(
    "body",
    [
        b"<xml><ToUserName>c</ToUserName><Encrypt>A+/=</Encrypt></xml>",
        b"<xml>\n<Encrypt><![CDATA[A+/=]]></Encrypt>\n<ToUserName><![CDATA[c]]></ToUserName>\n</xml>\n",
        b'<?xml version="1.0" encoding="UTF-8"?><xml><ToUserName>c</ToUserName><Encrypt>A+/=</Encrypt></xml>',
    ],
)
def test_an_envelope_is_its_values(body):
    """With or without CDATA, in any order."""
    assert parse_envelope(body) == {"ToUserName": "c", "Encrypt": "A+/="}


def test_text_is_never_cast():
    """A leading zero and twenty digits stay as they are."""
    root = parse(b"<xml><UserID>0254571</UserID><MsgId>18446744073709551615</MsgId><V>1e5</V></xml>")

    assert (root.value("UserID"), root.value("MsgId"), root.value("V")) == (
        "0254571",
        "18446744073709551615",
        "1e5",
    )


def test_siblings_are_always_a_list():
    """One of a thing looks like two of it."""
    one = parse(b"<xml><L><I>a</I></L></xml>").one("L")
    two = parse(b"<xml><L><I>a</I><I>b</I></L></xml>").one("L")

    assert one is not None
    assert two is not None
    assert [e.text for e in one.all("I")] == ["a"]
    assert [e.text for e in two.all("I")] == ["a", "b"]
    assert one.all("J") == ()


def test_a_value_that_comes_twice_is_an_error():
    root = parse(b"<xml><A>1</A><A>2</A></xml>")

    with pytest.raises(ValueError, match="2 times"):
        root.value("A")


def test_a_missing_value_is_empty():
    assert parse(b"<xml/>").value("A") == ""


def test_limits_are_exact():
    """As many as allowed pass, one more does not."""
    limits = Limits(size=100, depth=3, elements=4)
    parse(b"<a><b><c/></b><d/></a>", limits)

    for body in (b"<a><b><c><d/></c></b></a>", b"<a><b/><c/><d/><e/></a>", b"<a>" + b"x" * 95 + b"</a>"):
        with pytest.raises(ValueError, match=r"."):
            parse(body, limits)
    assert ENVELOPE.elements < MESSAGE.elements


TEXT = st.text(st.characters(exclude_categories=["Cc", "Cs"]) | st.sampled_from("\n\t"), max_size=40)
#: XML 1.0 has no place for these two.
SAYABLE = TEXT.map(lambda t: t.replace("\ufffe", "").replace("\uffff", ""))


@given(text=SAYABLE | st.just("a]]>b") | st.just("a\r\nb") | st.just("]]>]]>") | st.just("<b>&amp;"))
def test_what_is_rendered_is_read_back(text):
    """Markup, ends of CDATA and line ends survive."""
    body = render({"Content": text, "Items": {"Item": [{"Id": "007"}, {"Id": text}]}})

    root = parse(body)

    items = root.one("Items")
    assert items is not None
    assert root.value("Content") == text
    assert [item.value("Id") for item in items.all("Item")] == ["007", text]


def test_rendering_looks_like_the_platform():
    assert render({"ToUserName": "c", "CreateTime": "17"}) == (
        b"<xml><ToUserName><![CDATA[c]]></ToUserName><CreateTime>17</CreateTime></xml>"
    )


@pytest.mark.parametrize("name", ["", "a b", "1a", "a>", "é"])
def test_a_bad_name_is_not_rendered(name):
    with pytest.raises(ValueError, match="element name"):
        render({name: "x"})
