"""Where the model is and what it is called."""

from __future__ import annotations

import ipaddress

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from yarl import URL


class Config(BaseModel):
    """The block LEADBELL_MODEL__."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    #: Up to the version: `https://host/v1`.
    url: str
    #: What the server calls the model.
    name: str = Field(min_length=1)
    key: SecretStr = SecretStr("")
    #: Seconds for all of one question.
    timeout: float = Field(default=8.0, ge=1.0, le=20.0)
    #: Names of colleagues may be sent.
    people: bool = False

    @field_validator("url")
    @classmethod
    def _reachable(cls, value: str) -> str:
        try:
            url = URL(value)
            host = url.host or ""
        except ValueError:
            host = ""
        if not host or url.scheme not in {"http", "https"} or url.user or url.query_string or url.fragment:
            msg = "要写成 https://地址/v1 这样。"
            raise ValueError(msg)
        if url.scheme == "http" and not _is_near(host):
            msg = "问题会明文经过网络，请用 https；只有本机和内网的地址可以用 http。"
            raise ValueError(msg)
        return value.rstrip("/")


def _is_near(host: str) -> bool:
    """Whether it is this machine, or one of the same network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".internal"))
