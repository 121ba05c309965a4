"""Read the address book that the app may see: free of charge, one level of departments at a time.

https://open.dingtalk.com/document/development/obtain-the-department-list-v2
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from bot.adapters.dingtalk import codes
from bot.adapters.dingtalk.client import Client
from bot.chat.outbound import Department, Directory, Person
from bot.errors import AnswerLostError, PlatformRejectedError

#: Asked for at once; the platform allows twenty a second.
_AT_ONCE = 8
_PAGE = 100
_PAGES_MAX = 1_000
_ROOT = "1"
_DEPTH_MAX = 20
_TRUE = frozenset({"true", "1"})

_log = structlog.get_logger()

Row = Mapping[str, Any]


class Reader:
    """One reading of the whole address book."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._gate = asyncio.Semaphore(_AT_ONCE)

    async def read(self) -> Directory:
        """Give every department and every person once."""
        departments = await self._departments()
        lists = await _together(self._members(one.id) for one in departments)
        people: dict[str, Person] = {}
        for row in (row for rows in lists for row in rows):
            person = _person(row)
            # Somebody of two departments comes twice, with both of them each time.
            people.setdefault(person.user_id, person)
        return Directory(people=tuple(people.values()), departments=tuple(departments))

    async def _departments(self) -> list[Department]:
        """Walk down from the root, a level at a time; what we may not see has no children for us."""
        found = {_ROOT: await self._root()}
        level = [_ROOT]
        for _ in range(_DEPTH_MAX):
            children = await _together(self._children(one) for one in level)
            fresh = [one for rows in children for one in rows if one.id not in found]
            found |= {one.id: one for one in fresh}
            level = [one.id for one in fresh]
            if not level:
                break
        return list(found.values())

    async def _root(self) -> Department:
        try:
            answer = await self._ask("/topapi/v2/department/get", dept_id=int(_ROOT))
            return _department(_result(answer), parent_id="")
        except PlatformRejectedError as exc:
            _log.warning("directory.root_not_read", platform=codes.PLATFORM, code=exc.code)
            return Department(id=_ROOT, name=_ROOT, parent_id="")

    async def _children(self, department_id: str) -> list[Department]:
        answer = await self._ask("/topapi/v2/department/listsub", dept_id=int(department_id))
        rows = answer.get("result")
        if not isinstance(rows, list):
            raise AnswerLostError(codes.PLATFORM, "the answer holds no departments")
        return [_department(row, parent_id=department_id) for row in rows if isinstance(row, dict)]

    async def _members(self, department_id: str) -> list[Row]:
        rows: list[Row] = []
        cursor = 0
        for _ in range(_PAGES_MAX):
            answer = await self._ask(
                "/topapi/v2/user/list", dept_id=int(department_id), cursor=cursor, size=_PAGE
            )
            result = _result(answer)
            rows += [row for row in result.get("list") or () if isinstance(row, dict) and row.get("userid")]
            following = result.get("next_cursor")
            if not _is_true(result.get("has_more")) or following is None:
                break
            cursor = int(following)
        return rows

    async def _ask(self, path: str, **payload: object) -> Row:
        async with self._gate:
            return await self._client.contacts(path, payload)


async def union_id(client: Client, user_id: str) -> str:
    """Give somebody's id beyond the company, by which to-dos know him."""
    result = _result(await client.contacts("/topapi/v2/user/get", {"userid": user_id}))
    found = result.get("unionid")
    if not isinstance(found, str) or not found:
        codes.refuse("unionid", "通讯录里没有他的 unionid")
    return found


async def recognise(client: Client, code: str) -> str | None:
    """Give the account that a page's code stands for; None if it is none, used or too old."""
    try:
        answer = await client.contacts("/topapi/v2/user/getuserinfo", {"code": code})
    except PlatformRejectedError as exc:
        _log.info("page.not_recognised", platform=codes.PLATFORM, code=exc.code)
        return None
    found = _result(answer).get("userid")
    return found if isinstance(found, str) and found else None


async def _together(readings: Any) -> list[Any]:  # noqa: ANN401 - coroutines of one kind, their results
    tasks: list[asyncio.Task[Any]] = []
    try:
        async with asyncio.TaskGroup() as group:
            tasks += [group.create_task(one) for one in readings]
    except ExceptionGroup as failed:
        # Whoever asked knows one failure; before 3.11.4 `except*` makes a group of what is raised in it.
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


def _result(answer: Row) -> Row:
    result = answer.get("result")
    if not isinstance(result, dict):
        raise AnswerLostError(codes.PLATFORM, "the answer holds no result")
    return result


def _department(row: Row, *, parent_id: str) -> Department:
    of = str(row.get("dept_id", ""))
    return Department(
        id=of,
        name=str(row.get("name") or of),
        parent_id=str(row.get("parent_id") or parent_id) if of != _ROOT else "",
        order=-_number(row.get("order")),
    )


def _person(row: Row) -> Person:
    departments = tuple(str(one) for one in row.get("dept_id_list") or ())
    return Person(
        user_id=str(row["userid"]),
        name=str(row.get("name") or row["userid"]),
        department_ids=departments,
        leads=_led(row, departments),
        position=str(row.get("title") or ""),
        mobile=str(row.get("mobile") or ""),
        active="active" not in row or _is_true(row["active"]),
    )


def _led(row: Row, departments: tuple[str, ...]) -> tuple[str, ...]:
    """Read which departments he leads: a list of them in one answer, one word in another."""
    flags = row.get("leader_in_dept")
    if isinstance(flags, list):
        led = {
            str(one.get("dept_id")) for one in flags if isinstance(one, dict) and _is_true(one.get("leader"))
        }
        return tuple(one for one in departments if one in led)
    return departments[:1] if _is_true(row.get("leader")) and len(departments) == 1 else ()


def _is_true(value: object) -> bool:
    """Read a word that the documentation shows as text and as itself."""
    return str(value).lower() in _TRUE


def _number(value: object) -> int:
    text = str(value)
    return int(text) if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() else 0
