// A robot made of the platform's own Node client, unchanged. It does the same few things as the one in dingtalk.py.
import { createRequire } from "node:module";

const { PEERS, DING_ID, DING_SECRET, DING_TEMPLATE, DING_BASE } = process.env;
const { DWClient, EventAck, TOPIC_CARD, TOPIC_ROBOT } = createRequire(`${PEERS}/`)("dingtalk-stream");

const say = (event, more = {}) => process.stdout.write(`${JSON.stringify({ event, ...more })}\n`);
console.info = console.log = console.warn = () => {};
const client = new DWClient({ clientId: DING_ID, clientSecret: DING_SECRET, keepAlive: false });
let putOff = 1;

async function post(path, body, token) {
  const response = await fetch(`${DING_BASE}${path}`, {
    method: "POST", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", ...(token ? { "x-acs-dingtalk-access-token": token } : {}) },
  });
  return response.json();
}

async function makeCard(message) {
  const { accessToken } = await post("/v1.0/oauth2/accessToken", { appKey: DING_ID, appSecret: DING_SECRET });
  const group = message.conversationType === "2";
  const made = await post("/v1.0/card/instances/createAndDeliver", {
    cardTemplateId: DING_TEMPLATE, outTrackId: `node-${Date.now()}`, callbackType: "STREAM", userIdType: 1,
    cardData: { cardParamMap: { title: "新线索", button1_text: "领取", button1_seal: "sealed" } },
    openSpaceId: group ? `dtv1.card//IM_GROUP.${message.conversationId}` : `dtv1.card//IM_ROBOT.${message.senderStaffId}`,
    imGroupOpenDeliverModel: { robotCode: DING_ID }, imRobotOpenDeliverModel: { spaceType: "IM_ROBOT" },
  }, accessToken);
  say("made", { card: made.result && made.result.outTrackId });
}

client.registerCallbackListener(TOPIC_ROBOT, async (frame) => {
  const message = JSON.parse(frame.data);
  const text = message.text.content.trim();
  client.socketCallBackResponse(frame.headers.messageId, "OK");
  say("message", { userid: message.senderStaffId, text, msg_id: message.msgId });
  if (text === "卡片") await makeCard(message);
  else if (text !== "别出声") await post(message.sessionWebhook.replace(DING_BASE, ""), { msgtype: "text", text: { content: `收到${text}` } });
});

client.registerCallbackListener(TOPIC_CARD, (frame) => {
  const tap = JSON.parse(frame.data);
  say("click", { userid: tap.userId, card: tap.outTrackId, content: JSON.parse(tap.content) });
  client.socketCallBackResponse(frame.headers.messageId, {
    cardUpdateOptions: { updateCardDataByKey: true, updatePrivateDataByKey: true },
    cardData: { cardParamMap: { title: `已被${tap.userId}领取`, button1_text: "" } },
    userPrivateData: { cardParamMap: { button2_text: "跟进", button2_seal: "own" } },
  });
});

client.registerAllEventListener((frame) => {
  const kind = frame.headers.eventType;
  say("happened", { kind, data: JSON.parse(frame.data) });
  if (kind === "org_dept_create" && putOff) {
    putOff -= 1;
    return { status: EventAck.LATER };
  }
  return { status: EventAck.SUCCESS };
});

await client.connect();
