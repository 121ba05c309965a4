"""WeCom's smart robot (智能机器人) over the long connection: no public address is needed."""
