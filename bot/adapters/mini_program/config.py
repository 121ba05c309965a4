"""LEADBELL_MINI_PROGRAM__…: what sends, and the address that messages are pushed to."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from bot.kit.wecom_box import decoded_key
from bot.reach.weixin import BASE


class Config(BaseModel):
    """As the mini-program's console shows them under 开发设置 and 消息推送."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    app_id: Annotated[str, Field(pattern=r"^wx[0-9a-zA-Z]{1,40}$")]
    app_secret: Annotated[SecretStr, Field(min_length=1)]
    token: Annotated[SecretStr, Field(min_length=1)]
    #: EncodingAESKey; pushes must come in 安全模式.
    aes_key: SecretStr
    #: Which edition a tapped message opens.
    state: Literal["formal", "trial", "developer"] = "formal"
    api_base: Annotated[str, Field(pattern=r"^https?://[^\s/]+(/[\w.-]+)*$")] = BASE

    @field_validator("aes_key")
    @classmethod
    def _shaped(cls, value: SecretStr) -> SecretStr:
        try:
            decoded_key(value.get_secret_value())
        except ValueError as exc:
            msg = "应为 43 位字母和数字，从小程序后台复制"
            raise ValueError(msg) from exc
        return value
