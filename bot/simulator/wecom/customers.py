"""What a customer on WeChat does, and what a member does with a customer in the client."""

from __future__ import annotations

from datetime import timedelta

from bot.kit.xml import Tree
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom import events
from bot.simulator.wecom.model import ContactWay, Customer, CustomerMessage, Follow, Person, WelcomeCode
from bot.simulator.wecom.postman import Postman
from bot.simulator.wecom.world import World

WELCOME_WITHIN = timedelta(seconds=20)
_BY_QR = 1
_CODE_LETTERS = 43


class CustomerHands:
    """Plays the customers."""

    def __init__(self, world: World, postman: Postman) -> None:
        self._world = world
        self._postman = postman

    def scan(
        self, customer_id: str, way: ContactWay, *, userid: str | None = None, half: bool = False
    ) -> Follow:
        """Scan a 「联系我」 code: one of its members becomes a contact.

        `half`: the customer is in, the member has not confirmed yet (免验证). A code with
        skip_verify off waits for the member's `confirm` and tells the app nothing before.
        """
        customer = self._customer(customer_id)
        person = self._pick(way, userid)
        known = customer.follows.get(person.userid)
        if known is not None:
            return known
        follow = Follow(person.userid, self._world.now(), state=way.state, add_way=_BY_QR)
        follow.confirmed = way.skip_verify and not half
        customer.follows[person.userid] = follow
        if follow.confirmed:
            self._tell_added("add_external_contact", customer, follow, welcome=True)
        elif half:
            self._tell_added("add_half_external_contact", customer, follow, welcome=True)
        self._changed(customer)
        return follow

    def confirm(self, customer_id: str, userid: str) -> None:
        """The member accepts a customer who waits."""
        customer = self._customer(customer_id)
        follow = self._follow(customer, userid)
        if follow.confirmed:
            msg = "已经是好友"
            raise NotPossibleError(msg)
        follow.confirmed = True
        self._tell_added("add_external_contact", customer, follow, welcome=not follow.welcomed)
        self._changed(customer)

    def say(self, customer_id: str, userid: str, words: str) -> None:
        """The customer writes to a member; the app hears nothing of it, but no welcome fits any more."""
        customer = self._customer(customer_id)
        follow = self._follow(customer, userid)
        follow.spoken = True
        identity = f"c{self._world.number()}"
        customer.messages.append(CustomerMessage(identity, self._world.now(), "me", userid, "text", words))
        self._changed(customer)

    def leave(self, customer_id: str, userid: str) -> None:
        """The customer deletes a member from his contacts."""
        self._part(customer_id, userid, "del_follow_user")

    def removed_by_member(self, customer_id: str, userid: str) -> None:
        """A member deletes a customer."""
        self._part(customer_id, userid, "del_external_contact")

    def remarked_by_member(self, customer_id: str, userid: str, remark: str) -> None:
        """A member writes a remark on a customer."""
        customer = self._customer(customer_id)
        self._follow(customer, userid).remark = remark
        self._tell("edit_external_contact", {"UserID": userid, "ExternalUserID": customer.id})
        self._changed(customer)

    def _part(self, customer_id: str, userid: str, change: str) -> None:
        customer = self._customer(customer_id)
        self._follow(customer, userid)
        del customer.follows[userid]
        self._tell(change, {"UserID": userid, "ExternalUserID": customer.id})
        self._changed(customer)

    def _tell_added(self, change: str, customer: Customer, follow: Follow, *, welcome: bool) -> None:
        fields: dict[str, Tree] = {"UserID": follow.userid, "ExternalUserID": customer.id}
        if follow.state and not self._world.faults.take("state_missing"):
            fields["State"] = follow.state
        if welcome and not self._world.faults.take("welcome_code_missing"):
            code = self._world.mint("", _CODE_LETTERS)
            self._world.welcomes[code] = WelcomeCode(code, follow.userid, customer.id, self._world.now())
            fields["WelcomeCode"] = code
        self._tell(change, fields)

    def _tell(self, change: str, fields: dict[str, Tree]) -> None:
        self._postman.post(events.customer_change(self._world, change, fields))

    def _pick(self, way: ContactWay, userid: str | None) -> Person:
        members = [self._world.people[u] for u in way.users if u in self._world.people]
        for party in way.parties:
            members += [p for p in self._world.members(party, deep=True) if p not in members]
        able = [p for p in members if self._world.is_visible(p) and userid in (None, p.userid)]
        if not able:
            msg = "这个二维码没有可以添加的成员"
            raise NotPossibleError(msg)
        return self._world.rng.choice(able)

    def _customer(self, customer_id: str) -> Customer:
        customer = self._world.customers.get(customer_id)
        if customer is None:
            msg = f"没有这个客户：{customer_id}"
            raise NotPossibleError(msg)
        return customer

    def _follow(self, customer: Customer, userid: str) -> Follow:
        follow = customer.follows.get(userid)
        if follow is None:
            msg = "他们不是好友"
            raise NotPossibleError(msg)
        return follow

    def _changed(self, customer: Customer) -> None:
        self._world.bus.publish({"type": "customer", "id": customer.id})
