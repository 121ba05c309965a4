"""Tell other systems what happened: sent side by side, tried again at the times of the specification."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from typing import Final

import structlog

from bot.crm.company.webhooks import Endpoint
from bot.crm.hook import Outcome, Posted, Poster
from bot.errors import SettingsError, StoreBusyError
from bot.kit.standard_webhook import headers, secrets_of
from bot.store import Tx, webhooks
from bot.store.webhooks import Hook
from bot.worker.bench import Bench

log = structlog.get_logger()

#: Sent at a time.
_MOST: Final = 16
#: Seconds between looks; nobody waits for a webhook as for an answer.
_POLL: Final = 1.0


def secrets_by_endpoint(
    endpoints: Iterable[Endpoint], given: Mapping[str, str]
) -> dict[str, tuple[bytes, ...]]:
    """Read the secrets of the environment; SettingsError names the one that is none."""
    found: dict[str, tuple[bytes, ...]] = {}
    for endpoint in endpoints:
        text = given.get(endpoint.key, "")
        try:
            found[endpoint.key] = secrets_of(text)
        except ValueError as exc:
            name = f"LEADBELL_WEBHOOKS__{endpoint.key.upper()}"
            msg = f"{name}：不是 whsec_ 加 base64 的密钥（24 到 64 字节）。"
            raise SettingsError(msg) from exc
        if not found[endpoint.key]:
            log.warning("webhook.no_secret", endpoint=endpoint.key, cure="set LEADBELL_WEBHOOKS__…")
    return found


class HookSender:
    """Sends what is due."""

    def __init__(self, bench: Bench, poster: Poster, secrets: Mapping[str, tuple[bytes, ...]]) -> None:
        self._bench = bench
        self._poster = poster
        #: By endpoint; one without is not told anything.
        self._secrets = secrets

    async def run(self) -> None:
        """Send until cancelled."""
        while True:
            try:
                worked = await self.step()
            except StoreBusyError:
                log.warning("webhooks.store_busy")
                worked = 0
            if not worked:
                await asyncio.sleep(_POLL)

    async def step(self) -> int:
        """Take what is due and send it; how many that were."""
        now = self._bench.clock()
        endpoints = self._bench.company.webhooks.endpoints
        async with self._bench.store.read() as tx:
            due = await webhooks.next_due(tx)
            if due is None or due > now:
                return 0
            shut = await webhooks.closed(tx, endpoints, now)
        slow = [key for key, why in shut.items() if why == "slow"]
        gone = frozenset(key for key, why in shut.items() if why == "disabled")
        taken = await self._bench.store.write(
            lambda tx: webhooks.take(tx, closed=slow, now=now, most=_MOST), lane_key="webhooks"
        )
        await asyncio.gather(*(self._send(hook, gone) for hook in taken))
        return len(taken)

    async def _send(self, hook: Hook, gone: frozenset[str]) -> None:
        endpoint = self._bench.company.webhooks.endpoint(hook.endpoint)
        secrets = self._secrets.get(hook.endpoint, ())
        try:
            if endpoint is None or not secrets or hook.endpoint in gone:
                why = "removed" if endpoint is None else "disabled" if hook.endpoint in gone else "no_secret"
                await self._drop(hook, why)
                return
            posted = await self._posted(hook, endpoint, secrets)
            await self._settle(hook, endpoint, posted)
        except StoreBusyError:
            # Its lease runs out and it is tried again; the receiver knows it by its id.
            log.warning("webhook.not_committed", message=hook.message_id)

    async def _posted(self, hook: Hook, endpoint: Endpoint, secrets: tuple[bytes, ...]) -> Posted:
        async with self._bench.store.read() as tx:
            body = await webhooks.body(self._bench.desk(tx), hook.message_id)
        signed = headers(secrets, message_id=hook.message_id, body=body, at=self._bench.clock())
        return await self._poster.post(
            endpoint.url,
            headers={"Content-Type": "application/json", "User-Agent": "LeadBell", **signed},
            body=body,
            internal=endpoint.internal,
        )

    async def _drop(self, hook: Hook, why: str) -> None:
        await self._bench.store.write(
            lambda tx: webhooks.drop(self._bench.desk(tx), hook, why), lane_key="webhooks"
        )
        log.warning("webhook.skipped", message=hook.message_id, endpoint=hook.endpoint, reason=why)

    async def _settle(self, hook: Hook, endpoint: Endpoint, posted: Posted) -> None:
        jitter = self._bench.random_bytes(1)[0] / 255

        async def unit(tx: Tx) -> str:
            desk = self._bench.desk(tx)
            state = await webhooks.settle(desk, hook, posted, jitter=jitter)
            if posted.outcome is Outcome.GONE:
                await webhooks.disable(desk, endpoint)
            elif posted.outcome is Outcome.SLOW_DOWN:
                await webhooks.slow(desk, endpoint, desk.now + posted.mercy)
            return state

        state = await self._bench.store.write(unit, lane_key="webhooks", within=5)
        log.info(
            "webhook.tried", message=hook.message_id, endpoint=hook.endpoint, state=state,
            outcome=posted.outcome.value, status=posted.status, reason=posted.reason, attempt=hook.attempts,
        )  # fmt: skip
