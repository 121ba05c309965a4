"""A robot made of our own adapter. It does the same few things as the robot in robot.mjs."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
import time

import aiohttp

from bot.adapters.wecom.adapter import build
from bot.adapters.wecom.config import Config
from bot.adapters.wecom.robot import connection, media
from bot.adapters.wecom.robot.robot import Robot
from bot.chat.adapter import Ending, Means
from bot.chat.card import Button, Card
from bot.chat.inbound import PRIVATE, Media, Message, Tap
from bot.chat.outbound import SendCard, SendPicture, SendText, UpdateCard
from bot.crm.commands import ClaimLead
from bot.errors import PlatformError
from bot.kit.clock import system_clock
from bot.kit.ids import system_random_bytes

PICTURE = b"LeadBell" * (700 * 128)


def say(event, **more):
    sys.stdout.write(json.dumps({"event": event} | more) + "\n")
    sys.stdout.flush()


def card(title):
    return Card(kind="lead", title=title, buttons=(Button("领取", ClaimLead("L1"), style="primary"),))


async def sleep(seconds):
    """The heartbeat comes as often as the other robot's."""
    await asyncio.sleep(0.15 if seconds == connection.HEARTBEAT_S else seconds)


class Host:
    """Carries out at once what the stream brings."""

    def __init__(self, adapter):
        self._adapter = adapter
        self._tasks = set()

    async def keep(self, accepted):
        task = asyncio.create_task(self._work(accepted))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def opened(self):
        say("subscribed")

    def count(self, name, reason):
        say("counted", name=name, reason=reason)

    def greeting(self):
        return "您好"

    async def _work(self, accepted):
        match self._adapter.decode(accepted.body):
            case Message() as heard:
                group = heard.chat != PRIVATE
                say(
                    "message", userid=heard.user_id, chat=bare(heard.chat) if group else None, text=heard.text
                )
                to = heard.chat if group else heard.user_id
                await self._reply(heard.text, to=to, group=group, reply_to=accepted.key)
            case Tap() as tap:
                say("click", userid=tap.user_id, key=tap.button, task_id=tap.card_key)
                taken = UpdateCard(
                    to=tap.chat, card=card(f"已被{tap.user_id}领取"), card_key=tap.card_key, buttons=("sealed",),
                    code=tap.update_code, answers=True,
                )  # fmt: skip
                await self._send("update", taken)
            case Media() as sent:
                async with aiohttp.ClientSession() as http:
                    data = await media.fetch(http, sent.media_id, sent.key)
                say("file", size=len(data), sha256=hashlib.sha256(data).hexdigest())

    async def _reply(self, text, **where):
        if "流" in text:
            await self._send("stream", SendText(text="查到 3 条。", **where))
        elif "卡片" in text:
            key = f"t-{where['reply_to'].removeprefix('robot:')}"
            await self._send(
                "card", SendCard(card=card("新线索"), card_key=key, buttons=("sealed",), **where)
            )
        elif "图" in text:
            await self._send("image", SendPicture(data=PICTURE, **where))
        elif "推" in text:
            await self._send("push", SendText(text="**喜报**", **where | {"reply_to": ""}))

    async def _send(self, what, outgoing):
        try:
            await self._adapter.send(outgoing)
        except PlatformError as exc:
            say("refused", what=what, message=str(exc))
        else:
            say("acked", what=what, errcode=0)


def bare(chat):
    return chat.removeprefix("robot:")


async def main():
    env = os.environ
    config = Config(bot_id=env["ROBOT_ID"], bot_secret=env["ROBOT_SECRET"], bot_url=env["ROBOT_URL"])
    means = Means(system_clock, time.monotonic, system_random_bytes)
    adapter = build(config, means)
    robot = adapter.streams()[0]
    assert isinstance(robot, Robot)
    robot._sleep = sleep
    host = Host(adapter)
    while (closed := await robot.run(host)).ending is Ending.DROPPED:
        say("disconnected", reason=closed.reason)
        await asyncio.sleep(0.05)
    say("kicked" if closed.ending is Ending.KICKED else "error", message=closed.reason)
    await asyncio.to_thread(sys.stdin.readline)


asyncio.run(main())
