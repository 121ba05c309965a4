"""config/pages.yaml: hosted landing pages, under `/l/{slug}`."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import StringConstraints

from bot.crm.company.words import Key, Label, Text
from bot.kit.yaml_model import Strict

PictureAddress: TypeAlias = Annotated[
    str, StringConstraints(pattern=r"^https://[^\s\"'<>;,]+$", max_length=500)
]


class LandingPage(Strict):
    """A page around a form: what it says, what it shows."""

    slug: Key
    form: Key
    title: Label
    text: Text | None = None
    #: One picture on top, and one code to scan below; from an address of the company's own.
    picture: PictureAddress | None = None
    picture_text: Label | None = None
    qr_code: PictureAddress | None = None
    qr_text: Label | None = None
    #: The lead's campaign if the visitor brings none.
    campaign: Label | None = None


class Pages(Strict):
    """All pages; a form without one has a plain page under its own id."""

    pages: tuple[LandingPage, ...] = ()
    #: Asked before a visitor is told apart from others by a cookie.
    cookie_text: Text = "我们想用一个 Cookie 记住这台设备的访问，以便了解您关心什么。不同意也可以正常提交。"

    def get(self, slug: str) -> LandingPage | None:
        """The page of this address."""
        return next((one for one in self.pages if one.slug == slug), None)
