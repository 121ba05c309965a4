"""The envelope: XML before anything is proved, JSON where none is expected, and its base64."""

from __future__ import annotations

import base64
from collections.abc import Iterator

from tests.wire import genuine as g
from tests.wire.corpus.case import Case, Expect, bodied, encrypted_of, refused, some

_BAD_BYTES = (
    b"\xff\xfe",
    b"\xc0\xbc",
    b"\xed\xa0\x80",
    b"\xe4\xbd",
    b"\xf5\x80\x80\x80",
    b"\x80",
    b"\x00",
    b"\x1b",
)
_ENCODINGS = ("utf-16", "utf-7", "gb18030", "cp037", "iso-8859-1", "us-ascii", "utf-32", "x-none", "")

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def cases() -> Iterator[Case]:
    yield from _shapes()
    yield from _document_types()
    yield from _letters()
    yield from _json()
    yield from _base64()


def _shapes() -> Iterator[Case]:
    knock = some()
    good, sealed = knock.body, encrypted_of(knock).encode()
    tag = b"<Encrypt>" + sealed + b"</Encrypt>"
    evil = b"<Encrypt>" + base64.b64encode(b"e" * 64) + b"</Encrypt>"
    bodies = {
        "empty": b"", "spaces": b" \r\n\t", "only <": b"<", "no root": b"Encrypt", "only a root": b"<xml/>",
        "two roots": good + good, "junk after": good + b"junk", "junk before": b"junk" + good,
        "cut in the middle": good[: len(good) // 2], "no end tag": b"<xml>" + tag,
        "two, valid first": b"<xml>" + tag + evil + b"</xml>", "two, valid last": b"<xml>" + evil + tag + b"</xml>",
        "the same twice": b"<xml>" + tag + tag + b"</xml>", "empty value": b"<xml><Encrypt/></xml>",
        "without a value": b"<xml><ToUserName>x</ToUserName></xml>",
        "nested": b"<xml><a>" + tag + b"</a></xml>", "in itself": b"<xml><Encrypt>" + tag + b"</Encrypt></xml>",
        "lower case": b"<xml>" + tag.replace(b"Encrypt", b"encrypt") + b"</xml>",
        "an attribute": b'<xml a="1">' + tag + b"</xml>", "attribute on it": b'<xml><Encrypt a="">x</Encrypt></xml>',
        "a namespace": b'<xml xmlns="urn:x">' + tag + b"</xml>", "a prefix": b"<xml><x:Encrypt>x</x:Encrypt></xml>",
        "text beside": b"<xml>text" + tag + b"</xml>", "tail": b"<xml>" + tag + b"tail</xml>",
        "comment inside": b"<xml><Encrypt>" + sealed[:9] + b"<!-- -->" + sealed[9:] + b"</Encrypt></xml>",
        "comment beside": b"<xml><!-- -->" + tag + b"</xml>", "instruction": b"<?php x?><xml>" + tag + b"</xml>",
        "instruction inside": b"<xml><?a b?>" + tag + b"</xml>", "]]> inside": b"<xml><Encrypt>a]]>b</Encrypt></xml>",
        "deep": b"<a>" * 20000, "deep and closed": b"<a>" * 5000 + b"</a>" * 5000,
        "ten thousand siblings": b"<xml>" + b"<a/>" * 10000 + b"</xml>", "long name": b"<" + b"a" * 60000 + b"/>",
        "many attributes": b"<xml " + b" ".join(b'a%d=""' % n for n in range(5000)) + b"/>",
        "many namespaces": b"<xml " + b" ".join(b'xmlns:a%d="u"' % n for n in range(3000)) + b"/>",
        "long text": b"<xml><Encrypt>" + b"A" * 65000 + b"</Encrypt></xml>",
        "for another company": good.replace(g.CORP.encode(), b"ww0000000000000000"),
        "for no company": good.replace(g.CORP.encode(), b""), "for a suite": good.replace(g.CORP.encode(), g.SUITE.encode()),
        "company twice": good.replace(b"<Encrypt>", b"<ToUserName>x</ToUserName><Encrypt>"),
        "entity unknown": b"<xml><Encrypt>&x;</Encrypt></xml>",
    }  # fmt: skip
    for name, body in bodies.items():
        yield refused(f"envelope {name}", bodied(knock, body))
    split = b"]]><![CDATA[".join((sealed[:40], sealed[40:]))
    same = {
        "CDATA split in two": good.replace(sealed, split), "a BOM": b"\xef\xbb\xbf" + good,
        "a declaration": b'<?xml version="1.0" encoding="UTF-8"?>' + good, "no CDATA": b"<xml>" + tag + b"</xml>",
        "blank lines": b"\n\n" + good.replace(b"<Encrypt>", b"\n <Encrypt>"),
        "character references": b"<xml><Encrypt>&#%d;%s</Encrypt></xml>" % (sealed[0], sealed[1:]),
        "other values too": good.replace(b"<AgentID>", b"<Later>1</Later><AgentID>"),
        "another root": good.replace(b"<xml>", b"<root>").replace(b"</xml>", b"</root>"),
    }  # fmt: skip
    for name, body in same.items():
        # A BOM may be refused: the platform sends none. All others are the same envelope.
        expect = Expect.REFUSED if body.startswith(b"\xef") else Expect.REPEAT
        yield Case(f"envelope with {name}", bodied(knock, body).wire(), expect)


def _document_types() -> Iterator[Case]:
    knock, rest = some(), b"<xml><Encrypt>&a;</Encrypt></xml>"
    types = {
        "file": b'<!ENTITY a SYSTEM "file:///etc/passwd">', "http": b'<!ENTITY a SYSTEM "http://127.0.0.1:9/x">',
        "ftp": b'<!ENTITY a SYSTEM "ftp://127.0.0.1:9/x">', "public": b'<!ENTITY a PUBLIC "p" "http://127.0.0.1:9/">',
        "parameter": b'<!ENTITY % p SYSTEM "http://127.0.0.1:9/p"> %p;<!ENTITY a "x">', "plain": b'<!ENTITY a "x">',
        "unparsed": b'<!ENTITY a SYSTEM "a.gif" NDATA gif>', "element": b"<!ELEMENT xml ANY>",
        "default attribute": b'<!ATTLIST xml a CDATA "x">', "notation": b'<!NOTATION gif SYSTEM "gif">', "empty": b"",
        "itself": b'<!ENTITY a "&a;">', "quadratic": b'<!ENTITY a "' + b"a" * 30000 + b'">',
    }  # fmt: skip
    for name, inside in types.items():
        yield refused(f"document type {name}", bodied(knock, b"<!DOCTYPE x [" + inside + b"]>" + rest))
        twice = ("<!DOCTYPE x [" + inside.decode() + "]>" + rest.decode()).encode("utf-16")
        yield refused(f"document type {name} in utf-16", bodied(knock, twice))
    for name in (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', b"<!DOCTYPE x>", b"<!DOCTYPE"):
        yield refused(f"document type {name[:22]!r}", bodied(knock, name + knock.body))
    for depth in range(3, 10):
        entities = b'<!ENTITY a0 "ha">' + b"".join(
            b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, depth + 1)
        )
        laughs = b"<!DOCTYPE x [" + entities + b"]><xml><Encrypt>&a%d;</Encrypt></xml>" % depth
        yield refused(f"laughs {depth}", bodied(knock, laughs))


def _letters() -> Iterator[Case]:
    knock = some()
    for bad in _BAD_BYTES:
        for where in (
            b"<xml><Encrypt>A%sB</Encrypt></xml>",
            b"<xml><En%scrypt/></xml>",
            b"%s<xml/>",
            b"<xml/>%s",
        ):
            yield refused(f"bytes {bad!r} in {where[:9]!r}", bodied(knock, where % bad))
    for named in _ENCODINGS:
        declared = f'<?xml version="1.0" encoding="{named}"?>'.encode()
        yield refused(f"declared {named!r}", bodied(knock, declared + knock.body))
    for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp037", "gb18030"):
        written = '<?xml version="1.0"?><xml><Encrypt>é</Encrypt></xml>'.encode(codec)
        yield refused(f"written in {codec}", bodied(knock, written))
    for reference in (
        b"&#0;",
        b"&#xD800;",
        b"&#x110000;",
        b"&#65536000000;",
        b"&#x1;",
        b"&#;",
        b"&#x;",
        b"&",
    ):
        yield refused(
            f"reference {reference!r}", bodied(knock, b"<xml><Encrypt>%s</Encrypt></xml>" % reference)
        )
    for version in (b"1.1", b"2.0", b""):
        body = b'<?xml version="' + version + b'"?><xml><Encrypt>a</Encrypt></xml>'
        yield refused(f"XML {version!r}", bodied(knock, body))


def _json() -> Iterator[Case]:
    knock = some()
    sealed = encrypted_of(knock).encode()
    right = b'{"encrypt":"%s"}' % sealed
    for name, body in {
        "as JSON": right, "doubled": b'{"encrypt":"a","encrypt":"%s"}' % sealed, "capital": b'{"Encrypt":"a"}',
        "null": b'{"encrypt":null}', "number": b'{"encrypt":1}', "list": b'{"encrypt":[]}', "deep": b"[" * 60000,
        "NaN": b'{"encrypt":NaN}', "surrogate": b'{"encrypt":"\\ud800"}', "trailing": right + b"{}",
        "BOM": b"\xef\xbb\xbf" + right, "comment": b"/**/" + right, "text": b'"a"', "nothing": b"null",
        "big number": b"9" * 5000, "form": b"encrypt=" + sealed,
    }.items():  # fmt: skip
        yield refused(f"JSON {name}", bodied(knock, body))


def _base64() -> Iterator[Case]:
    right = next(
        one for one in (g.sealed(b"<xml>" + b" " * n + b"</xml>") for n in (0, 32, 64)) if one[-1] == "="
    )
    loose = right.rstrip("=")
    last = _LETTERS[_LETTERS.index(loose[-1]) + 1]
    spellings = {
        "one less": right[:-1], "two less": right[:-2], "three less": right[:-3], "no padding": loose,
        "more padding": right + "=", "more of it": right + "====", "inner =": right[:20] + "=" + right[21:],
        "a newline": right[:76] + "\n" + right[76:], "a space": right + " ", "a tab": "\t" + right,
        "url-safe": right.replace("+", "-").replace("/", "_") + "-_", "junk": right[:8] + "!!!!" + right[8:],
        "another last letter": loose[:-1] + last + "=" * (len(right) - len(loose)),
        "full-width": right[:-1] + "Ａ", "empty": "", "one letter": "A", "only padding": "====", "zero": "A" * 64,
        "64 KiB": "A" * 65000, "hex": base64.b64decode(right).hex(), "twice": right + right,
    }  # fmt: skip
    for name, spelling in spellings.items():
        yield refused(f"base64 {name}", g.signed(spelling))
