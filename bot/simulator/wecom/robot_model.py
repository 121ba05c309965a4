"""The things that the simulated smart robot holds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from bot.simulator.wecom.model import Json

ROBOT, SYSTEM = "robot", "system"


@dataclass(slots=True)
class Post:
    """One entry of a chat with the robot; `sender` is a user id, ROBOT or SYSTEM."""

    id: str
    at: datetime
    sender: str
    kind: str
    text: str = ""
    card: Json | None = None
    task_id: str | None = None
    #: userid → the card as it was changed for him alone.
    own_cards: dict[str, Json] = field(default_factory=dict)
    #: userid → ready, loading or failed.
    states: dict[str, str] = field(default_factory=dict)
    stream_id: str | None = None
    finished: bool = True
    feedback_id: str = ""
    #: userid → 1 good, 2 bad.
    feedback: dict[str, int] = field(default_factory=dict)
    #: What it answers, in short.
    quote: str = ""

    def card_for(self, userid: str) -> Json | None:
        """The card as this person sees it."""
        return self.own_cards.get(userid, self.card)


@dataclass(slots=True)
class Conversation:
    """A chat in which the robot is: with one member (`id` is his), or a group of members."""

    id: str
    name: str
    members: list[str]
    is_group: bool
    posts: list[Post] = field(default_factory=list)
    #: When somebody last wrote to the robot here; before that it cannot write of its own accord.
    spoken_at: datetime | None = None
    #: Replies made since then.
    replies: int = 0
    #: Pushes beyond the replies, and the local day on which they were made.
    pushes: int = 0
    pushed_on: date | None = None

    @property
    def kind(self) -> str:
        """As the wire says it."""
        return "group" if self.is_group else "single"


@dataclass(slots=True)
class Interaction:
    """One callback that may be answered under its req_id."""

    req_id: str
    kind: str
    conversation: Conversation
    userid: str
    at: datetime
    #: The card that was tapped.
    post: Post | None = None
    streams: dict[str, Post] = field(default_factory=dict)
    #: A welcome or a change of a card was made: there is no second one.
    used: bool = False


@dataclass(slots=True)
class Upload:
    """A file on its way up, in pieces by their index."""

    id: str
    kind: str
    name: str
    size: int
    count: int
    md5: str
    at: datetime
    pieces: dict[int, bytes] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class Download:
    """A file that somebody sent: encrypted under a key of its own, to be had for five minutes."""

    id: str
    name: str
    content_type: str
    data: bytes = field(repr=False)
    at: datetime
    key: str = field(repr=False)
    #: What the page shows, for as long as the simulator runs.
    plain: bytes = field(repr=False, default=b"")


@dataclass(slots=True)
class Robot:
    """The one smart robot of the company, in long-connection mode."""

    bot_id: str = ""
    secret: str = field(default="", repr=False)
    name: str = "客铃"
    conversations: dict[str, Conversation] = field(default_factory=dict)
    #: task id → the chat and the entry that shows the card.
    cards: dict[str, tuple[Conversation, Post]] = field(default_factory=dict)
    interactions: dict[str, Interaction] = field(default_factory=dict)
    uploads: dict[str, Upload] = field(default_factory=dict)
    downloads: dict[str, Download] = field(default_factory=dict)
    #: userid → the local day on which he was told of to enter_chat.
    entered: dict[str, date] = field(default_factory=dict)
    #: Connections that were ever accepted; the page shows it.
    subscribed: int = 0
    online_since: datetime | None = None

    def with_member(self, userid: str) -> Conversation:
        """The chat of one member with the robot, made when first looked at."""
        found = self.conversations.get(userid)
        if found is None:
            found = self.conversations[userid] = Conversation(userid, self.name, [userid], is_group=False)
        return found

    def groups(self) -> list[Conversation]:
        """The groups in which the robot is."""
        return [one for one in self.conversations.values() if one.is_group]

    def rename(self, old: str, new: str) -> None:
        """A member has another id from now on."""
        for one in self.conversations.values():
            one.members = [new if member == old else member for member in one.members]
        if old in self.conversations:
            moved = self.conversations.pop(old)
            moved.id = new
            self.conversations[new] = moved
