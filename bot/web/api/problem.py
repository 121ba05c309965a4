"""What went wrong, as RFC 9457 spells it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus

import orjson
from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.intake.clean.form import FieldError
from bot.web.api.models import FieldProblem, Problem

SECURE = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class Refused(Exception):  # noqa: N818 - an answer rather than an error
    """Answered with a problem."""

    def __init__(
        self,
        status: int,
        detail: str = "",
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = Problem(
            title=HTTPStatus(status).phrase,
            status=status,
            detail=detail,
            errors=[FieldProblem(field=one.field, message=one.message) for one in errors],
        )
        self.headers = dict(headers or {})

    @property
    def answer(self) -> web.Response:
        """As it is sent."""
        return web.Response(
            body=orjson.dumps(self.problem.model_dump()), status=self.problem.status,
            content_type="application/problem+json", headers={**SECURE, **self.headers},
        )  # fmt: skip


def invalid(exc: ValidationError) -> Refused:
    """A body that does not fit its shape; what was sent is not repeated."""
    errors = [FieldError(".".join(map(str, one["loc"])), one["msg"]) for one in exc.errors(include_url=False)]
    return Refused(422, errors=errors[:50])


def document(
    value: BaseModel, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """A value as JSON."""
    return web.Response(
        body=value.model_dump_json().encode(), status=status, content_type="application/json",
        charset="utf-8", headers={**SECURE, **(headers or {})},
    )  # fmt: skip
