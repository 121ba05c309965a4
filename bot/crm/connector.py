"""A form tool or an ad platform that pushes leads to us: how its push is proved and read. One file each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Push:
    """One request, as it came."""

    body: bytes = field(repr=False)
    #: Names in lower case.
    headers: Mapping[str, str] = field(repr=False)
    #: In order and with repeats.
    query: tuple[tuple[str, str], ...] = field(repr=False)

    def only(self, name: str) -> str:
        """The one value of a query parameter; empty if there is none, or several."""
        values = [value for key, value in self.query if key == name]
        return values[0] if len(values) == 1 else ""


@dataclass(frozen=True, slots=True)
class Brought:
    """Somebody's answers under the tool's own names."""

    #: What names this lead at the tool: the same for every repeat.
    key: str
    #: Which of the tool's forms; empty where it has none.
    form: str
    #: Flat; a value is a text, a number, a list of texts or nothing.
    fields: Mapping[str, object] = field(repr=False)
    #: How people call the form, if the tool says so.
    form_name: str = ""


@dataclass(frozen=True, slots=True)
class NoLead:
    """Genuine, and nobody's answers: a change of the form, a deletion, a test."""

    key: str
    reason: str


#: ValueError for what cannot be read at all.
Read: TypeAlias = Callable[[bytes], Brought | NoLead]


def _by_address(_push: Push, _sign_key: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Connector:
    """One tool. Its pushes come to an address with a secret in it; some sign them besides."""

    #: As people call it: 金数据.
    title: str
    read: Read
    #: What the tool wants to hear when we have it; anything else makes it push again.
    answer: Mapping[str, object]
    #: Whether the push carries the right signature under the sign key.
    verify: Callable[[Push, str], bool] = _by_address
    #: `always`: without a key of its own the address's secret is the key. `by_choice`: only with a key.
    signs: str = ""


@dataclass(frozen=True, slots=True)
class Entrance:
    """A connector that is on."""

    connector: Connector
    #: Ends its address.
    secret: str = field(repr=False)
    sign_key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Doors:
    """What the environment says of our doors: how the outside reaches us, and with which secrets."""

    #: Without a slash at the end; empty where nobody told.
    base_url: str = ""
    entrances: Mapping[str, Entrance] = field(default_factory=dict, repr=False)
    #: Name of the shared mailbox; empty if there is none.
    mailbox: str = ""
    #: Our own mail addresses and domains.
    own: frozenset[str] = frozenset()
    #: Ways to customers that have settings, by their keys in channels.yaml.
    channels: frozenset[str] = frozenset()

    def address(self, name: str) -> str:
        """Where a tool pushes to, secret and all: for admins, in private."""
        return f"{self.base_url}/connect/{name}/{self.entrances[name].secret}"
