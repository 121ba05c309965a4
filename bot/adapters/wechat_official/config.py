"""LEADBELL_WECHAT__<account>__…: the callback of one official account, and what it sends with."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from bot.kit.wecom_box import decoded_key
from bot.reach.weixin import BASE


class Config(BaseModel):
    """The settings of one account, as its console shows them under 服务器配置."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: Annotated[str, Field(pattern=r"^wx[0-9a-zA-Z]{1,40}$")]
    token: SecretStr
    #: EncodingAESKey; the account must be in 安全模式.
    aes_key: SecretStr
    #: AppSecret; without it the account only listens.
    app_secret: SecretStr = SecretStr("")
    api_base: Annotated[str, Field(pattern=r"^https?://[^\s/]+(/[\w.-]+)*$")] = BASE

    @field_validator("token")
    @classmethod
    def _given(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            msg = "不能为空，空的 Token 谁都能冒充"
            raise ValueError(msg)
        return value

    @field_validator("aes_key")
    @classmethod
    def _shaped(cls, value: SecretStr) -> SecretStr:
        try:
            decoded_key(value.get_secret_value())
        except ValueError as exc:
            msg = "应为 43 位字母和数字，从公众号后台复制"
            raise ValueError(msg) from exc
        return value
