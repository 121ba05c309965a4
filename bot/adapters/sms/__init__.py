"""SMS by 阿里云 or 腾讯云: sent by template, settled by receipts, ended by a reply."""

from bot.adapters.sms.callback import build as build_caller
from bot.adapters.sms.channel import build
from bot.adapters.sms.config import Config
from bot.chat.adapter import CallerKind
from bot.chat.channel import ChannelKind

CHANNEL = ChannelKind(name="sms", config=Config, build=build)
CALLER = CallerKind(name="sms", config=Config, build=build_caller)
