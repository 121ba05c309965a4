"""The model in the chat: a question nobody understood comes back as an answer to be checked, or as a hint."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.adapters.model import MODEL
from bot.chat.outbound import Reply
from bot.crm.commands import Ask
from bot.crm.company import Company
from bot.errors import SettingsError
from bot.handlers import Scope
from bot.handlers.ask import on_ask
from bot.kit.vault import Vault
from bot.settings import read_settings
from bot.store import incidents
from bot.store.database import Store
from bot.store.desk import Desk
from bot.worker.translating import Translating, completing
from tests.adapters.model.server import ModelServer, running
from tests.insight.small_company import BY_ID, NOW, small_company
from tests.store.metrics_data import pour

SLANG = "这阵子弟兄们打下多少江山呐"
GOOD = {"metrics": ["won_amount"], "from": "2026-11-01", "to": "2026-12-01"}


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    async with running() as made:
        yield made


@pytest.fixture
async def ask(
    server: ModelServer,
    sqlite_url: str,
    lite: Store,
    company: Company,
    vault: Vault,
    random_bytes: Callable[[int], bytes],
) -> AsyncIterator[Any]:
    """`await ask("…", "lina")` with a model over real HTTP."""
    pour(sqlite_url, small_company())
    model = Translating(server.client(timeout=2), lite, lambda: NOW)

    async def put(text: str, who: str = "chenli", **scope: Any) -> Reply:
        async with lite.read() as tx:
            desk = Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=random_bytes)
            return await on_ask(Ask(text), Scope(desk, BY_ID[who], model=model, **scope))

    yield put
    await model.close()


async def counted(store: Store) -> dict[tuple[str, str], int]:
    async with store.read() as tx:
        return await incidents.totals(tx)


async def test_what_the_model_read_is_answered_and_marked(ask: Any, server: ModelServer, lite: Store) -> None:
    """The number is ours; only the reading is the model's."""
    server.says = GOOD
    reply = await ask(SLANG)
    assert reply.card.emphasis == ("¥240,001", "赢单金额")
    assert "由模型理解，请核对" in reply.card.title
    assert await counted(lite) == {}


async def test_rights_hold_for_what_the_model_read(ask: Any, server: ModelServer) -> None:
    """A rep gets his own; what is not his is refused."""
    server.says = GOOD
    assert (await ask(SLANG, "lina")).card.emphasis == ("¥60,000.50", "赢单金额")
    server.says = {**GOOD, "by": ["owner"]}
    reply = await ask(SLANG, "shichang")
    assert reply.card is None
    assert reply.audit == "ask.refused"


async def test_a_model_that_is_down_leaves_the_hint_and_a_count(
    ask: Any, server: ModelServer, lite: Store
) -> None:
    """As if there were none."""
    server.status = 503
    reply = await ask(SLANG)
    assert "没有看懂" in reply.card.title
    assert await counted(lite) == {("question.not_translated", "status"): 1}


async def test_what_our_grammar_understands_is_not_sent(ask: Any, server: ModelServer) -> None:
    """Nor is a courtesy, a definition, or whatever is said before others."""
    for text in ("本月业绩", "本月转化率", "谢谢", "什么是MQL"):
        await ask(text)
    await ask("陈晨本月业绩", "lina")
    await ask(SLANG, chat="group-1")
    await ask(SLANG, "itops")
    assert server.asked == []


def test_without_settings_there_is_no_model(tmp_path: Path) -> None:
    """And settings that are wrong are named."""

    def built(**more: str) -> Any:
        given = read_settings(more, dotenv=tmp_path / "none").model
        return completing(given, {"model": MODEL})

    assert built() is None
    good = {"LEADBELL_MODEL__URL": "https://model.example/v1", "LEADBELL_MODEL__NAME": "small"}
    assert not built(**good).knows_people
    assert built(**good, LEADBELL_MODEL__PEOPLE="true").knows_people
    with pytest.raises(SettingsError, match="LEADBELL_MODEL__NAME：必填"):
        built(LEADBELL_MODEL__URL="https://model.example/v1")
    with pytest.raises(SettingsError, match=r"LEADBELL_MODEL__URL：.*https"):
        built(LEADBELL_MODEL__URL="http://model.example/v1", LEADBELL_MODEL__NAME="small")
