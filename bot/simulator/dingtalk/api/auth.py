"""Tokens, in the three ways of asking for them."""

from __future__ import annotations

from bot.simulator.dingtalk import codes, tokens
from bot.simulator.dingtalk.call import Call, Endpoint, text
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.world import World


def new(world: World, call: Call) -> Json:
    """POST /v1.0/oauth2/accessToken."""
    if not call.body:
        raise RefusedError(codes.MISSING, "body is mandatory for this action")
    token = tokens.issue(world, text(call.body, "appKey"), text(call.body, "appSecret"))
    return {"accessToken": token.value, "expireIn": tokens.SECONDS}


def unified(world: World, call: Call) -> Json:
    """POST /v1.0/oauth2/{corpId}/token."""
    body = call.body
    if text(body, "grant_type") != "client_credentials" or call.path["corp_id"] != world.app.corp_id:
        raise RefusedError(codes.BAD_PARAMETER, "grant_type or corpId")
    token = tokens.issue(world, text(body, "client_id"), text(body, "client_secret"))
    return {"access_token": token.value, "expires_in": tokens.SECONDS}


def old(world: World, call: Call) -> Json:
    """GET /gettoken."""
    token = tokens.issue(world, call.query.get("appkey", ""), call.query.get("appsecret", ""))
    return {"errcode": 0, "errmsg": "ok", "access_token": token.value, "expires_in": tokens.SECONDS}


ENDPOINTS = (
    Endpoint("POST", "/v1.0/oauth2/accessToken", new, needs_token=False),
    Endpoint("POST", "/v1.0/oauth2/{corp_id}/token", unified, needs_token=False),
    Endpoint("GET", "/gettoken", old, old=True, needs_token=False),
)
