"""Files that people send to the robot: behind an address for five minutes, encrypted under their own key."""

from __future__ import annotations

import base64
from datetime import timedelta

from Crypto.Cipher import AES

from bot.simulator.wecom.model import Json
from bot.simulator.wecom.robot_model import Download
from bot.simulator.wecom.world import World

LIFETIME = timedelta(minutes=5)
_KEY_BYTES, _BLOCK, _ID_LETTERS = 32, 32, 40


def offer(world: World, *, name: str, content_type: str, data: bytes) -> Download:
    """Encrypt a file as the platform does: AES-256-CBC, the key's head as IV, padded to 32 bytes."""
    key = world.rng.randbytes(_KEY_BYTES)
    pad = _BLOCK - len(data) % _BLOCK
    sealed = AES.new(key, AES.MODE_CBC, iv=key[:16]).encrypt(data + bytes([pad]) * pad)
    written = base64.b64encode(key).decode()
    # Some keys come without their padding.
    written = written.rstrip("=") if world.rng.randrange(2) else written
    found = Download(world.mint("", _ID_LETTERS), name, content_type, sealed, world.now(), written, data)
    world.robot.downloads[found.id] = found
    return found


def part(world: World, download: Download) -> Json:
    """The address and the key, as a callback carries them."""
    return {"url": f"{world.base_url}/sim/robot/files/{download.id}", "aeskey": download.key}


def find(world: World, identity: str) -> Download | None:
    """The file behind an address, unless the address is too old."""
    found = world.robot.downloads.get(identity)
    return found if found is not None and world.now() < found.at + LIFETIME else None
