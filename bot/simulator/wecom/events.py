"""What WeCom tells the app, as XML before it is sealed.

https://developer.work.weixin.qq.com/document/path/90239
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.kit.xml import Tree, render
from bot.simulator.wecom.model import Department, Message, Person
from bot.simulator.wecom.world import World

#: XML cannot carry most of the characters below the blank.
_UNPRINTABLE = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
_SYSTEM = "sys"


def message(world: World, userid: str, kind: str, fields: Mapping[str, Tree]) -> bytes:
    """Something a member wrote or sent: text, image, voice, video, location, link."""
    return render(
        {
            **_head(world, userid, kind),
            **_clean(fields),
            "MsgId": world.mint_message_id(),
            "AgentID": str(world.app.agent_id),
        }
    )


def app_event(world: World, userid: str, event: str, fields: Mapping[str, Tree] | None = None) -> bytes:
    """Something a member did in the app: subscribe, enter_agent, click, view, a tap on a card."""
    return render(
        {
            **_head(world, userid, "event"),
            "Event": event,
            **_clean(fields or {"EventKey": ""}),
            "AgentID": str(world.app.agent_id),
        }
    )


def card_event(
    world: World,
    userid: str,
    shown: Message,
    *,
    key: str,
    code: str,
    selected: Mapping[str, Sequence[str]],
    menu: bool,
) -> bytes:
    """A tap on a template card, with what is chosen in its drop-downs or boxes."""
    card = shown.card or {}
    fields: dict[str, Tree] = {
        "EventKey": key,
        "TaskId": shown.task_id or "",
        "CardType": str(card.get("card_type", "")),
        "ResponseCode": code,
    }
    if selected:
        chosen: list[Tree] = [
            {"QuestionKey": question, "OptionIds": {"OptionId": list(options)}}
            for question, options in selected.items()
        ]
        fields["SelectedItems"] = {"SelectedItem": chosen}
    return app_event(world, userid, "template_card_menu_event" if menu else "template_card_event", fields)


def member_created(world: World, person: Person, leader_flags: Sequence[int]) -> bytes:
    """A member joined (create_user)."""
    fields = {
        "UserID": person.userid,
        "Name": person.name,
        "Department": ",".join(map(str, person.departments)),
        "MainDepartment": str(person.departments[0]),
        "IsLeaderInDept": ",".join(map(str, leader_flags)),
        "Position": person.position,
        "Status": str(person.status),
    }
    if world.app.sensitive_fields:
        fields["Mobile"] = person.mobile
    return contact_change(world, "create_user", fields)


def contact_change(world: World, change: str, fields: Mapping[str, Tree]) -> bytes:
    """A change of the address book; it belongs to no app, so it has no AgentID."""
    return _system_event(world, "change_contact", change, fields)


def party_created(world: World, department: Department) -> bytes:
    """A department was made (create_party)."""
    fields = {
        "Id": str(department.id),
        "Name": department.name,
        "ParentId": str(department.parent_id),
        "Order": str(department.order),
    }
    return contact_change(world, "create_party", fields)


def customer_change(world: World, change: str, fields: Mapping[str, Tree]) -> bytes:
    """A change between a member and a customer."""
    return _system_event(world, "change_external_contact", change, fields)


def service(world: World, open_kfid: str, token: str) -> bytes:
    """There is something at the desk to be pulled; it names no sender, and carries no number."""
    head = _head(world, _SYSTEM, "event")
    del head["FromUserName"]
    return render({**head, "Event": "kf_msg_or_event", "Token": token, "OpenKfId": open_kfid})


def _system_event(world: World, event: str, change: str, fields: Mapping[str, Tree]) -> bytes:
    return render({**_head(world, _SYSTEM, "event"), "Event": event, "ChangeType": change, **_clean(fields)})


def _head(world: World, userid: str, kind: str) -> dict[str, Tree]:
    return {
        "ToUserName": world.app.corp_id,
        "FromUserName": userid,
        "CreateTime": str(int(world.now().timestamp())),
        "MsgType": kind,
    }


def _clean(fields: Mapping[str, Tree]) -> dict[str, Tree]:
    return {
        name: value.translate(_UNPRINTABLE) if isinstance(value, str) else value
        for name, value in fields.items()
    }
