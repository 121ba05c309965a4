"""The things a simulated DingTalk holds. They change as people and programs act on them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeAlias

#: JSON as the wire carries it: its shape is the sender's, so it is checked where it is read.
Json: TypeAlias = dict[str, Any]

ROOT_DEPARTMENT = 1
STREAM, HTTP = "stream", "http"


@dataclass(slots=True)
class Department:
    """A department (部门)."""

    id: int
    name: str
    parent_id: int


@dataclass(slots=True)
class Entry:
    """One entry of a chat: of a person with the robot, or of a group."""

    id: str
    at: datetime
    #: `app`, `system`, or the user id of who wrote it.
    sender: str
    kind: str
    text: str = ""
    body: Json = field(default_factory=dict)
    out_track_id: str = ""
    #: `ready`, `loading` or `failed`, by user id: who waits for the answer to a tap.
    states: dict[str, str] = field(default_factory=dict)
    #: The robot message's processQueryKey, with which it can be recalled.
    query_key: str = ""


@dataclass(slots=True)
class Todo:
    """A to-do (待办) of some people; `done` holds the union ids of those who are through."""

    id: str
    source_id: str
    subject: str
    creator: str
    executors: list[str]
    url: str
    due: datetime | None = None
    description: str = ""
    finished: bool = False
    done: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Person:
    """A member (成员); `unionid` names him in the to-do list, `userid` everywhere else."""

    userid: str
    unionid: str
    name: str
    departments: list[int]
    title: str = ""
    mobile: str = field(default="", repr=False)
    role: str = "rep"
    leads: list[int] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Group:
    """A group chat with the robot in it; its id is conversationId and openConversationId alike."""

    id: str
    title: str
    members: list[str]
    entries: list[Entry] = field(default_factory=list)
    disbanded: bool = False
    has_robot: bool = True


@dataclass(slots=True)
class App:
    """The internal app with its robot; `robot_code` is the client id, as it is with internal ones."""

    corp_id: str
    agent_id: int
    name: str
    client_id: str
    client_secret: str = field(repr=False)
    event_token: str = field(default="", repr=False)
    event_aes_key: str = field(default="", repr=False)
    mode: str = STREAM
    #: Of HTTP mode.
    robot_url: str = ""
    event_url: str = ""
    #: callbackRouteKey → (address, secret).
    card_routes: dict[str, tuple[str, str]] = field(default_factory=dict, repr=False)
    #: None: any address may call.
    ip_whitelist: set[str] | None = None
    #: Robot messages carry senderStaffId only once the robot is published.
    published: bool = True
    #: With it the address book tells mobiles.
    may_read_mobiles: bool = True

    @property
    def robot_code(self) -> str:
        """The robot's code."""
        return self.client_id


@dataclass(slots=True)
class Card:
    """An interactive card: its public data, and what some see beside or instead of it."""

    out_track_id: str
    template: str
    callback_type: str
    route_key: str
    user_id_type: int
    data: dict[str, str]
    private: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Space → the entry that shows it there.
    shown: dict[str, Entry] = field(default_factory=dict)
    #: While a streamed variable is being written.
    streaming: bool = False
    guids: set[str] = field(default_factory=set)

    def seen_by(self, userid: str) -> dict[str, str]:
        """The data as one person sees it: his own values win."""
        return self.data | self.private.get(userid, {})


@dataclass(slots=True)
class Media:
    """An uploaded file; it does not expire."""

    media_id: str
    type: str
    name: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(slots=True)
class Session:
    """A sessionWebhook: answers into one chat until it expires."""

    id: str
    userid: str
    group_id: str
    expires_at: datetime


@dataclass(slots=True)
class GroupRobot:
    """A custom robot of a group (群自定义机器人), with its SEC… secret."""

    token: str = field(repr=False)
    secret: str = field(repr=False)
    group_id: str
    keyword: str = ""
    seen: set[str] = field(default_factory=set)
    banned_until: datetime | None = None


@dataclass(slots=True)
class Notice:
    """A work notice (工作通知) that was taken; what became of it is asked for later."""

    task_id: int
    at: datetime
    sent: list[str] = field(default_factory=list)
    invalid: list[str] = field(default_factory=list)
    forbidden: list[Json] = field(default_factory=list)
    read: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Sent:
    """A robot message, as recall and readStatus name it."""

    key: str
    at: datetime
    group_id: str
    entries: dict[str, Entry] = field(default_factory=dict)
    recalled: bool = False


@dataclass(slots=True)
class Token:
    """An access token; asking again while it lives gives the same one and lengthens its life."""

    value: str = field(repr=False)
    issued_at: datetime
    forced_out: bool = False
