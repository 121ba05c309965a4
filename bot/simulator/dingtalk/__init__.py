"""The simulated DingTalk: gateway, old and new API, cards with private data, quotas, people."""
