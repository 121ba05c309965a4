"""The simulated WeChat official account (公众号): it calls us when somebody follows, scans or leaves."""
