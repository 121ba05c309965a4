"""Temporary files: what may be uploaded, and for how long it is kept.

https://developer.work.weixin.qq.com/document/path/90253
"""

from __future__ import annotations

from datetime import timedelta

from bot.simulator.wecom import codes
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Media
from bot.simulator.wecom.world import World

LIFETIME = timedelta(days=3)
_LEAST_BYTES = 5
_MIB = 1 << 20
#: The page says 10 MB for images, the error's own text 5 MB; the stricter holds here.
_MOST_BYTES = {"image": 5 * _MIB, "voice": 2 * _MIB, "video": 10 * _MIB, "file": 20 * _MIB}
_TOO_LARGE = {"image": codes.BAD_IMAGE_SIZE}
_LETTERS = 60


def put(world: World, *, kind: str, name: str, content_type: str, data: bytes) -> Media:
    """Keep a file for three days."""
    if kind not in _MOST_BYTES:
        raise RefusedError(codes.BAD_MEDIA_TYPE, kind)
    if len(data) <= _LEAST_BYTES:
        raise RefusedError(codes.BAD_FILE_SIZE, f"more than {_LEAST_BYTES} bytes")
    if len(data) > _MOST_BYTES[kind]:
        raise RefusedError(_TOO_LARGE.get(kind, codes.MEDIA_TOO_LARGE))
    media = Media(world.mint("3", _LETTERS), kind, name, content_type, data, world.now())
    world.media[media.media_id] = media
    return media


def find(world: World, media_id: str) -> Media:
    """The file, unless it is unknown or too old (40007)."""
    media = world.media.get(media_id)
    if media is None or world.now() >= media.created_at + LIFETIME:
        raise RefusedError(codes.BAD_MEDIA_ID)
    return media


def link(world: World, media: Media) -> str:
    """Where the page, or a receiver of a picture, loads it from."""
    return f"{world.base_url}/sim/media/{media.media_id}"
