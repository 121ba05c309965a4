"""Mail to customers, handed to the company's own SMTP server."""

from bot.adapters.smtp.channel import build
from bot.adapters.smtp.config import Config
from bot.chat.channel import ChannelKind

CHANNEL = ChannelKind(name="email", config=Config, build=build)
