"""LEADBELL_MAILBOX__…: where the mailbox is, and how to get in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

#: Where anybody can have an address: the domain says nothing about who writes.
_PUBLIC = frozenset(
    (
        *("qq.com", "foxmail.com", "163.com", "126.com", "yeah.net", "sina.com", "sina.cn", "sohu.com"),
        *("aliyun.com", "139.com", "189.cn", "gmail.com", "outlook.com", "hotmail.com", "live.com"),
        *("yahoo.com", "icloud.com"),
    )
)


class Config(BaseModel):
    """The settings of the mailbox."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 993
    #: `ssl` from the first byte, `starttls`, or `none` on the same machine.
    tls: Literal["ssl", "starttls", "none"] = "ssl"
    user: Annotated[str, Field(min_length=1)]
    #: Most providers here want an app password (授权码), not the one people log in with.
    password: SecretStr
    folder: str = "INBOX"
    #: More addresses and domains of ours, separated by commas.
    own: str = ""
    #: Seconds between looks.
    poll: Annotated[float, Field(ge=1, le=3600)] = 60.0

    @field_validator("password")
    @classmethod
    def _given(cls, value: SecretStr) -> SecretStr:
        if not value.get_secret_value():
            msg = "不能为空"
            raise ValueError(msg)
        return value

    @property
    def owned(self) -> frozenset[str]:
        """Addresses and domains that are ours; the user's own domain too unless anybody can be there."""
        user = self.user.lower()
        domain = user.rpartition("@")[2]
        told = {one.strip().lower().removeprefix("@") for one in self.own.split(",") if one.strip()}
        return frozenset({user, *told} | ({domain} if "@" in user and domain not in _PUBLIC else set()))
