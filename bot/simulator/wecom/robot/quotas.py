"""How much the robot may say. Where two copies of the page disagree, the stricter number holds.

https://developer.work.weixin.qq.com/document/path/101463
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.simulator.common.limits import HOUR, MINUTE, Spans
from bot.simulator.wecom import codes
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.robot_model import Conversation
from bot.simulator.wecom.world import World

#: Tries to subscribe; the page calls this protected without a number, which is chosen here.
SUBSCRIBES: Spans = ((60, MINUTE),)
UPLOADS: Spans = ((30, MINUTE), (1000, HOUR))
_SAID: Spans = ((30, MINUTE), (1000, HOUR))
REPLIES, REPLY_WITHIN = 30, timedelta(hours=24)
PUSHES_A_DAY = 10
ANSWER_WITHIN = timedelta(seconds=5)
STREAM_LIFE = timedelta(minutes=6)
_ZONE = ZoneInfo("Asia/Shanghai")


def local_day(now: datetime) -> date:
    """The calendar day in China."""
    return now.astimezone(_ZONE).date()


def admit(world: World, key: str, spans: Spans) -> None:
    """Count one; over the limit is 45009."""
    if not world.limits.admit(f"robot:{key}", spans, now=world.now()):
        raise RefusedError(codes.FREQUENCY)


def count_reply(world: World, chat: Conversation) -> None:
    """One new message in answer to somebody; refreshing a stream is not one."""
    if not _has_replies(world, chat):
        raise RefusedError(codes.FREQUENCY, f"{REPLIES} replies in 24 h after each message of a user")
    admit(world, f"said:{chat.id}", _SAID)
    chat.replies += 1


def count_push(world: World, chat: Conversation) -> None:
    """One message of the robot's own accord: out of the replies while some are left, then ten a day."""
    if _has_replies(world, chat):
        count_reply(world, chat)
        return
    today = local_day(world.now())
    if chat.pushed_on != today:
        chat.pushed_on, chat.pushes = today, 0
    if chat.pushes >= PUSHES_A_DAY:
        raise RefusedError(codes.FREQUENCY, f"{PUSHES_A_DAY} pushes a day")
    admit(world, f"said:{chat.id}", _SAID)
    chat.pushes += 1


def _has_replies(world: World, chat: Conversation) -> bool:
    fresh = chat.spoken_at is not None and world.now() < chat.spoken_at + REPLY_WITHIN
    return fresh and chat.replies < REPLIES
