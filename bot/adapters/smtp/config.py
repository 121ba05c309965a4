"""LEADBELL_EMAIL__…: through which server mail goes, and in whose name."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

_ADDRESS = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")


class Config(BaseModel):
    """The settings of outgoing mail."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 465
    #: `ssl` from the first byte, `starttls`, or `none` on the same machine.
    tls: Literal["ssl", "starttls", "none"] = "ssl"
    #: Empty for a server that asks for none.
    user: str = ""
    #: Most providers here want an app password (授权码), not the one people log in with.
    password: SecretStr = SecretStr("")
    #: The address that customers see.
    sender: str
    sender_name: Annotated[str, Field(max_length=60, pattern=r"^[^\r\n<>\"]*$")] = ""
    reply_to: str = ""
    #: Where undeliverable mail goes back to, as `bounce@firm.cn`: each mail gets `bounce+…@firm.cn`, so
    #: that it is known which one came back. The mailbox that we read must get them. Empty: the sender's.
    bounce: str = ""
    #: Seconds for one mail, from the first word to the last answer; less than whoever sends waits for us.
    within: Annotated[float, Field(gt=0, le=9)] = 8.0

    @field_validator("sender", "reply_to", "bounce")
    @classmethod
    def _one_address(cls, value: str) -> str:
        if value and not _ADDRESS.fullmatch(value):
            msg = "要写一个邮箱地址，如 service@example.com"
            raise ValueError(msg)
        return value

    @field_validator("sender")
    @classmethod
    def _given(cls, value: str) -> str:
        if not value:
            msg = "不能为空"
            raise ValueError(msg)
        return value

    @property
    def domain(self) -> str:
        """Of the sender; it ends our Message-IDs."""
        return self.sender.rpartition("@")[2].lower()
