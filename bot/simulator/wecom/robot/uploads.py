"""aibot_upload_media_…: a file goes up in pieces and becomes a media_id for three days.

A piece may come twice and in any order. Copies disagree on whether the first is 0 or 1; both are taken.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from datetime import timedelta

from bot.simulator.wecom import codes, shelf
from bot.simulator.wecom.call import number, text
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.robot import quotas
from bot.simulator.wecom.robot_model import Upload
from bot.simulator.wecom.world import World

_MOST_PIECE_BYTES = 512 * 1024
_MOST_PIECES = 100
_SESSION = timedelta(minutes=30)
_KINDS = frozenset({"image", "voice", "video", "file"})
_ID_LETTERS = 40
_TYPES = {"image": "image/png", "voice": "audio/amr", "video": "video/mp4"}


def begin(world: World, body: Json) -> Json:
    """Say what will come; gives the upload_id."""
    quotas.admit(world, "upload", quotas.UPLOADS)
    kind, size, count = (
        text(body, "type", required=True),
        number(body, "total_size"),
        number(body, "total_chunks"),
    )
    if kind not in _KINDS:
        raise RefusedError(codes.BAD_MEDIA_TYPE, kind)
    if not 0 < count <= _MOST_PIECES or not 0 < size <= count * _MOST_PIECE_BYTES:
        raise RefusedError(codes.MEDIA_TOO_LARGE, "at most 100 pieces of 512 KB")
    upload = Upload(
        world.mint("", _ID_LETTERS), kind, text(body, "filename", required=True), size, count,
        text(body, "md5").lower(), world.now(),
    )  # fmt: skip
    world.robot.uploads[upload.id] = upload
    return {"upload_id": upload.id}


def take_piece(world: World, body: Json) -> None:
    """Keep one piece; the same piece again changes nothing."""
    upload = _find(world, body)
    index = number(body, "chunk_index", -1)
    if not 0 <= index <= upload.count:
        raise RefusedError(codes.BAD_PARAMETER, "chunk_index")
    try:
        piece = base64.b64decode(text(body, "base64_data", required=True), validate=True)
    except (binascii.Error, ValueError):
        raise RefusedError(codes.BAD_PARAMETER, "base64_data") from None
    if len(piece) > _MOST_PIECE_BYTES:
        raise RefusedError(codes.MEDIA_TOO_LARGE, "512 KB a piece")
    upload.pieces[index] = piece


def finish(world: World, body: Json) -> Json:
    """Put the pieces together; size and md5 must be as announced."""
    upload = _find(world, body)
    data = _joined(upload)
    if len(data) != upload.size:
        raise RefusedError(codes.BAD_FILE_SIZE, "total_size")
    digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
    if upload.md5 and digest != upload.md5:
        raise RefusedError(codes.BAD_PARAMETER, "md5")
    content_type = _TYPES.get(upload.kind, "application/octet-stream")
    media = shelf.put(world, kind=upload.kind, name=upload.name, content_type=content_type, data=data)
    del world.robot.uploads[upload.id]
    return {"type": upload.kind, "media_id": media.media_id, "created_at": int(world.now().timestamp())}


def _find(world: World, body: Json) -> Upload:
    upload = world.robot.uploads.get(text(body, "upload_id", required=True))
    if upload is None or world.now() >= upload.at + _SESSION:
        raise RefusedError(codes.BAD_PARAMETER, "upload_id unknown or older than 30 min")
    return upload


def _joined(upload: Upload) -> bytes:
    first = min(upload.pieces, default=0)
    wanted = range(first, first + upload.count)
    if set(upload.pieces) != set(wanted):
        raise RefusedError(codes.BAD_PARAMETER, f"{len(upload.pieces)} of {upload.count} pieces are there")
    return b"".join(upload.pieces[index] for index in wanted)
