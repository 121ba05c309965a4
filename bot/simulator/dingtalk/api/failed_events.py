"""Events that nobody took: they can be asked for once.

https://open.dingtalk.com/document/development/obtain-the-event-list-of-failed-push-messages
"""

from __future__ import annotations

from bot.simulator.dingtalk.call import Call, Endpoint
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.world import World

_MOST = 200


def failed(world: World, _call: Call) -> Json:
    """The oldest 200 at the most; reading takes them away."""
    page, world.failed_events = world.failed_events[:_MOST], world.failed_events[_MOST:]
    return {"errcode": 0, "errmsg": "ok", "has_more": bool(world.failed_events), "failed_list": page}


ENDPOINTS = (Endpoint("GET", "/call_back/get_call_back_failed_result", failed, old=True, paid=False),)
