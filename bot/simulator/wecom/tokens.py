"""Access tokens: one per app, the same one for two hours, sometimes dead before."""

from __future__ import annotations

from datetime import timedelta

from bot.simulator.wecom import codes
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Token
from bot.simulator.wecom.world import World

LIFETIME = timedelta(seconds=7200)
_LETTERS = 214


def issue(world: World) -> Token:
    """The app's token: repeated calls within its lifetime give the same one."""
    token = world.token
    if token is None or token.forced_out or world.now() >= token.issued_at + LIFETIME:
        token = world.token = Token(world.mint("", _LETTERS), world.now())
    return token


def check(world: World, value: str) -> None:
    """Refuse a missing (41001), foreign or forced-out (40014) or expired (42001) token."""
    if not value:
        raise RefusedError(codes.MISSING_TOKEN)
    token = world.token
    if token is None or token.value != value or token.forced_out:
        raise RefusedError(codes.BAD_TOKEN)
    if world.now() >= token.issued_at + LIFETIME:
        raise RefusedError(codes.TOKEN_EXPIRED)


def force_out(world: World) -> None:
    """Let the present token die early, as the platform may."""
    if world.token is not None:
        world.token.forced_out = True
