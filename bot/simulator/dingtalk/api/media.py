"""Uploading files; they do not expire.

https://open.dingtalk.com/document/development/upload-media-files
"""

from __future__ import annotations

from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.call import Call, Endpoint
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.model import Json, Media
from bot.simulator.dingtalk.world import World

_MIB = 1 << 20
_MOST_BYTES = {"image": 20 * _MIB, "voice": 2 * _MIB, "video": 20 * _MIB, "file": 20 * _MIB}
_ENDINGS = {
    "image": {"jpg", "jpeg", "gif", "png", "bmp"},
    "voice": {"amr", "mp3", "wav"},
    "video": {"mp4"},
}
_LETTERS = 24


def upload(world: World, call: Call) -> Json:
    """POST /media/upload with the parts type and media."""
    kind = str(call.body.get("type") or call.query.get("type") or "")
    if call.upload is None or kind not in _MOST_BYTES:
        raise RefusedError(codes.NO_MEDIA, kind)
    ending = call.upload.name.rpartition(".")[2].lower()
    if ending not in _ENDINGS.get(kind, {ending}):
        raise RefusedError(codes.NO_MEDIA, ending)
    if not 0 < len(call.upload.data) <= _MOST_BYTES[kind]:
        raise RefusedError(codes.MEDIA_SIZE)
    media = keep(world, kind, call.upload.name, call.upload.content_type, call.upload.data)
    stamp = world.stamp()
    return {"errcode": 0, "errmsg": "ok", "type": kind, "media_id": media.media_id, "created_at": stamp}


def keep(world: World, kind: str, name: str, content_type: str, data: bytes) -> Media:
    """Keep a file."""
    media = Media(world.mint("@lAD", _LETTERS), kind, name, content_type, data)
    world.media[media.media_id] = media
    return media


ENDPOINTS = (Endpoint("POST", "/media/upload", upload, old=True),)
