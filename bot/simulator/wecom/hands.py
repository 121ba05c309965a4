"""Everybody who can be played, in one pair of hands."""

from __future__ import annotations

from bot.simulator.wecom.customers import CustomerHands
from bot.simulator.wecom.outreach import OutreachHands
from bot.simulator.wecom.people import MemberHands
from bot.simulator.wecom.postman import Postman
from bot.simulator.wecom.robot.people import RobotHands
from bot.simulator.wecom.staff import AdminHands
from bot.simulator.wecom.world import World


class Hands:
    """Members, customers and the admin of one world, with the postman who tells the app."""

    def __init__(self, world: World, postman: Postman, robot: RobotHands) -> None:
        self.world = world
        self.postman = postman
        self.members = MemberHands(world, postman)
        self.customers = CustomerHands(world, postman)
        self.admin = AdminHands(world, postman)
        #: What members and customers do with 企业群发 and 微信客服.
        self.outreach = OutreachHands(world, postman)
        #: What members do in the chats with the smart robot.
        self.robot = robot

    async def set_callback(self, url: str) -> bool:
        """Save the callback address if it passes the check; otherwise the old one stays."""
        if not await self.postman.check_url(url):
            return False
        self.world.app.callback_url = url
        self.world.app.callback_verified = True
        self.world.bus.publish({"type": "world"})
        return True
