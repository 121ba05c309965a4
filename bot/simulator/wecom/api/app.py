"""gettoken, agent/get, the platform's own addresses, and temporary files."""

from __future__ import annotations

import hmac

from bot.simulator.wecom import codes, shelf, tokens
from bot.simulator.wecom.call import Call, Endpoint, File, agent_id, ok
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.model import Json
from bot.simulator.wecom.world import World

_OWN_IP = "127.0.0.1"


def gettoken(world: World, call: Call) -> Json:
    """The app's access token; the same one for two hours."""
    corp_id, secret = call.query.get("corpid", ""), call.query.get("corpsecret", "")
    if not corp_id:
        raise RefusedError(codes.MISSING_CORP_ID)
    if not secret:
        raise RefusedError(codes.MISSING_SECRET)
    if corp_id != world.app.corp_id:
        raise RefusedError(codes.BAD_CORP_ID)
    if not hmac.compare_digest(secret.encode(), world.app.secret.encode()):
        raise RefusedError(codes.BAD_SECRET)
    token = tokens.issue(world)
    return ok(access_token=token.value, expires_in=int(tokens.LIFETIME.total_seconds()))


def agent_get(world: World, call: Call) -> Json:
    """The app itself."""
    app = world.app
    return ok(
        agentid=agent_id(world, call, in_query=True),
        name=app.name,
        square_logo_url="",
        description="",
        allow_userinfos={"user": [{"userid": userid} for userid in app.visible_users]},
        allow_partys={"partyid": app.visible_departments},
        allow_tags={"tagid": []},
        close=0,
        redirect_domain="",
        report_location_flag=0,
        isreportenter=1,
        home_url="",
        customized_publish_status=1,
    )


def own_addresses(_world: World, _call: Call) -> Json:
    """Where the platform is reached, and where its callbacks come from."""
    return ok(ip_list=[_OWN_IP])


def media_upload(world: World, call: Call) -> Json:
    """Keep a file for three days."""
    upload = call.upload
    if upload is None or upload.part != "media":
        raise RefusedError(codes.MISSING_MEDIA)
    kind = call.query.get("type", "")
    media = shelf.put(world, kind=kind, name=upload.name, content_type=upload.content_type, data=upload.data)
    stamp = str(int(media.created_at.timestamp()))
    return ok(type=media.type, media_id=media.media_id, created_at=stamp)


def media_get(world: World, call: Call) -> File:
    """Give the file back."""
    media = shelf.find(world, call.query.get("media_id", ""))
    return File(media.name, media.content_type, media.data)


ENDPOINTS = (
    Endpoint("GET", "gettoken", gettoken, needs_token=False),
    Endpoint("GET", "agent/get", agent_get),
    Endpoint("GET", "get_api_domain_ip", own_addresses),
    Endpoint("GET", "getcallbackip", own_addresses),
    Endpoint("POST", "media/upload", media_upload),
    Endpoint("GET", "media/get", media_get),
)
