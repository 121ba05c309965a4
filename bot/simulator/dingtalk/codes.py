"""The errors of both APIs, as this simulator gives them, and the refusal that carries one.

The new API answers with a status and `{"code","requestid","message"}`, the old one with 200 and an
errcode; behind /topapi the gateway's own errors come wrapped as 88 with a sub code.
https://open.dingtalk.com/document/development/server-api-error-codes-1
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from bot.errors import BotError

_DENIED = "Forbidden.AccessDenied."


@dataclass(frozen=True, slots=True)
class Code:
    """One error in both shapes; `at_gateway` errors come wrapped behind /topapi."""

    new: str
    status: int
    old: int
    text: str
    at_gateway: bool = False


def _bad(new: str, old: int = 40035, text: str = "") -> Code:
    return Code(new, HTTPStatus.BAD_REQUEST, old, text or new)


BAD_TOKEN = Code("InvalidAuthentication", 400, 40014, "不合法的access_token", at_gateway=True)
TOKEN_EXPIRED = Code("InvalidAuthentication", 400, 42001, "access_token已过期", at_gateway=True)
BAD_SECRET = Code("invalidClientIdOrSecret", 400, 40089, "无效的clientId或者clientSecret")
AUTH_FAILED = Code("authFailed", 401, 40089, "鉴权失败")
NO_SCOPE = Code(_DENIED + "AccessTokenPermissionDenied", 403, 60011, "没有调用该接口的权限", at_gateway=True)
BAD_IP = Code(_DENIED + "IpNotInWhiteList", 403, 60020, "访问ip不在白名单之中", at_gateway=True)
QPS = Code(_DENIED + "QpsLimitForAppkeyAndApi", 403, 90018, "您的服务器调用钉钉接口过于频繁", at_gateway=True)
QPS_API = Code(_DENIED + "QpsLimitForApi", 403, 90002, "当前接口调用过于频繁，请稍后再试", at_gateway=True)
QUOTA = Code(_DENIED + "ApiCountLimitForOrg", 403, 90020, "企业本月接口调用次数已用完", at_gateway=True)
BUSY = Code("system.busy", 500, -1, "系统繁忙")
TOO_MANY = Code("systemBusy", 429, -1, "系统繁忙")
TIMEOUT = Code("ServiceUnavailable", 504, 15, "isp.top-remote-connection-timeout")
NO_API = Code("InvalidAction.NotFound", 404, 22, "Invalid method")
MISSING = _bad("MissingParameter", 40035, "缺少参数")
BAD_PARAMETER = _bad("InvalidParameter", 40035, "不合法的参数")

USERS_OVER = _bad("invalidParameter.userIds.overMax")
MSG_PARAM = _bad("invalidParameter.msgParam.invalid")
MSG_TOO_LONG = _bad("invalidParameter.msgParam.tooLong")
MSG_KEY = _bad("invalidParameter.msgKey.invalid")
NO_ROBOT = _bad("invalidParameter.robotCode.notExsit")
NO_STAFF = _bad("staffId.notExisted")
BAD_CONVERSATION = _bad("invalid.openConversationId")
DISBANDED = _bad("group.disbanded")
NOT_IN_GROUP = _bad("resource.not.found")
TOO_FAST = _bad("send.too.fast")

CARD_TEMPLATE_EMPTY = _bad("param.cardTemplateIdEmpty")
CARD_NO_TEMPLATE = _bad("param.templateNotExist")
CARD_UNPUBLISHED = _bad("param.templateUnpublished")
CARD_EXISTS = _bad("param.cardAlreadyExist")
CARD_NOT_EXIST = _bad("param.cardNotExist")
CARD_TRACK_EMPTY = _bad("param.outTrackIdEmpty")
CARD_SPACE = _bad("param.openSpaceIdInvalid")
CARD_MODEL_EMPTY = _bad("param.openDeliverModelEmpty")
CARD_MODEL = _bad("param.openDeliverModelError")
CARD_NO_USER = _bad("param.userIdNotExist")
CARD_DATA = _bad("param.cardDataInvalid")
CARD_NOTHING = _bad("param.cardDataAndPrivateDataBothEmpty")
CARD_UNSAFE = _bad("param.contentUnsafe")
CARD_STREAM_OFF = _bad("param.streamingNotEnabled")
CARD_STREAM_KEY = _bad("param.streamingKeyInvalid")
CARD_TOO_LARGE = _bad("param.contentTooLarge", text="content is too large")
ROUTE_EXISTS = Code("param.callbackRouteKeyExist", 500, -1, "param.callbackRouteKeyExist")
ROUTE_UNKNOWN = _bad("param.callbackRouteKeyNotExist")

TASK_EXISTS = _bad("todo.taskCreate.paramError", text="task exist")
TASK_BAD = _bad("todo.taskCreate.paramError")
TASK_UNKNOWN = _bad("todo.taskNotExist", text="task not exist")
NO_UNION = _bad("todo.userNotExist", text="user not exist")

BAD_USERID = _bad("invalidUserId", 33012, "无效的USERID")
NO_USER = _bad("userNotFound", 60121, "找不到该用户")
BAD_MOBILE = _bad("invalidMobile", 40104, "不合法的手机号")
NO_DEPARTMENT = _bad("departmentNotFound", 60003, "部门不存在")
NO_MEDIA = _bad("invalidMedia", 40004, "不合法的媒体文件类型")
MEDIA_SIZE = _bad("invalidMediaSize", 40006, "不合法的文件大小")
NO_DOWNLOAD = _bad("invalidParameter.downloadCode.invalid")
NO_TASK = _bad("taskNotFound", 33007, "任务不存在")

SESSION_GONE = _bad("session", 300001, "session 不存在")
ROBOT_TOKEN = _bad("token", 300001, "token is not exist")
ROBOT_SIGN = _bad("sign", 310000, "sign not match")
ROBOT_STAMP = _bad("timestamp", 310000, "invalid timestamp")
ROBOT_KEYWORD = _bad("keywords", 310000, "keywords not in content")
ROBOT_FAST = _bad("fast", 410100, "发送速度太快而限流")
ROBOT_TYPE = _bad("msgtype", 400101, "不支持的消息类型")
ROBOT_EMPTY = _bad("content", 400102, "消息内容为空")
ROBOT_LONG = _bad("long", 460101, "message too long, exceed 20000 bytes")


class RefusedError(BotError):
    """The platform does not do what a call asks."""

    def __init__(self, code: Code, what: str = "") -> None:
        super().__init__(f"{code.new} {what}".rstrip())
        self.code = code
        self.what = what
