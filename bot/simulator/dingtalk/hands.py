"""Everybody who can be played, in one pair of hands."""

from __future__ import annotations

from bot.simulator.dingtalk.courier import Courier
from bot.simulator.dingtalk.gateway import Gateway
from bot.simulator.dingtalk.people import MemberHands
from bot.simulator.dingtalk.staff import AdminHands
from bot.simulator.dingtalk.world import World


class Hands:
    """Members and the admin of one DingTalk, with the courier who tells the app."""

    def __init__(self, world: World, courier: Courier, gateway: Gateway) -> None:
        self.world = world
        self.courier = courier
        self.gateway = gateway
        self.members = MemberHands(world, courier)
        self.admin = AdminHands(world, courier)
