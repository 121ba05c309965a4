"""The page as people use it: phones side by side, and in each what a thumb can reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, ConsoleMessage, FrameLocator, Locator, Page, Request, expect

from tests.browser.demo import Demo

#: Milliseconds to wait for something to be seen; long only on a busy machine.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)


class Watch:
    """Whatever goes wrong in the browser while somebody uses the page."""

    def __init__(self, context: BrowserContext, demo: Demo) -> None:
        self._hosts = {urlsplit(demo.page).netloc, urlsplit(demo.bot).netloc}
        self._expected: list[re.Pattern[str]] = []
        self._seen: list[str] = []
        context.on("console", self._console)
        context.on("weberror", lambda error: self._seen.append(f"error on the page: {error.error}"))
        context.on("request", self._request)
        context.on("requestfailed", lambda one: self._seen.append(f"failed: {one.url} {one.failure}"))

    def expect(self, pattern: str) -> None:
        """Something that the story itself causes."""
        self._expected.append(re.compile(pattern))

    @property
    def troubles(self) -> list[str]:
        """What nobody expected, and what was expected and did not come."""
        missed = [
            f"did not happen: {p.pattern}" for p in self._expected if not any(map(p.search, self._seen))
        ]
        return missed + [one for one in self._seen if not any(p.search(one) for p in self._expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning", "assert"}:
            self._seen.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.netloc not in self._hosts:
            self._seen.append(f"request to another host: {request.url}")


@dataclass(frozen=True, slots=True)
class Desk:
    """The page in one window."""

    page: Page
    watch: Watch

    def phone(self, who: str) -> Phone:
        """The phone of a member by user id, of the `customer`, or the one with the `form`."""
        return Phone(self.page, who)

    @property
    def form(self) -> FrameLocator:
        """The company's page in the first phone."""
        return self.page.frame_locator("[data-testid=form-frame]")

    async def front(self, who: str) -> Phone:
        """On a narrow screen: bring one phone to the front."""
        await self.page.get_by_test_id(f"tab-{who}").click()
        phone = self.phone(who)
        await expect(phone.node).to_be_visible()
        return phone

    async def guide_says(self, done: str) -> None:
        """How many steps of the story the page saw."""
        await expect(self.page.get_by_test_id("guide-toggle")).to_contain_text(done)

    async def switch(self, fault: str, *, on: bool) -> None:
        """Let the simulated WeCom misbehave, or not any more."""
        await self.page.get_by_test_id("faults-open").click()
        await self.page.get_by_test_id(f"fault-{fault}").set_checked(on)
        await expect(self.page.get_by_test_id("faults-open")).to_have_attribute(
            "data-count", "1" if on else ""
        )
        await self.page.get_by_test_id("faults-close").click()


@dataclass(frozen=True, slots=True)
class Phone:
    """One phone; everything is looked for inside it alone."""

    page: Page
    who: str

    @property
    def node(self) -> Locator:
        return self.page.get_by_test_id(f"phone-{self.who}")

    def card(self, *words: str) -> Card:
        """The newest card that bears all of these words."""
        found = self.node.locator("article.card")
        for word in words:
            found = found.filter(has_text=word)
        return Card(found.last)

    def button(self, text: str) -> Locator:
        return self.node.locator(f'[data-button-text="{text}"]')

    async def sees(self, *words: str) -> Card:
        """Wait for a card with these words."""
        card = self.card(*words)
        await expect(card.node).to_be_visible()
        return card

    async def reads(self, text: str | re.Pattern[str]) -> None:
        """Wait for words anywhere on the phone."""
        await expect(self.node).to_contain_text(text)

    async def says(self, text: str) -> None:
        """Type a message and send it."""
        await self.page.get_by_test_id(f"input-{self.who}").fill(text)
        await self.page.get_by_test_id(f"send-{self.who}").click()
        await expect(self.node.locator(".row-me").filter(has_text=text)).to_have_count(1)

    async def back(self) -> None:
        """From a chat to the list of chats."""
        await self.page.get_by_test_id(f"back-{self.who}").click()

    async def opens(self, chat: str) -> None:
        """From the list of chats into one of them."""
        await self.button(chat).click()
        await expect(self.node.locator(".nav-title")).to_contain_text(chat)


@dataclass(frozen=True, slots=True)
class Card:
    """One card in a chat."""

    node: Locator

    def button(self, text: str) -> Locator:
        return self.node.locator(f'[data-button-text="{text}"]')

    async def tap(self, text: str) -> None:
        """Press one of its buttons."""
        await self.button(text).click()

    async def has(self, *words: str) -> None:
        for word in words:
            await expect(self.node).to_contain_text(word)

    async def has_buttons(self, *texts: str) -> None:
        """Exactly these, in this order."""
        await expect(self.node.locator(".card-button")).to_have_text(list(texts))


async def opened(context: BrowserContext, demo: Demo) -> Desk:
    """Open the one address, and wait until the page is ready."""
    watch = Watch(context, demo)
    page = await context.new_page()
    await page.goto(demo.page)
    await expect(page.get_by_test_id("live")).to_have_class(re.compile(r"\bup\b"))
    desk = Desk(page, watch)
    await expect(desk.form.get_by_role("button", name="提交")).to_be_attached()
    return desk
