"""One package per chat platform, channel or connector: bytes to words, words to bytes."""

#: What a package here may offer: a chat platform, connectors, a shared mailbox, somebody who only calls,
#: a language model, a way to customers.
REGISTERS = ("ADAPTER", "CONNECTORS", "MAILBOX", "CALLER", "POSTER", "MODEL", "CHANNEL")
