"""The company's WeChat mini-program (小程序): what people allow and write there, and what is sent to them."""

from bot.adapters.mini_program.caller import build as build_caller
from bot.adapters.mini_program.channel import build
from bot.adapters.mini_program.config import Config
from bot.chat.adapter import CallerKind
from bot.chat.channel import ChannelKind

CHANNEL = ChannelKind(name="mini_program", config=Config, build=build)
CALLER = CallerKind(name="mini_program", config=Config, build=build_caller)
