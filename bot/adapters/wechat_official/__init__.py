"""WeChat official accounts (公众号): who follows, who scans, who leaves."""

from bot.adapters.wechat_official.caller import build
from bot.adapters.wechat_official.config import Config
from bot.chat.adapter import CallerKind

CALLER = CallerKind(name="wechat", config=Config, build=build)
