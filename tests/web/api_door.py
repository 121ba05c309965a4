"""A way into the REST API, with the token of the environment, for the tests of it."""

from __future__ import annotations

import dataclasses
from typing import Any

from bot.store import Store
from bot.web.site import Site

TOKEN = "the-token-of-the-environment"


class Patient:
    """A store whose commits may take as long as they do on a machine with much else to do."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.read = store.read

    async def write(self, unit: Any, *, lane_key: str = "", within: float = 20, urgent: bool = False) -> Any:
        return await self._store.write(unit, lane_key=lane_key, within=within, urgent=urgent)


@dataclasses.dataclass
class ApiDoor:
    """A caller, and what stands behind the API."""

    client: Any
    site: Site
    seconds: Any
    token: str = TOKEN

    async def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        named = {"Authorization": f"Bearer {self.token}"} | {
            k.replace("_", "-"): v for k, v in headers.items()
        }
        return await self.client.request(method, f"/api/v1{path}", json=body, headers=named)

    async def rows(self, statement: Any) -> list[Any]:
        async with self.site.store.read() as tx:
            return await tx.all(statement)
