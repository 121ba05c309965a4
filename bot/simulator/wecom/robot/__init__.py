"""The smart robot (智能机器人) of the simulated company: its long connection, its chats, its limits."""
