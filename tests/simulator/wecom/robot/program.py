"""The robot's program, as little of it as a test needs: frames out, acknowledgements and callbacks in."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque

WITHIN = 10.0


class Program:
    """One connection."""

    def __init__(self, ws, secrets):
        self.ws = ws
        self._secrets = secrets
        self._numbers = itertools.count(1)
        self.callbacks = deque()
        self._acks = {}

    async def send(self, cmd, body=None, req_id=None):
        """Send a frame and wait for its acknowledgement."""
        return await self.acked(await self.throw(cmd, body, req_id))

    async def throw(self, cmd, body=None, req_id=None):
        """Send a frame; its req_id."""
        req_id = req_id or f"{cmd}_{next(self._numbers)}"
        frame = {"cmd": cmd, "headers": {"req_id": req_id}} | ({} if body is None else {"body": body})
        await self.ws.send_json(frame)
        return req_id

    async def acked(self, req_id):
        while not self._acks.get(req_id):
            await self._read()
        return self._acks[req_id].popleft()

    async def heard(self):
        """The next callback."""
        while not self.callbacks:
            await self._read()
        return self.callbacks.popleft()

    async def subscribe(self, **changes):
        body = {"bot_id": self._secrets.bot_id, "secret": self._secrets.bot_secret} | changes
        return await self.send("aibot_subscribe", body)

    async def closed(self):
        """Read until the connection ends."""
        while not self.ws.closed:
            async with asyncio.timeout(WITHIN):
                message = await self.ws.receive()
            if message.type.name in {"CLOSE", "CLOSING", "CLOSED", "ERROR"}:
                return
            self._sort(message.json())

    async def answer(self, callback, cmd="aibot_respond_msg", **body):
        return await self.send(cmd, body, callback["headers"]["req_id"])

    async def stream(self, callback, content, *, finish=False, id="s1", **more):
        stream = {"id": id, "content": content, "finish": finish} | more
        return await self.answer(callback, msgtype="stream", stream=stream)

    async def push(self, chatid, **body):
        body = {"msgtype": "markdown", "markdown": {"content": "早"}} | body
        return await self.send("aibot_send_msg", {"chatid": chatid} | body)

    async def flip(self, callback, card, **more):
        return await self.answer(
            callback,
            "aibot_respond_update_msg",
            response_type="update_template_card",
            template_card=card,
            **more,
        )

    async def _read(self):
        async with asyncio.timeout(WITHIN):
            self._sort(await self.ws.receive_json())

    def _sort(self, frame):
        if "cmd" in frame:
            self.callbacks.append(frame)
        else:
            self._acks.setdefault(frame["headers"]["req_id"], deque()).append(frame)
