"""To-dos (待办): made by our own sourceId, which is unique, changed and taken away.

https://open.dingtalk.com/document/development/add-dingtalk-to-do-task
"""

from __future__ import annotations

from datetime import UTC, datetime

from bot.simulator.dingtalk import codes
from bot.simulator.dingtalk.call import Call, Endpoint, number, part, text, texts
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.model import Json, Todo
from bot.simulator.dingtalk.world import World

_MOST_SUBJECT, _MOST_EXECUTORS = 1024, 100
_SCOPE = "Todo.Todo.Write"


def create(world: World, call: Call) -> Json:
    """Make one; the same sourceId again is refused as "task exist"."""
    body = call.body
    source = text(body, "sourceId")
    if any(one.source_id == source for one in world.todos.values()):
        raise RefusedError(codes.TASK_EXISTS)
    subject, link = text(body, "subject"), part(body, "detailUrl")
    if len(subject) > _MOST_SUBJECT or not link.get("appUrl") or not link.get("pcUrl"):
        raise RefusedError(codes.TASK_BAD, "subject or detailUrl")
    executors = texts(body, "executorIds")
    owner = _known(world, call.path["union_id"])
    if len(executors) > _MOST_EXECUTORS:
        raise RefusedError(codes.TASK_BAD, "executorIds")
    todo = Todo(
        id=f"task{world.mint('', 28).lower()}", source_id=source, subject=subject,
        creator=text(body, "creatorId", required=False) or owner,
        executors=[_known(world, one) for one in executors], url=str(link["appUrl"]), due=_due(body),
        description=text(body, "description", required=False),
    )  # fmt: skip
    world.todos[todo.id] = todo
    _tell(world, todo)
    return view(world, todo)


def _known(world: World, unionid: str) -> str:
    if world.person_of_union(unionid) is None:
        raise RefusedError(codes.NO_UNION, unionid)
    return unionid


def _due(body: Json) -> datetime | None:
    stamp = number(body, "dueTime", 0)
    return datetime.fromtimestamp(stamp / 1000, UTC) if stamp else None


def view(world: World, todo: Todo) -> Json:
    """A to-do as the API tells it."""
    return {
        "id": todo.id, "sourceId": todo.source_id, "subject": todo.subject, "done": todo.finished,
        "description": todo.description, "creatorId": todo.creator, "executorIds": todo.executors,
        "detailUrl": {"appUrl": todo.url, "pcUrl": todo.url}, "bizTag": "ding_open_platform",
        "dueTime": int(todo.due.timestamp() * 1000) if todo.due else None, "requestId": world.uuid(),
    }  # fmt: skip


def _find(world: World, call: Call) -> Todo:
    todo = world.todos.get(call.path["task_id"])
    _known(world, call.path["union_id"])
    if todo is None:
        raise RefusedError(codes.TASK_UNKNOWN)
    return todo


def update(world: World, call: Call) -> Json:
    """Change subject, due time, executors, or be done with it."""
    todo, body = _find(world, call), call.body
    todo.subject = text(body, "subject", required=False) or todo.subject
    todo.description = text(body, "description", required=False) or todo.description
    todo.due = _due(body) or todo.due
    if "executorIds" in body:
        todo.executors = [_known(world, one) for one in texts(body, "executorIds")]
    if "done" in body:
        todo.finished = body["done"] is True
    _tell(world, todo)
    return {"result": True, "requestId": world.uuid()}


def executor_status(world: World, call: Call) -> Json:
    """Say for each executor whether he is through; all through is done."""
    todo = _find(world, call)
    for one in call.body.get("executorStatusList") or []:
        unionid = _known(world, str(one.get("id")))
        (todo.done.add if one.get("isDone") else todo.done.discard)(unionid)
    todo.finished = set(todo.executors) <= todo.done
    _tell(world, todo)
    return {"result": True, "requestId": world.uuid()}


def delete(world: World, call: Call) -> Json:
    """Take one away."""
    todo = _find(world, call)
    del world.todos[todo.id]
    _tell(world, todo)
    return {"result": True, "requestId": world.uuid()}


def query(world: World, call: Call) -> Json:
    """The to-dos of a member, done or not."""
    unionid, wanted = _known(world, call.path["union_id"]), call.body.get("isDone")
    found = [one for one in world.todos.values() if unionid in one.executors]
    cards = [
        {"taskId": one.id, "sourceId": one.source_id, "subject": one.subject, "isDone": one.finished}
        for one in found
        if wanted is None or one.finished == wanted
    ]
    return {"todoCards": cards, "nextToken": ""}


def _tell(world: World, todo: Todo) -> None:
    people = [one.userid for one in world.people.values() if one.unionid in todo.executors]
    world.bus.publish({"type": "ding", "group": "", "staff": people})


_TASKS = "/v1.0/todo/users/{union_id}/tasks"
ENDPOINTS = (
    Endpoint("POST", _TASKS, create, scope=_SCOPE),
    Endpoint("PUT", _TASKS + "/{task_id}/executorStatus", executor_status, scope=_SCOPE),
    Endpoint("PUT", _TASKS + "/{task_id}", update, scope=_SCOPE),
    Endpoint("DELETE", _TASKS + "/{task_id}", delete, scope=_SCOPE),
    Endpoint("POST", "/v1.0/todo/users/{union_id}/org/tasks/query", query, scope=_SCOPE),
)
