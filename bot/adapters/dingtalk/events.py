"""Events of the address book, of groups and of the rest; names are the platform's.

Over HTTP some events spell their fields with a capital.
https://open.dingtalk.com/document/development/contacts-event
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.adapters.dingtalk.codes import PLATFORM
from bot.chat.inbound import DirectoryChanged, Inbound, MemberLeft, Noted, Unknown

_NAME_MAX = 64

Json = Mapping[str, Any]


def read(name: str, data: Json) -> Inbound:
    """Read one event."""
    reader = _READERS.get(name)
    return Unknown(platform=PLATFORM, name=name[:_NAME_MAX]) if reader is None else reader(name, data)


def users(data: Json) -> tuple[str, ...]:
    """Whom it concerns: one or several, in either spelling."""
    found = next((data[name] for name in ("userId", "UserId", "userIds") if name in data), ())
    listed = found if isinstance(found, list) else [found]
    return tuple(str(one) for one in listed if one)


def _left(name: str, data: Json) -> Inbound:
    gone = users(data)
    if not gone:
        msg = "nobody has left"
        raise ValueError(msg)
    if len(gone) == 1:
        return MemberLeft(platform=PLATFORM, user_id=gone[0])
    # Several at once: whoever reads the address book finds them gone.
    return DirectoryChanged(platform=PLATFORM, change=name)


def _directory(name: str, data: Json) -> DirectoryChanged:
    changed = users(data)
    return DirectoryChanged(platform=PLATFORM, change=name, user_id=changed[0] if len(changed) == 1 else "")


def _noted(name: str, _data: Json) -> Noted:
    return Noted(platform=PLATFORM, name=name)


_READERS: dict[str, Callable[[str, Json], Inbound]] = {
    "user_leave_org": _left,
    **dict.fromkeys(
        (
            "user_add_org", "user_modify_org", "user_active_org", "org_admin_add", "org_admin_remove",
            "org_dept_create", "org_dept_modify", "org_dept_remove", "org_remove", "org_change",
            "label_user_change",
        ),
        _directory,
    ),
    **dict.fromkeys(
        (
            "check_url", "chat_add_member", "chat_remove_member", "chat_quit", "chat_update_owner",
            "chat_update_title", "chat_disband", "robot_msg_read", "robot_msg_recall",
            "im_cool_app_install", "im_cool_app_uninstall", "todo_task_create", "todo_task_update",
            "todo_task_delete", "bpms_instance_change", "bpms_task_change", "calendar_event_change",
        ),
        _noted,
    ),
}  # fmt: skip
