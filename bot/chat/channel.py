"""The port behind which each way to a customer lives: mail, SMS, the WeChat channels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from pydantic import BaseModel


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerMessage:
    """One message as it is handed to a channel, finished."""

    #: Ours; a channel that knows a repeat by a key of ours gets it made of this.
    touch_id: str
    #: The address there: e-mail, phone (E.164), openid, external user id.
    to: str = field(repr=False)
    text: str = field(repr=False)
    #: Mail only.
    subject: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    #: By which colleague it goes, where the channel needs one: his id there.
    by: str = ""
    #: How the channel is used, see bot/touch/ways.py: `wechat_official.template`.
    way: str = ""
    #: The platform's own template and its parameters, where the channel knows no free text.
    template: str = ""
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Where a tap on a message by template leads: a page of ours, or one inside the mini-program.
    page: str = field(default="", repr=False)
    #: Where one tap ends all such messages; mail and pages.
    unsubscribe_url: str = field(default="", repr=False)
    is_marketing: bool = False


class Channel(Protocol):
    """One way to customers. It never decides whether; it only sends what was decided."""

    #: By its key in channels.yaml.
    name: str
    #: Whether a second sending of the same touch is known there as a repeat.
    is_keyed: bool

    async def deliver(self, message: CustomerMessage) -> str:
        """Hand it over, once; the channel's own id of it, or empty.

        PlatformBusyError: certainly not sent, may be tried again. PlatformRejectedError: certainly not
        sent, never will be. AnswerLostError: nobody knows.
        """

    async def close(self) -> None:
        """Give back what it holds."""


@runtime_checkable
class Batching(Protocol):
    """A channel with ways by which one message goes to many at once, and never to one alone."""

    #: See bot/touch/ways.py.
    batches: frozenset[str]

    async def deliver_all(self, messages: Sequence[CustomerMessage]) -> str:
        """Hand one text over for all of them, once; errors as in `deliver`, and they are of all."""


@runtime_checkable
class Recognises(Protocol):
    """A channel that tells by which id across apps its platform knows somebody."""

    async def union_id(self, address: str) -> str:
        """The id of whoever has this address; empty if there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelKind:
    """How a channel is found in its folder (`CHANNEL`): the settings it wants, and how to build it.

    Its settings are `LEADBELL_<NAME>__<FIELD>`; without any it is off.
    """

    #: By its key in channels.yaml; also the block of settings.
    name: str
    config: type[BaseModel]
    #: Of its settings and the `Means` that adapters get.
    build: Callable[..., Channel]
    #: The block of accounts that also call us (`wechat`), if those with a secret send: built of all of them.
    shares: str = ""
