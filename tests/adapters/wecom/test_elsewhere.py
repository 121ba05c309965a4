"""Calls go to the configured address alone: token and secret travel in the query."""

from __future__ import annotations

import pytest

from bot.chat.outbound import SendText
from bot.errors import PlatformError
from tests.adapters.wecom.platform import running, status


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("path", ["/cgi-bin/gettoken", "/cgi-bin/message/send"])
async def test_a_redirect_is_not_followed(wecom, platform, path, code):
    """Whoever sits in between learns nothing, and nothing is said to have been sent."""
    async with running() as elsewhere:
        platform.always[path] = status(code, b"", Location=f"{elsewhere.url}{path}")

        with pytest.raises(PlatformError):
            await wecom.send(SendText(to="lisi", text="你好"))

        assert platform.count(path) == 1
        assert elsewhere.asked == []
