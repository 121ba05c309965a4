"""One package per chat platform, channel or connector: bytes to words, words to bytes."""
