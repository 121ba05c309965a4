"""The stream (Stream 模式): a connection that we open and over which DingTalk delivers; no public address."""
