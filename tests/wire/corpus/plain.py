"""Genuine to the last byte, and still strange inside: let in, carried out or set aside, never a defect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.wire import genuine as g
from tests.wire.corpus.case import Case, kept

_NASTY = {
    "emoji": "👨‍👩‍👧‍👦🏴‍☠️" * 20, "RTL": "\u202e帮助\u202c", "zero width": "帮\u200b助\ufeff", "zalgo": "z\u0335\u0322\u0341" * 3000,
    "private use": "\ue000\uf8ff" * 50, "NFD": "e\u0301" * 100, "SQL": "'; DROP TABLE leads;--", "HTML": "<script>alert(1)</script>",
    "template": "{{7*7}}${7*7}%(x)s{0.__class__}", "very long": "长" * 12000, "digits": "9" * 3000, "spaces": " \t\u3000 " * 200,
    "newlines": "\r\n" * 500, "full-width": "Ｌ１　领取", "null word": "null", "nothing": "", "number": "-1e999", "CDATA": "]]&gt;",
}  # fmt: skip
_COUNT = iter(range(700_000_000, 800_000_000))


def _message(**changes: str) -> bytes:
    return g.xml({**g.text("wx-lina", "帮助", str(next(_COUNT))), **changes})


def _without(fields: Mapping[str, str], name: str) -> bytes:
    return g.xml({key: value for key, value in fields.items() if key != name})


def cases() -> Iterator[Case]:
    yield from _no_message()
    yield from _words()
    yield from _numbers()
    yield from _events()
    yield from _presses()


def _no_message() -> Iterator[Case]:
    """What is no message at all is set aside, with a row."""
    strange = {
        "nothing": b"", "a space": b" ", "JSON": b'{"msgtype":"text"}', "text": "你好".encode(), "noise": bytes(range(256)),
        "no kind": b"<xml><FromUserName>wx-lina</FromUserName></xml>", "empty": b"<xml/>", "doctype":
        b'<!DOCTYPE x [<!ENTITY a "b">]>' + _message(), "two roots": _message() + _message(), "not utf-8":
        "<xml><MsgType>文本</MsgType></xml>".encode("gbk"), "half": _message()[:80], "deep": b"<a>" * 500 + b"</a>" * 500,
        "kind twice": b"<xml><MsgType>text</MsgType><MsgType>event</MsgType></xml>", "attribute": _message().replace(
            b"<xml>", b'<xml a="1">'), "event without name": g.xml(g.event("")), "NUL": _message().replace(b"text", b"te\0xt"),
        "surrogate": _message(Content="\ud800"), "a lone BOM": b"\xef\xbb\xbf",
    }  # fmt: skip
    for name, plain in strange.items():
        yield kept(f"inside {name}", plain, "quarantined")
    suite = g.xml({"SuiteId": g.SUITE, "InfoType": "suite_ticket", "SuiteTicket": "x", "TimeStamp": g.STAMP})
    yield kept("inside a suite's", suite, "unknown")
    for kind in ("hologram", "TEXT", "text ", "事件", "<b>", "a" * 5000):
        yield kept(f"kind {kind[:8]!r}", _message(MsgType=kind.replace("<", "&lt;")), "unknown")


def _words() -> Iterator[Case]:
    for name, words in _NASTY.items():
        plain = _message(Content=words)
        yield kept(f"says {name}", plain, "quarantined" if "\0" in words else "done")
        yield kept(f"user is {name}", _message(FromUserName=words), "unknown" if not words else "refused")
    for user in (
        "sys",
        "@all",
        "wx-gone",
        "WX-LINA",
        "wx-lina ",
        "wx-li",
        "../wx-lina",
        "wx-lina\u200b",
        "0" * 400,
    ):
        yield kept(f"user {user[:12]!r}", _message(FromUserName=user), "refused")
    for company in ("", "ww0123456789abcdef", g.SUITE):
        yield kept(f"inside for {company!r}", _message(ToUserName=company))
    for agent in ("", "0", "-1", "9" * 50, "x"):
        yield kept(f"agent {agent[:3]!r}", _message(AgentID=agent), "done")
    for kind in ("image", "voice", "video", "file", "location", "link"):
        for words in ("", "x" * 9000, _NASTY["HTML"]):
            plain = _message(
                MsgType=kind, MediaId=words, Label=words, Title=words, Url=words, Location_X=words
            )
            yield kept(f"{kind} {words[:3]!r}", plain, "done")


def _numbers() -> Iterator[Case]:
    for number in ("-1", "0", str(2**64), "9" * 400, "1.5", "1e9", " 7", "٣", "１２", "x", "", "0x7"):
        yield kept(f"MsgId {number[:6]!r}", _message(MsgId=number, Content=f"帮助 {number[:9]}"), "done")
    yield kept("no MsgId", _without(g.text("wx-lina", "帮助 无号", ""), "MsgId"), "done")
    for when in ("", "-1", "4291747200", "9" * 30, "昨天", "1e9", "１７９４９６７２００", "0", "9999999999"):
        yield kept(f"CreateTime {when[:6]!r}", _message(CreateTime=when), "done")
    yield kept("no CreateTime", _without(g.text("wx-lina", "帮助", str(next(_COUNT))), "CreateTime"), "done")
    yield kept(
        "MsgId of somebody else's message", g.xml(g.text("wx-gao", "帮助", "23456789012345678")), "done"
    )


def _events() -> Iterator[Case]:
    for name in ("unheard_of", "TEMPLATE_CARD_EVENT", "a" * 5000, "事件", "'; --", "../", "{{x}}"):
        yield kept(f"event {name[:9]!r}", g.xml(g.event(name, "wx-lina")), "unknown")
    for needed in ("UserID", "ExternalUserID"):
        yield kept(f"added without {needed}", _without(g.added("wx-lina", "wmX1"), needed), "unknown")
    for needed in ("FromUserName", "EventKey", "TaskId"):
        yield kept(f"press without {needed}", _without(g.press("wx-lina"), needed), "unknown")
    for name, words in _NASTY.items():
        customer = f"wm{len(words)}{name.replace(' ', '')}"
        yield kept(f"added, state {name}", g.xml({**g.added("wx-lina", customer), "State": words}), "done")
        yield kept(f"customer is {name}", g.xml({**g.added("wx-lina", "x"), "ExternalUserID": words or " "}))
    yield kept("added to nobody of ours", g.xml(g.added("wx-nobody", "wmNobody")))
    yield kept("half added", g.xml({**g.added("wx-lina", "wmH"), "ChangeType": "add_half_external_contact"}))
    yield kept("change of no kind", g.xml(g.event("change_external_contact")), "unknown")
    yield kept(
        "change of a new kind", g.xml(g.event("change_external_contact", ChangeType="teleported")), "unknown"
    )
    for key in ("", "leads.mine", "nope", "lead.claim?lead_id=L1", "x" * 3000):
        plain = g.xml(g.event("click", "wx-lina", EventKey=key))
        yield kept(f"menu {key[:8]!r}", plain, "done" if key else "unknown")
    yield kept("left, who never was here", g.xml(g.event("unsubscribe", "wx-nobody")))
    for new in ("", "wx-x", "wx-gao", " "):
        plain = g.xml(g.event("change_contact", ChangeType="update_user", UserID="wx-nobody", NewUserID=new))
        yield kept(f"renamed to {new!r}", plain)


def _presses() -> Iterator[Case]:
    """Buttons that we never made: refused, whoever presses, whatever they say."""
    buttons = (
        "lead.claim?lead_id=L1", "lead.claim?lead_id=L1~1~", "lead.claim?lead_id=L1~1~AAAA", "~~", "~", "~1~", "x~-1~y",
        "lead.claim?lead_id=L1~１~AAAA", "lead.claim?lead_id=L1~" + "9" * 5000 + "~AA", "lead.reveal?lead_id=L1~1~" + "A" * 43,
        "nope~1~" + "A" * 43, "é~1~é", "a" * 9000, "{}", "%00~1~%00", "~1~" + "=" * 40, "x~1~-_-_", "\u202e~1~x",
    )  # fmt: skip
    for n, button in enumerate(buttons):
        for user in ("wx-lina", "wx-stranger"):
            yield kept(f"button {n} by {user}", g.xml(g.press(user, button)), "refused")
    for key in ("", "x" * 200, "../", "云"):
        plain = g.xml({**g.press("wx-lina", card=key), "ResponseCode": key})
        yield kept(f"card {key[:4]!r}", plain, "refused" if key else "unknown")
    chosen = "<SelectedItem><QuestionKey>q</QuestionKey><OptionIds><OptionId>1</OptionId></OptionIds></SelectedItem>"
    bent = {
        "once": (chosen, "refused"), "twice": (chosen * 2, "unknown"), "300 times": (chosen * 300, "unknown"),
        "no key": (chosen.replace("<QuestionKey>q</QuestionKey>", ""), "unknown"), "none": ("", "refused"),
        "no options": (chosen.split("<OptionIds>", maxsplit=1)[0] + "</SelectedItem>", "refused"), "text": ("junk", "refused"),
    }  # fmt: skip
    for name, (items, state) in bent.items():
        inside = f"<SelectedItems>{items}</SelectedItems></xml>"
        plain = g.xml(g.press("wx-lina", code=name)).replace(b"</xml>", inside.encode())
        yield kept(f"choice {name}", plain, state)
