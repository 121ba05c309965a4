"""One thing that may come over the wire, and what must become of it."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from tests.wire import genuine as g
from tests.wire.genuine import Knock


class Expect(enum.Enum):
    """What the door does with it."""

    #: The one empty 401; nothing behind the door changes.
    REFUSED = "refused"
    #: The HTTP layer's own 4xx; nothing changes.
    HTTP = "http"
    #: Answered with the text that the platform wants back.
    ECHOED = "echoed"
    #: Let in: one row more, and it comes to an end.
    KEPT = "kept"
    #: Answered as what was let in before; no row.
    REPEAT = "repeat"
    #: Not a whole request: no answer while it lasts.
    SILENT = "silent"


@dataclass(frozen=True, slots=True)
class Case:
    """Bytes and their fate."""

    name: str
    wire: bytes
    expect: Expect = Expect.REFUSED
    #: What the delivery says, or what is echoed.
    plain: bytes = b""
    #: How it ends once carried out; empty for any end.
    state: str = ""
    #: On a line of its own, as it breaks the line.
    lone: bool = False


def refused(name: str, knock: Knock) -> Case:
    return Case(name, knock.wire())


def kept(name: str, plain: bytes, state: str = "", knock: Knock | None = None) -> Case:
    return Case(name, (knock or g.delivery(plain)).wire(), Expect.KEPT, plain, state)


def some() -> Knock:
    """A genuine delivery to be bent."""
    return g.delivery(g.everyday()[0])


def encrypted_of(knock: Knock) -> str:
    return knock.body.split(b"<Encrypt><![CDATA[")[1].split(b"]")[0].decode()


def bodied(knock: Knock, body: bytes) -> Knock:
    return replace(knock, body=body)
