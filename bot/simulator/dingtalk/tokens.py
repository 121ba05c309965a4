"""Access tokens: one per app, 7200 s, asked for in three ways.

https://open.dingtalk.com/document/development/obtain-the-access-token-of-an-internal-app
"""

from __future__ import annotations

import hmac
from datetime import timedelta

from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.model import Token
from bot.simulator.dingtalk.world import World

LIFETIME = timedelta(seconds=7200)
SECONDS = int(LIFETIME.total_seconds())
_LETTERS = 32


def same_secret(world: World, client_id: object, secret: object) -> bool:
    """Whether these are the app's own."""
    right = hmac.compare_digest(str(secret).encode(), world.app.client_secret.encode())
    return bool(world.app.client_id) and str(client_id) == world.app.client_id and right


def issue(world: World, client_id: object, secret: object) -> Token:
    """The app's token; within its life the same one, its life begun anew."""
    if not same_secret(world, client_id, secret):
        raise RefusedError(codes.BAD_SECRET)
    old = world.token
    if old is not None and not old.forced_out and world.now() < old.issued_at + LIFETIME:
        old.issued_at = world.now()
        return old
    world.token = Token(world.mint("", _LETTERS).lower(), world.now())
    return world.token


def check(world: World, value: str) -> None:
    """Refuse a token that is not the app's, or no longer."""
    token = world.token
    if token is None or not hmac.compare_digest(value.encode(), token.value.encode()) or token.forced_out:
        raise RefusedError(codes.BAD_TOKEN)
    if world.now() >= token.issued_at + LIFETIME:
        raise RefusedError(codes.TOKEN_EXPIRED)


def force_out(world: World) -> None:
    """End the present token before its time."""
    if world.token is not None:
        world.token.forced_out = True
