"""A colleague's list of to-dos: our tasks stand there too, once each, by our own id.

https://open.dingtalk.com/document/development/create-a-to-do-task
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from typing import Any

import structlog

from bot.adapters.dingtalk import codes, directory
from bot.adapters.dingtalk.client import Client
from bot.adapters.dingtalk.words import cut_bytes, one_line
from bot.chat.outbound import CloseTodo, OpenTodo, Sent
from bot.errors import PlatformRejectedError

_SUBJECT_BYTES = 1024
_URGENT, _PLAIN = 40, 20
_EXISTS = "exist"
_GONE = frozenset({"todo.taskNotExist", "todo.task.notExist", "taskNotExist", "resource.not.found"})
_REMEMBERED = 5_000
#: Pages of somebody's open to-dos that are looked through for one of ours.
_PAGES_MAX = 20

_log = structlog.get_logger()


class Todos:
    """Opens and closes them; ids are remembered, and looked up when they are not."""

    def __init__(self, client: Client, home_url: str) -> None:
        self._client = client
        self._home_url = home_url
        self._unions: OrderedDict[str, str] = OrderedDict()
        self._ids: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def open(self, todo: OpenTodo) -> Sent:
        """Put it there; the platform refuses a second one under our id, which is then as good."""
        union_id = await self._union_id(todo.to)
        link = todo.url or self._home_url
        if not link:
            # The platform refuses a to-do that leads nowhere.
            codes.refuse("todo", "待办要有一个能打开的地址，请填 LEADBELL_PUBLIC_URL")
        payload: dict[str, Any] = {
            "sourceId": todo.source_id,
            "subject": cut_bytes(one_line(todo.title), _SUBJECT_BYTES),
            "creatorId": union_id,
            "executorIds": [union_id],
            "dueTime": int(todo.due_at.timestamp() * 1000),
            "detailUrl": {"appUrl": link, "pcUrl": link},
            "isOnlyShowExecutor": True,
            "priority": _URGENT if todo.is_urgent else _PLAIN,
        }
        if todo.todo_id:
            return await self._changed(union_id, todo.todo_id, payload)
        path = f"/v1.0/todo/users/{union_id}/tasks?operatorId={union_id}"
        try:
            answer = await self._client.act("POST", path, payload)
        except PlatformRejectedError as exc:
            if not (exc.code == "todo.taskCreate.paramError" and _EXISTS in str(exc)):
                raise
            return await self._found(todo, union_id, payload)
        found = str(answer.get("id", ""))
        self._remember(self._ids, (union_id, todo.source_id), found)
        return Sent(provider_id=found, data={"todo_id": found})

    async def _found(self, todo: OpenTodo, union_id: str, payload: dict[str, Any]) -> Sent:
        """Bring the one that is there already up to date; its id was lost with an answer."""
        todo_id = await self._find(union_id, todo.source_id)
        if todo_id is None:
            # It was there and is ticked off by now.
            return Sent(repeated=True)
        return replace(await self._changed(union_id, todo_id, payload), repeated=True)

    async def _changed(self, union_id: str, todo_id: str, payload: dict[str, Any]) -> Sent:
        changed = {name: payload[name] for name in ("subject", "dueTime")}
        await self._client.act("PUT", _path(union_id, todo_id), {**changed, "done": False})
        return Sent(provider_id=todo_id, data={"todo_id": todo_id})

    async def close(self, todo: CloseTodo) -> Sent:
        """Tick it off, or take it away if it was called off; one that is gone already is as good."""
        union_id = await self._union_id(todo.to)
        todo_id = todo.todo_id or await self._find(union_id, todo.source_id)
        if not todo_id:
            return Sent(repeated=True)
        try:
            if todo.is_done:
                await self._client.act("PUT", _path(union_id, todo_id), {"done": True})
            else:
                await self._client.act("DELETE", _path(union_id, todo_id))
        except PlatformRejectedError as exc:
            if exc.code not in _GONE:
                raise
            return Sent(repeated=True)
        self._ids.pop((union_id, todo.source_id), None)
        return Sent(provider_id=todo_id)

    async def _find(self, union_id: str, source_id: str) -> str | None:
        """Give the id of an open one of ours; there is no call that asks for one by our id."""
        known = self._ids.get((union_id, source_id))
        if known:
            return known
        following = ""
        for _ in range(_PAGES_MAX):
            payload = {"isDone": False, **({"nextToken": following} if following else {})}
            answer = await self._client.act("POST", f"/v1.0/todo/users/{union_id}/org/tasks/query", payload)
            for one in answer.get("todoCards") or ():
                if isinstance(one, dict) and one.get("sourceId") == source_id:
                    return str(one.get("taskId", "")) or None
            following = str(answer.get("nextToken") or "")
            if not following:
                return None
        _log.warning("todo.not_found", platform=codes.PLATFORM, source_id=source_id)
        return None

    async def _union_id(self, user_id: str) -> str:
        known = self._unions.get(user_id)
        if known is None:
            known = await directory.union_id(self._client, user_id)
            self._remember(self._unions, user_id, known)
        return known

    @staticmethod
    def _remember(kept: OrderedDict[Any, str], key: object, value: str) -> None:
        kept[key] = value
        kept.move_to_end(key)
        while len(kept) > _REMEMBERED:
            kept.popitem(last=False)


def _path(union_id: str, todo_id: str) -> str:
    return f"/v1.0/todo/users/{union_id}/tasks/{todo_id}?operatorId={union_id}"
