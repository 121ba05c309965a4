"""A WeCom (企业微信) of one company: its documented API, its callbacks, and its people, who can be played."""
