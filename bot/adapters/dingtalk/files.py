"""Files that people send to the robot: a code gives an address, the address the file.

https://open.dingtalk.com/document/development/download-the-file-content-of-the-robot-receiving-message
"""

from __future__ import annotations

from bot.adapters.dingtalk import codes
from bot.adapters.dingtalk.client import Client

_PATH = "/v1.0/robot/messageFiles/download"


async def fetch(client: Client, robot_code: str, code: str, *, most: int) -> bytes:
    """Give at most so many bytes; PlatformRejectedError if they cannot be had."""
    answer = await client.ask("POST", _PATH, {"downloadCode": code, "robotCode": robot_code})
    address = answer.get("downloadUrl")
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        codes.refuse("media", "the answer holds no address")
    return await client.fetch(str(address), most)
