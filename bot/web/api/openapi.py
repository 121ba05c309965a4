"""OpenAPI 3.1, made of the same table and the same shapes as the routes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web.api.models import Problem
from bot.web.api.operation import Operation, Parameter

_EVERYWHERE = (401, 403, 429)
_IN_PATH = re.compile(r"{(\w+)}")
_REF = "#/components/schemas/{model}"


def describe(operations: Iterable[Operation], *, base_path: str) -> dict[str, Any]:
    """The whole document."""
    listed = tuple(operations)
    paths: dict[str, dict[str, Any]] = {}
    for one in listed:
        paths.setdefault(f"{base_path}{one.path}", {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "LeadBell 客铃", "version": "1", "summary": "线索的接口，给别的系统用。"},
        "paths": paths,
        "components": {
            "schemas": _schemas(listed),
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
    }


def _operation(one: Operation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": one.id,
        "summary": one.summary,
        "description": f"Scope `{one.scope}`.",
        "security": [{"bearer": []}],
        "parameters": [*_path_parameters(one.path), *map(_parameter, one.parameters)],
        "responses": {**_successes(one), **_problems(one)},
    }
    if one.takes is not None:
        content = {"application/json": {"schema": {"$ref": _ref(one.takes)}}}
        found["requestBody"] = {"required": True, "content": content}
    return found


def _successes(one: Operation) -> dict[str, Any]:
    content = {} if one.gives is None else {"application/json": {"schema": {"$ref": _ref(one.gives)}}}
    return {
        str(status): {
            "description": HTTPStatus(status).phrase,
            **({"content": content} if content and status not in (204, 304) else {}),
        }
        for status in one.statuses
    }


def _problems(one: Operation) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": {"$ref": _ref(Problem)}}}
    return {
        str(status): {"description": HTTPStatus(status).phrase, "content": content}
        for status in (*_EVERYWHERE, *one.problems)
    }


def _path_parameters(path: str) -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in _IN_PATH.findall(path)
    ]


def _parameter(one: Parameter) -> dict[str, Any]:
    return {
        "name": one.name, "in": one.place, "required": one.required, "description": one.what,
        "schema": dict(one.schema),
    }  # fmt: skip


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    models: dict[str, type[BaseModel]] = {Problem.__name__: Problem}
    for one in operations:
        for model in (one.takes, one.gives):
            if model is not None:
                models[model.__name__] = model
    return _shapes(tuple(model for _, model in sorted(models.items())))


@cache
def _shapes(models: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    """Of fixed classes, and slow to make: a tenth of a second of each start."""
    wanted = [(model, "serialization") for model in models]
    _, found = models_json_schema(wanted, ref_template=_REF)  # type: ignore[arg-type]
    schemas: dict[str, Any] = found["$defs"]
    return schemas


def _ref(model: type[BaseModel]) -> str:
    return _REF.format(model=model.__name__)
