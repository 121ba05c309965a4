"""Read the address book that the app may see.

https://developer.work.weixin.qq.com/document/path/90208, 90201 and 90227
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from bot.adapters.wecom import codes
from bot.adapters.wecom.client import Client
from bot.chat.outbound import Department, Directory, Person
from bot.errors import AnswerLostError, PlatformRejectedError

#: Departments asked for at once.
_AT_ONCE = 8
_PAGE = 10_000
_PAGES_MAX = 100
_ACTIVE = 1
#: What an app hears that may list ids, but not read people.
_NOT_ALLOWED = frozenset({48002, 48009, 60011})

_log = structlog.get_logger()

Row = Mapping[str, Any]


async def read(client: Client, agent_id: int) -> Directory:
    """Give every department and every person once, also those who were given the app by name."""
    answer = await client.get("/cgi-bin/department/list")
    departments = _rows(answer, "department")
    try:
        users = await _users(client, [str(row["id"]) for row in departments])
    except PlatformRejectedError as exc:
        if exc.code not in _NOT_ALLOWED:
            raise
        _log.warning("directory.listed_by_id_only", platform=codes.PLATFORM, code=exc.code)
        users = await _listed(client)
    users += await _named(client, agent_id, known={str(row["userid"]) for row in users})
    led = {str(row["id"]): {str(u) for u in row.get("department_leader") or ()} for row in departments}
    return Directory(
        people=tuple(_person(row, led) for row in users),
        departments=tuple(_department(row) for row in departments),
    )


async def _users(client: Client, department_ids: Sequence[str]) -> list[Row]:
    """Read each department on its own: those with children repeat people, and may be too large."""
    gate = asyncio.Semaphore(_AT_ONCE)

    async def members(department_id: str) -> list[Row]:
        async with gate:
            return _rows(await client.get("/cgi-bin/user/list", department_id=department_id), "userlist")

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(members(one)) for one in department_ids]
    except ExceptionGroup as failures:
        # They fail for one reason, which one of them tells as well as all.
        raise failures.exceptions[0] from None
    found = {str(row["userid"]): row for task in tasks for row in task.result()}
    return list(found.values())


async def _listed(client: Client) -> list[Row]:
    """Read ids and departments alone, which is all that some apps may see."""
    departments: dict[str, list[str]] = {}
    cursor = ""
    for _ in range(_PAGES_MAX):
        answer = await client.read("/cgi-bin/user/list_id", {"cursor": cursor, "limit": _PAGE})
        for row in _rows(answer, "dept_user"):
            departments.setdefault(str(row["userid"]), []).append(str(row["department"]))
        cursor = str(answer.get("next_cursor") or "")
        if not cursor:
            break
    else:
        _log.warning("directory.cut", platform=codes.PLATFORM, people=len(departments))
    return [{"userid": user_id, "department": ids} for user_id, ids in departments.items()]


async def _named(client: Client, agent_id: int, *, known: set[str]) -> list[Row]:
    """Read those who see the app though their department does not, as in a first trial."""
    try:
        app = await client.get("/cgi-bin/agent/get", agentid=str(agent_id))
    except PlatformRejectedError as exc:
        _log.warning("directory.app_not_read", platform=codes.PLATFORM, code=exc.code)
        return []
    allowed = (app.get("allow_userinfos") or {}).get("user") or ()
    rows: list[Row] = []
    for user_id in [str(row["userid"]) for row in allowed if str(row["userid"]) not in known]:
        try:
            rows.append(await client.get("/cgi-bin/user/get", userid=user_id))
        except PlatformRejectedError as exc:
            _log.warning("directory.person_not_read", platform=codes.PLATFORM, user_id=user_id, code=exc.code)
    return rows


def _rows(answer: Mapping[str, Any], name: str) -> list[Row]:
    rows = answer.get(name)
    wanted = "userid" if name != "department" else "id"
    if not isinstance(rows, list) or not all(isinstance(row, dict) and wanted in row for row in rows):
        raise AnswerLostError(codes.PLATFORM, f"the answer holds no {name}")
    return rows


def _department(row: Row) -> Department:
    # A new app may not see names; the number still tells departments apart.
    return Department(
        id=str(row["id"]),
        name=str(row.get("name") or row["id"]),
        parent_id=str(row.get("parentid") or ""),
        order=_number(row.get("order")),
    )


def _person(row: Row, led: Mapping[str, set[str]]) -> Person:
    user_id = str(row["userid"])
    department_ids = tuple(str(one) for one in row.get("department") or ())
    flags = [_number(flag) for flag in row.get("is_leader_in_dept") or ()]
    marked = {one for one, flag in zip(department_ids, flags, strict=False) if flag}
    return Person(
        user_id=user_id,
        name=str(row.get("name") or user_id),
        department_ids=department_ids,
        leads=tuple(one for one in department_ids if one in marked or user_id in led.get(one, ())),
        position=str(row.get("position") or ""),
        mobile=str(row.get("mobile") or ""),
        # 2 is disabled, 4 never came, 5 has left: a card would reach none of them.
        active=_number(row.get("status", _ACTIVE)) == _ACTIVE,
    )


def _number(value: object) -> int:
    """Read a number that may come as text; what is neither counts as none."""
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else 0
