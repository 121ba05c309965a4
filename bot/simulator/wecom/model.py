"""The things a simulated WeCom holds. They change as people and programs act on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

#: JSON as the wire carries it: its shape is the sender's, so it is checked where it is read.
Json: TypeAlias = dict[str, Any]

ROOT_DEPARTMENT = 1
ACTIVE = 1
DISABLED = 2


@dataclass(slots=True)
class Department:
    """A department (部门); `leaders` are user ids, the first is the principal one."""

    id: int
    name: str
    parent_id: int
    order: int
    leaders: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Person:
    """A member (成员) of the company."""

    userid: str
    name: str
    departments: list[int]
    position: str = ""
    role: str = "rep"
    mobile: str = field(default="", repr=False)
    status: int = ACTIVE
    messages: list[Message] = field(default_factory=list)


@dataclass(slots=True)
class Message:
    """One entry of one person's chat with the app."""

    id: str
    at: datetime
    sender: str
    kind: str
    text: str = ""
    card: Json | None = None
    task_id: str | None = None
    card_state: str | None = None
    msgid: str | None = None


@dataclass(slots=True)
class App:
    """The one self-built app (自建应用) of the company."""

    corp_id: str
    agent_id: int
    name: str
    secret: str = field(repr=False)
    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    callback_url: str = ""
    visible_departments: list[int] = field(default_factory=lambda: [ROOT_DEPARTMENT])
    visible_users: list[str] = field(default_factory=list)
    #: Apps made after June 2022 are not told mobiles, e-mails and portraits.
    sensitive_fields: bool = False
    #: Listed in 客户联系 → 可调用接口的应用.
    customer_contact: bool = True
    menu: list[Json] = field(default_factory=list)
    callback_verified: bool = False


@dataclass(slots=True)
class Follow:
    """A member has a customer as a WeChat contact (跟进关系)."""

    userid: str
    created_at: datetime
    state: str = ""
    add_way: int = 1
    remark: str = ""
    description: str = ""
    remark_company: str = ""
    remark_mobiles: list[str] = field(default_factory=list, repr=False)
    tags: list[str] = field(default_factory=list)
    confirmed: bool = True
    spoken: bool = False
    welcomed: bool = False


@dataclass(slots=True)
class CustomerMessage:
    """One entry of a customer's WeChat, in the chat with one member."""

    id: str
    at: datetime
    sender: str
    userid: str
    kind: str
    text: str = ""
    attachment: Json | None = None


@dataclass(slots=True)
class Customer:
    """Somebody outside the company, on WeChat (外部联系人)."""

    id: str
    name: str
    gender: int = 0
    follows: dict[str, Follow] = field(default_factory=dict)
    messages: list[CustomerMessage] = field(default_factory=list)


@dataclass(slots=True)
class ContactWay:
    """A 「联系我」 code: whoever scans it adds one of its members."""

    config_id: str
    type: int
    scene: int
    remark: str
    skip_verify: bool
    state: str
    users: list[str]
    parties: list[int]
    qr_code: str = ""
    extra: Json = field(default_factory=dict)


@dataclass(slots=True)
class WelcomeCode:
    """Lets the app greet a new customer: for 20 s, once."""

    code: str
    userid: str
    customer_id: str
    issued_at: datetime


@dataclass(slots=True)
class Card:
    """A template card that was sent: what the platform knows of it under its task id."""

    task_id: str
    msgid: str
    sent_at: datetime
    first_type: str
    updatable: bool
    #: userid → the chat entry that shows it.
    shown: dict[str, Message] = field(default_factory=dict)


@dataclass(slots=True)
class ResponseCode:
    """Lets the app change a card: for 72 h, once."""

    code: str
    task_id: str
    issued_at: datetime
    used: bool = False


@dataclass(slots=True)
class Sent:
    """One successful message/send, as message/recall can name it."""

    msgid: str
    at: datetime
    entries: list[tuple[str, Message]] = field(default_factory=list)


@dataclass(slots=True)
class Media:
    """A temporary file (临时素材); three days."""

    media_id: str
    type: str
    name: str
    content_type: str
    data: bytes = field(repr=False)
    created_at: datetime


@dataclass(slots=True)
class Chat:
    """A group chat that the app made (应用群聊); nobody sees it before its first message."""

    chatid: str
    name: str
    owner: str
    members: list[str]
    agent_id: int
    messages: list[Message] = field(default_factory=list)


@dataclass(slots=True)
class Token:
    """An access token; `forced_out` tokens answer 40014, old ones 42001."""

    value: str = field(repr=False)
    issued_at: datetime
    forced_out: bool = False
