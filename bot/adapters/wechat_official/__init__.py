"""WeChat official accounts (公众号): who follows, writes and allows, and what is sent to them."""

from bot.adapters.wechat_official.caller import build
from bot.adapters.wechat_official.channel import build as build_channel
from bot.adapters.wechat_official.config import Config
from bot.chat.adapter import CallerKind
from bot.chat.channel import ChannelKind

CALLER = CallerKind(name="wechat", config=Config, build=build)
#: Those accounts that have an AppSecret may send.
CHANNEL = ChannelKind(name="wechat_official", config=Config, build=build_channel, shares="wechat")
