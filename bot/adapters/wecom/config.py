"""The settings of a self-built app, of a smart robot, or of both; a half-filled one does not start."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.kit.placeholder import is_placeholder
from bot.kit.wecom_box import decoded_key

PUBLIC_HOST = "https://qyapi.weixin.qq.com"
PUBLIC_BOT_HOST = "wss://openws.work.weixin.qq.com"
_PREFIX = "LEADBELL_WECOM__"
_TOKEN = re.compile(r"[A-Za-z0-9]{6,32}")
_HTTP = re.compile(r"https?://[^\s/]+\S*")
_WEBHOOK = re.compile(r"https?://[^\s/?#]+/cgi-bin/webhook/send\?key=[0-9A-Za-z_-]{8,128}")
_WEBHOOKS = "webhooks__"
_WS = re.compile(r"wss?://[^\s/]+\S*")


def _refuse(name: str, text: str) -> NoReturn:
    # The setting's own text is never repeated: it may be a secret.
    kind = "wecom_setting"
    raise PydanticCustomError(kind, "{message}", {"message": f"{_PREFIX}{name}{text}"})


def _robot_alone(info: ValidationInfo) -> bool:
    """Say whether there is a robot and, as far as was read, nothing of an app."""
    return bool(info.data.get("bot_id")) and not info.data.get("corp_id")


def _corp_id(value: str, info: ValidationInfo) -> str:
    if not value and _robot_alone(info):
        return value
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", value):
        _refuse("CORP_ID", " 没有填或格式不对：请填企业微信管理后台「我的企业」里的企业 ID（ww 开头）。")
    return value


def _agent_id(value: object, info: ValidationInfo) -> int:
    text = str(value).strip()
    if text in {"", "0"} and _robot_alone(info):
        return 0
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        _refuse("AGENT_ID", " 没有填或不是数字：请填自建应用详情页里的 AgentId。")
    return int(text)


def _secret(value: SecretStr, info: ValidationInfo) -> SecretStr:
    if not value.get_secret_value() and _robot_alone(info):
        return value
    if is_placeholder(value.get_secret_value()):
        _refuse("SECRET", " 没有填，或还是示例值：请填自建应用详情页里的 Secret。")
    return value


def _token(value: SecretStr, info: ValidationInfo) -> SecretStr:
    plain = value.get_secret_value()
    if not plain and _robot_alone(info):
        return value
    if is_placeholder(plain):
        _refuse(
            "TOKEN",
            " 没有填，或还是示例值：空的或人人知道的 Token 等于谁都能伪造回调。"
            "请在自建应用「接收消息」里随机生成一个，两边填一样。",
        )
    if not _TOKEN.fullmatch(plain):
        _refuse("TOKEN", " 格式不对：只能是 6 到 32 位英文字母和数字。")
    return value


def _aes_key(value: SecretStr, info: ValidationInfo) -> SecretStr:
    plain = value.get_secret_value()
    if not plain and _robot_alone(info):
        return value
    if is_placeholder(plain):
        _refuse(
            "AES_KEY", " 没有填，或还是示例值：请在自建应用「接收消息」里随机生成 EncodingAESKey 再填进来。"
        )
    try:
        decoded_key(plain)
    except ValueError:
        _refuse("AES_KEY", " 格式不对：EncodingAESKey 是 43 位英文字母和数字，末尾没有等号。")
    return value


def _api_base(value: str) -> str:
    if not _HTTP.fullmatch(value) or "?" in value or "#" in value:
        _refuse("API_BASE", f" 要以 http:// 或 https:// 开头；公有云不用填，默认是 {PUBLIC_HOST}。")
    return value.rstrip("/")


def _proxy(value: SecretStr) -> SecretStr:
    plain = value.get_secret_value()
    if plain and not _HTTP.fullmatch(plain):
        _refuse("PROXY", " 要以 http:// 或 https:// 开头，例如 http://10.0.0.1:3128。")
    return value


def _bot_url(value: str) -> str:
    if value and not _WS.fullmatch(value):
        _refuse("BOT_URL", f" 要以 ws:// 或 wss:// 开头；公有云不用填，默认是 {PUBLIC_BOT_HOST}。")
    return value or PUBLIC_BOT_HOST


def _bot_secret(value: SecretStr) -> SecretStr:
    plain = value.get_secret_value()
    if plain and is_placeholder(plain):
        _refuse("BOT_SECRET", " 还是示例值：请填智能机器人「长连接」方式下给出的 Secret。")
    return value


def _public_url(value: str) -> str:
    if value and not _HTTP.fullmatch(value):
        kind = "wecom_setting"
        msg = "LEADBELL_PUBLIC_URL 要以 http:// 或 https:// 开头，是别人能打开的地址。"
        raise PydanticCustomError(kind, msg)
    return value


def _with_webhooks(block: object) -> object:
    """Gather WEBHOOKS__<name> of the environment, which knows no lists."""
    if not isinstance(block, Mapping):
        return block
    named = {name: value for name, value in block.items() if str(name).startswith(_WEBHOOKS)}
    if not named:
        return block
    rest = {name: value for name, value in block.items() if name not in named}
    return {**rest, "webhooks": {name.removeprefix(_WEBHOOKS): value for name, value in named.items()}}


def _webhooks(value: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
    for name, address in value.items():
        if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
            _refuse(f"WEBHOOKS__{name.upper()}", " 的名字只能用 1 到 32 位英文字母、数字和下划线。")
        if not _WEBHOOK.fullmatch(address.get_secret_value()):
            _refuse(
                f"WEBHOOKS__{name.upper()}",
                " 要填群机器人（消息推送）的整个 Webhook 地址，"
                "形如 https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…。",
            )
    return value


_YES = frozenset({"1", "on", "t", "true", "y", "yes"})


def reaches(block: Mapping[str, str]) -> frozenset[str]:
    """The ways to customers that a block opens, by their keys in channels.yaml."""
    switches = {"customer_contact": "wecom", "customer_service": "wechat_service"}
    is_on = {name for name in switches if str(block.get(name, "")).strip().lower() in _YES}
    return frozenset(switches[name] for name in is_on)


class Config(BaseModel):
    """The block LEADBELL_WECOM__…: an app, a robot, or both."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    #: First, since without an app nothing of it is asked for.
    bot_id: str = ""
    bot_secret: Annotated[SecretStr, AfterValidator(_bot_secret)] = SecretStr("")
    bot_url: Annotated[str, AfterValidator(_bot_url)] = ""
    #: As it is called in the chat, where the name has blanks: what is said to it begins with its name.
    bot_name: str = ""
    corp_id: Annotated[str, AfterValidator(_corp_id)] = ""
    agent_id: Annotated[int, BeforeValidator(_agent_id)] = 0
    secret: Annotated[SecretStr, AfterValidator(_secret)] = SecretStr("")
    token: Annotated[SecretStr, AfterValidator(_token)] = SecretStr("")
    aes_key: Annotated[SecretStr, AfterValidator(_aes_key)] = SecretStr("")
    api_base: Annotated[str, AfterValidator(_api_base)] = PUBLIC_HOST
    #: May carry a user and a password, so it is kept like a secret.
    proxy: Annotated[SecretStr, AfterValidator(_proxy)] = SecretStr("")
    #: Where a card leads that has no address of its own.
    public_url: Annotated[str, AfterValidator(_public_url)] = Field(default="")

    #: Whether customers are greeted and written to over 客户联系: 欢迎语 and 企业群发.
    customer_contact: bool = False
    #: Whether 微信客服 is read and answered.
    customer_service: bool = False

    #: Robots that speak into one group each, by name; the key in the address is all that it takes.
    webhooks: Annotated[Mapping[str, SecretStr], AfterValidator(_webhooks)] = {}

    @model_validator(mode="before")
    @classmethod
    def _gather_webhooks(cls, block: object) -> object:
        return _with_webhooks(block)

    @model_validator(mode="after")
    def _robot_is_whole(self) -> Config:
        has_secret = bool(self.bot_secret.get_secret_value())
        if bool(self.bot_id) != has_secret:
            missing = "BOT_SECRET" if self.bot_id else "BOT_ID"
            _refuse(missing, " 没有填：智能机器人的 BOT_ID 和 BOT_SECRET 要么都填，要么都不填。")
        return self

    @model_validator(mode="after")
    def _app_is_whole(self) -> Config:
        secrets = (self.secret, self.token, self.aes_key)
        if not self.corp_id and (self.agent_id or any(one.get_secret_value() for one in secrets)):
            _refuse("CORP_ID", " 没有填：自建应用的几项要么都填，要么都不填（只用智能机器人）。")
        return self

    @model_validator(mode="after")
    def _reaches_by_app(self) -> Config:
        if not self.corp_id and (self.customer_contact or self.customer_service):
            name = "CUSTOMER_CONTACT" if self.customer_contact else "CUSTOMER_SERVICE"
            _refuse(name, " 要有自建应用才能打开：请先填 CORP_ID、AGENT_ID、SECRET、TOKEN、AES_KEY。")
        return self

    @property
    def has_app(self) -> bool:
        """Whether there is a self-built app."""
        return bool(self.corp_id)

    @property
    def has_robot(self) -> bool:
        """Whether there is a smart robot."""
        return bool(self.bot_id)
