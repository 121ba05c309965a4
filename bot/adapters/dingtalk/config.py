"""The settings of an internal app with a robot; a half-filled one does not start."""

from __future__ import annotations

import re
from typing import Annotated, Literal, NoReturn

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SecretStr,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from bot.kit.dingtalk_box import decoded_key
from bot.kit.placeholder import is_placeholder

PUBLIC_API = "https://api.dingtalk.com"
PUBLIC_OAPI = "https://oapi.dingtalk.com"
_PREFIX = "LEADBELL_DINGTALK__"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TOKEN = re.compile(r"[A-Za-z0-9]{3,32}")
_TEMPLATE = re.compile(r"[A-Za-z0-9-]{1,64}(?:\.schema)?")
#: What the largest edition takes.
_CALLS_MOST = 60
_HTTP = re.compile(r"https?://[^\s/]+\S*")


def _refuse(name: str, text: str) -> NoReturn:
    # The setting's own text is never repeated: it may be a secret.
    kind = "dingtalk_setting"
    raise PydanticCustomError(kind, "{message}", {"message": f"{_PREFIX}{name}{text}"})


def _client_id(value: str) -> str:
    if is_placeholder(value) or not _ID.fullmatch(value):
        _refuse("CLIENT_ID", " 没有填或格式不对：请填应用「凭证与基础信息」里的 Client ID（原 AppKey）。")
    return value


def _client_secret(value: SecretStr) -> SecretStr:
    if is_placeholder(value.get_secret_value()):
        _refuse(
            "CLIENT_SECRET",
            " 没有填，或还是示例值：请填应用「凭证与基础信息」里的 Client Secret（原 AppSecret）。"
            "空的或人人知道的密钥等于谁都能伪造回调。",
        )
    return value


def _plain_id(value: str, info: ValidationInfo) -> str:
    if value and not _ID.fullmatch(value):
        _refuse(str(info.field_name).upper(), " 格式不对：只能是英文字母、数字、下划线和短横线。")
    return value


def _agent_id(value: object) -> int:
    text = str(value).strip()
    if text in {"", "0"}:
        return 0
    if not (text.isascii() and text.isdigit()):
        _refuse("AGENT_ID", " 不是数字：请填应用「凭证与基础信息」里的 AgentId；不发工作通知可以不填。")
    return int(text)


def _calls(value: object) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _CALLS_MOST):
        _refuse(
            "CALLS_PER_SECOND",
            f" 要是 1 到 {_CALLS_MOST} 的整数：同一个接口每秒最多调用几次，标准版是 20。",
        )
    return int(text)


def _token(value: SecretStr) -> SecretStr:
    plain = value.get_secret_value()
    if plain and (is_placeholder(plain) or not _TOKEN.fullmatch(plain)):
        _refuse("EVENT_TOKEN", " 还是示例值，或格式不对：请填事件订阅里的签名 token，3 到 32 位字母和数字。")
    return value


def _aes_key(value: SecretStr) -> SecretStr:
    plain = value.get_secret_value()
    if not plain:
        return value
    if is_placeholder(plain):
        _refuse("EVENT_AES_KEY", " 还是示例值：请在事件订阅里随机生成加密 aes_key 再填进来。")
    try:
        decoded_key(plain)
    except ValueError:
        _refuse("EVENT_AES_KEY", " 格式不对：加密 aes_key 是 43 位英文字母和数字，末尾没有等号。")
    return value


def _template(value: str) -> str:
    if value and not _TEMPLATE.fullmatch(value):
        _refuse(
            "CARD_TEMPLATE_ID",
            " 格式不对：请填卡片平台里的模板 ID（以 .schema 结尾），见 docs/dingtalk-card.md。",
        )
    return value if not value or value.endswith(".schema") else f"{value}.schema"


def _base(value: str, info: ValidationInfo) -> str:
    if not _HTTP.fullmatch(value) or "?" in value or "#" in value:
        _refuse(str(info.field_name).upper(), " 要以 http:// 或 https:// 开头；公有云不用填。")
    return value.rstrip("/")


def _public_url(value: str) -> str:
    if value and not _HTTP.fullmatch(value):
        msg = "LEADBELL_PUBLIC_URL 要以 http:// 或 https:// 开头，是别人能打开的地址。"
        kind = "dingtalk_setting"
        raise PydanticCustomError(kind, msg)
    return value


class Config(BaseModel):
    """The block LEADBELL_DINGTALK__…"""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        validate_default=True,
        hide_input_in_errors=True,
        str_strip_whitespace=True,
    )

    client_id: Annotated[str, AfterValidator(_client_id)] = ""
    client_secret: Annotated[SecretStr, AfterValidator(_client_secret)] = SecretStr("")
    #: The robot of an internal app bears the app's own id.
    robot_code: Annotated[str, AfterValidator(_plain_id)] = ""
    #: Needed for work notices, nothing else.
    agent_id: Annotated[int, BeforeValidator(_agent_id)] = 0
    #: Checked against what comes in, if it is set.
    corp_id: Annotated[str, AfterValidator(_plain_id)] = ""
    mode: Literal["stream", "http"] = "stream"
    event_token: Annotated[SecretStr, AfterValidator(_token)] = SecretStr("")
    event_aes_key: Annotated[SecretStr, AfterValidator(_aes_key)] = SecretStr("")
    card_template_id: Annotated[str, AfterValidator(_template)] = ""
    #: Of each API; what the standard edition takes.
    calls_per_second: Annotated[int, BeforeValidator(_calls)] = 20
    api_base: Annotated[str, AfterValidator(_base)] = PUBLIC_API
    oapi_base: Annotated[str, AfterValidator(_base)] = PUBLIC_OAPI
    #: Where a button leads that can only be a link.
    public_url: Annotated[str, AfterValidator(_public_url)] = ""

    @model_validator(mode="after")
    def _events_are_whole(self) -> Config:
        has_token = bool(self.event_token.get_secret_value())
        has_key = bool(self.event_aes_key.get_secret_value())
        if has_token is not has_key:
            missing = "EVENT_AES_KEY" if has_token else "EVENT_TOKEN"
            _refuse(missing, " 没有填：事件订阅的 EVENT_TOKEN 和 EVENT_AES_KEY 要么都填，要么都不填。")
        if self.mode == "http" and not has_token:
            _refuse(
                "EVENT_TOKEN",
                " 没有填：HTTP 模式要填事件订阅的 EVENT_TOKEN 和 EVENT_AES_KEY，或改用 stream 模式。",
            )
        if self.mode == "http" and self.card_template_id and not self.public_url:
            _refuse("MODE", " 是 http，所以要填 LEADBELL_PUBLIC_URL：卡片回调要有一个钉钉打得开的地址。")
        return self

    @property
    def robot(self) -> str:
        """The robot's code."""
        return self.robot_code or self.client_id

    @property
    def has_template(self) -> bool:
        """Whether cards are interactive; otherwise their buttons are links."""
        return bool(self.card_template_id)
