"""LEADBELL_SMS__…: which provider sends, in whose name, and where it reports to."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

_SECRET = re.compile(r"[A-Za-z0-9_-]{16,128}")
_HOSTS = {"aliyun": "https://dysmsapi.aliyuncs.com", "tencent": "https://sms.tencentcloudapi.com"}


class Config(BaseModel):
    """The settings of SMS."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    provider: Literal["aliyun", "tencent"]
    #: AccessKey ID of 阿里云, SecretId of 腾讯云.
    key_id: Annotated[str, Field(min_length=1)]
    key_secret: SecretStr
    #: The signature as it was approved, without 【】.
    sign: Annotated[str, Field(min_length=1, max_length=30)]
    #: 腾讯云 only: SdkAppId and region.
    app_id: str = ""
    region: str = "ap-guangzhou"
    #: Ends the address to which receipts and replies are pushed; neither provider signs them.
    callback_secret: SecretStr
    #: Empty for the provider's own.
    api_base: str = ""

    @field_validator("key_secret")
    @classmethod
    def _given(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            msg = "不能为空"
            raise ValueError(msg)
        return value

    @field_validator("callback_secret")
    @classmethod
    def _unguessable(cls, value: SecretStr) -> SecretStr:
        if not _SECRET.fullmatch(value.get_secret_value()):
            msg = "要 16 个以上的字母、数字，它是回执地址的一部分"
            raise ValueError(msg)
        return value

    @model_validator(mode="after")
    def _whole(self) -> Config:
        if self.provider == "tencent" and not self.app_id:
            msg = "腾讯云还要 LEADBELL_SMS__APP_ID（短信应用的 SdkAppId）"
            raise ValueError(msg)
        return self

    @property
    def base(self) -> str:
        """Where calls go, without a slash at the end."""
        return (self.api_base or _HOSTS[self.provider]).rstrip("/")
