"""What comes about at a desk where customers write to us (微信客服); no person can send one."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.kit.wire import wire


@wire("signal.service.told")
@dataclass(frozen=True, slots=True)
class ServiceWasTold:
    """The platform says that there is something to be pulled."""

    platform: str
    account: str
    token: str = field(default="", repr=False)


@wire("signal.service.said")
@dataclass(frozen=True, slots=True)
class CustomerSaid:
    """A customer wrote."""

    account: str
    customer: str
    #: The platform's id of what he wrote.
    item: str
    text: str = field(default="", repr=False)
    #: What it is if it is no text.
    media: str = ""
    at: str = ""
    #: Who he is, if the platform told.
    name: str = field(default="", repr=False)
    union_id: str = ""


@wire("signal.service.entered")
@dataclass(frozen=True, slots=True)
class CustomerEntered:
    """A customer opened the conversation; with a code he may be greeted."""

    account: str
    customer: str
    item: str
    welcome_code: str = field(default="", repr=False)
    scene: str = ""
    scene_param: str = ""
    at: str = ""
    name: str = field(default="", repr=False)
    union_id: str = ""


@wire("signal.service.failed")
@dataclass(frozen=True, slots=True)
class ServiceMessageFailed:
    """What we sent did not arrive."""

    account: str
    customer: str
    message: str
    why: str = ""


@wire("signal.service.session")
@dataclass(frozen=True, slots=True)
class SessionChanged:
    """A colleague has the conversation now, or it is over."""

    account: str
    customer: str
    #: The colleague's id there; empty when it is over.
    servicer: str = ""
