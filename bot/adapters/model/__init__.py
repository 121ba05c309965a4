"""A language model behind an OpenAI-compatible address."""

from bot.adapters.model.completions import build
from bot.adapters.model.config import Config
from bot.insight.ask.translator import ModelKind

MODEL = ModelKind(config=Config, build=build)
