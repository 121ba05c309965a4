"""Events of the app, of the address book and of customers.

Each reader takes the whole message and raises ValueError when what it needs is missing.
https://developer.work.weixin.qq.com/document/path/90240, 90970 and 92130
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timezone

from bot.adapters.wecom import card_asks
from bot.adapters.wecom.codes import PLATFORM
from bot.chat.inbound import (
    Asked,
    CustomerAdded,
    CustomerLeft,
    DirectoryChanged,
    Entered,
    Inbound,
    MemberLeft,
    MenuPressed,
    Noted,
    Tap,
)
from bot.crm.service_signals import ServiceWasTold
from bot.kit.xml import Element

#: Seconds since 1970 have ten digits until 2286.
_SECONDS_DIGITS = 10


def required(xml: Element, name: str) -> str:
    """Give a value that the event is nothing without."""
    value = xml.value(name)
    if not value:
        msg = f"{name} is missing"
        raise ValueError(msg)
    return value


def created_at(xml: Element) -> datetime | None:
    """When it came about; None if the platform's number is not one."""
    text = xml.value("CreateTime")
    if not (text.isascii() and text.isdigit() and len(text) <= _SECONDS_DIGITS):
        return None
    return datetime.fromtimestamp(int(text), timezone.utc)


def _tap(xml: Element) -> Tap[object]:
    selected, button = _selected(xml), required(xml, "EventKey")
    way_out = card_asks.way_out(selected)
    return Tap(
        platform=PLATFORM,
        user_id=required(xml, "FromUserName"),
        button=way_out or button,
        card_key=required(xml, "TaskId"),
        update_code=xml.value("ResponseCode"),
        selected={} if way_out else selected,
        at=created_at(xml),
    )


def _selected(xml: Element) -> Mapping[str, tuple[str, ...]]:
    """Read the choices; one of them looks like a list of one, never like a value."""
    items = xml.one("SelectedItems")
    chosen: dict[str, tuple[str, ...]] = {}
    for item in items.all("SelectedItem") if items else ():
        question = required(item, "QuestionKey")
        if question in chosen:
            msg = f"{question} is answered twice"
            raise ValueError(msg)
        ids = item.one("OptionIds")
        chosen[question] = tuple(option.text for option in ids.all("OptionId")) if ids else ()
    return chosen


def _menu(xml: Element) -> MenuPressed:
    return MenuPressed(
        platform=PLATFORM, user_id=required(xml, "FromUserName"), key=required(xml, "EventKey")
    )


def _entered(xml: Element) -> Entered:
    subscribed = xml.value("Event") == "subscribe"
    return Entered(platform=PLATFORM, user_id=required(xml, "FromUserName"), subscribed=subscribed)


def _unsubscribed(xml: Element) -> MemberLeft:
    return MemberLeft(platform=PLATFORM, user_id=required(xml, "FromUserName"))


def _deleted(xml: Element) -> MemberLeft:
    return MemberLeft(platform=PLATFORM, user_id=required(xml, "UserID"))


def _directory(xml: Element) -> DirectoryChanged:
    return DirectoryChanged(
        platform=PLATFORM,
        change=required(xml, "ChangeType"),
        user_id=xml.value("UserID"),
        new_user_id=xml.value("NewUserID"),
    )


def _customer_added(xml: Element) -> CustomerAdded:
    return CustomerAdded(
        platform=PLATFORM,
        user_id=required(xml, "UserID"),
        external_id=required(xml, "ExternalUserID"),
        state=xml.value("State"),
        welcome_code=xml.value("WelcomeCode"),
        half=xml.value("ChangeType") == "add_half_external_contact",
        at=created_at(xml),
    )


def _customer_left(xml: Element) -> CustomerLeft:
    return CustomerLeft(
        platform=PLATFORM,
        user_id=required(xml, "UserID"),
        external_id=required(xml, "ExternalUserID"),
        # The platform's names are about who was deleted: `del_follow_user` is the customer's doing.
        by_customer=xml.value("ChangeType") == "del_follow_user",
    )


def _service(xml: Element) -> Asked:
    """Something is to be pulled; a platform that names no account tells too little."""
    return Asked(command=ServiceWasTold(PLATFORM, required(xml, "OpenKfId"), xml.value("Token")))


def _noted(xml: Element) -> Noted:
    change = xml.value("ChangeType")
    event = xml.value("Event")
    return Noted(platform=PLATFORM, name=f"{event}.{change}" if change else event)


_NOTED = (
    # Of the app: what its menu and its pages report.
    "LOCATION",
    "view",
    "view_miniprogram",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
    "taskcard_click",
    "batch_job_result",
    "upload_media_job_finish",
    "open_approval_change",
    "sys_approval_change",
    "share_agent_change",
    "share_chain_change",
    "inactive_alert",
    "close_inactive_agent",
    "reopen_inactive_agent",
    "low_active_alert",
    "low_active",
    "active_restored",
    "switch_workbench_mode",
    # Of customers.
    "change_external_contact.edit_external_contact",
    "change_external_contact.transfer_fail",
    "change_external_chat.create",
    "change_external_chat.update",
    "change_external_chat.dismiss",
    "change_external_tag.create",
    "change_external_tag.update",
    "change_external_tag.delete",
    "change_external_tag.shuffle",
    "customer_acquisition.friend_request",
    "customer_acquisition.customer_start_chat",
    "customer_acquisition.balance_low",
    "customer_acquisition.balance_exhausted",
    "customer_acquisition.balance_increased",
    "customer_acquisition.quota_expire_soon",
    "customer_acquisition.link_unavailable",
    "customer_acquisition.delete_link",
    "kf_account_auth_change",
)

#: Event, and its change type if it has one, to what reads it.
READERS: dict[str, Callable[[Element], Inbound]] = {
    **dict.fromkeys(_NOTED, _noted),
    "subscribe": _entered,
    "enter_agent": _entered,
    "unsubscribe": _unsubscribed,
    "click": _menu,
    "template_card_event": _tap,
    "template_card_menu_event": _tap,
    "kf_msg_or_event": _service,
    "change_contact.create_user": _directory,
    "change_contact.update_user": _directory,
    "change_contact.delete_user": _deleted,
    "change_contact.create_party": _directory,
    "change_contact.update_party": _directory,
    "change_contact.delete_party": _directory,
    "change_contact.update_tag": _directory,
    "change_external_contact.add_external_contact": _customer_added,
    "change_external_contact.add_half_external_contact": _customer_added,
    "change_external_contact.del_external_contact": _customer_left,
    "change_external_contact.del_follow_user": _customer_left,
}
