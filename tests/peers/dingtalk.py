"""A robot made of the platform's own Python client, unchanged; an environment variable points it to us."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys

import dingtalk_stream
from dingtalk_stream import AckMessage, CallbackMessage, Card_Callback_Router_Topic, CardReplier

TEMPLATE = os.environ["DING_TEMPLATE"]
LATER = {"left": 1}


def say(event, **more):
    sys.stdout.write(json.dumps({"event": event} | more) + "\n")
    sys.stdout.flush()


class Heard(dingtalk_stream.ChatbotHandler):
    """Answers words; makes a card when asked."""

    async def process(self, callback: CallbackMessage):
        incoming = dingtalk_stream.ChatbotMessage.from_dict(callback.data)
        words = incoming.text.content.strip()
        say("message", userid=incoming.sender_staff_id, text=words, msg_id=incoming.message_id)
        if words == "卡片":
            replier = CardReplier(self.dingtalk_client, incoming)
            data = {"title": "新线索", "button1_text": "领取", "button1_seal": "sealed"}
            made = await replier.async_create_and_deliver_card(TEMPLATE, data, callback_type="STREAM")
            say("made", card=made)
        elif words != "别出声":
            self.reply_text(f"收到{words}", incoming)
        return AckMessage.STATUS_OK, "OK"


class Tapped(dingtalk_stream.CallbackHandler):
    """Answers a tap with the card's new values."""

    async def process(self, callback: CallbackMessage):
        tapped = dingtalk_stream.CardCallbackMessage.from_dict(callback.data)
        say("click", userid=tapped.user_id, card=tapped.card_instance_id, content=tapped.content)
        return AckMessage.STATUS_OK, {
            "cardUpdateOptions": {"updateCardDataByKey": True, "updatePrivateDataByKey": True},
            "cardData": {"cardParamMap": {"title": f"已被{tapped.user_id}领取", "button1_text": ""}},
            "userPrivateData": {"cardParamMap": {"button2_text": "跟进", "button2_seal": "own"}},
        }


class Happened(dingtalk_stream.EventHandler):
    """Says what happened; puts off the first of those that are to be put off."""

    async def process(self, event: dingtalk_stream.EventMessage):
        say("happened", kind=event.headers.event_type, data=event.data)
        if event.headers.event_type == "org_dept_create" and LATER["left"]:
            LATER["left"] -= 1
            return AckMessage.STATUS_SYSTEM_EXCEPTION, "later"
        return AckMessage.STATUS_OK, "OK"


async def main():
    credential = dingtalk_stream.Credential(os.environ["DING_ID"], os.environ["DING_SECRET"])
    quiet = logging.getLogger("quiet")
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    client = dingtalk_stream.DingTalkStreamClient(credential, logger=quiet)
    client.register_callback_handler(dingtalk_stream.ChatbotMessage.TOPIC, Heard())
    client.register_callback_handler(Card_Callback_Router_Topic, Tapped())
    client.register_all_event_handler(Happened())
    await client.start()


asyncio.run(main())
