"""What the long connection's codes mean for us, besides those that the app's calls have too."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from bot.adapters.wecom import codes
from bot.errors import PlatformBusyError, PlatformError, PlatformRejectedError

#: The id is not one to be answered so, or too old.
BAD_REQ_ID: Final = 846605
STREAM_EXPIRED: Final = 846608
#: How soon to come again when nothing was done.
AGAIN: Final = timedelta(seconds=2)
#: Everything is refused until we connect and subscribe anew, although the connection stands.
NOT_SUBSCRIBED: Final = 846609
#: Another frame of this id is under way.
CONCURRENT: Final = 6000
#: Only a message of its own can still be shown.
ANSWER_OVER: Final = frozenset({BAD_REQ_ID, STREAM_EXPIRED})
#: Not the credentials' fault.
PASSING: Final = frozenset({-1, CONCURRENT, codes.TOO_OFTEN, 45033})

_CURES = {
    93006: "对方（或这个群）还没有给机器人发过消息：先在那里给机器人说一句话，它才能主动发",
    93001: "机器人不在这个会话里：请把它加进群，再 @它 说一句话",
    93008: "机器人不在这个群里：请把它加进群，再 @它 说一句话",
}


def error_of(code: int, text: str) -> PlatformError:
    """Give the exception for a code that is not zero."""
    if code == NOT_SUBSCRIBED:
        return PlatformBusyError(codes.PLATFORM, AGAIN, f"({code}: {text})")
    cure = _CURES.get(code)
    if cure is not None:
        return PlatformRejectedError(codes.PLATFORM, code, f"{text}（{cure}）")
    return codes.error_of(code, text, signing_in=True)
