"""A shared mailbox, read by IMAP."""

from bot.adapters.mailbox.config import Config
from bot.adapters.mailbox.imap import build
from bot.intake.mail.port import MailboxKind

MAILBOX = MailboxKind(config=Config, build=build)
