"""The simulated WeChat mini-program (小程序): people open it, write there, and allow messages."""
