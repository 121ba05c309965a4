// A robot made of the platform's own SDK, unchanged. It does the same few things as the robot in robot.py:
// each line on stdin is a command, each line on stdout is a JSON object that says what happened.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { PEERS, ROBOT_URL, ROBOT_ID, ROBOT_SECRET } = process.env;
const { WSClient } = createRequire(`${PEERS}/`)("@wecom/aibot-node-sdk");

const say = (event, more = {}) => process.stdout.write(`${JSON.stringify({ event, ...more })}\n`);
const silent = { debug() {}, info() {}, warn() {}, error() {} };
const client = new WSClient({
  botId: ROBOT_ID, secret: ROBOT_SECRET, wsUrl: ROBOT_URL, logger: silent,
  heartbeatInterval: 150, reconnectInterval: 50, maxReconnectAttempts: -1, maxAuthFailureAttempts: 2,
});

const card = (task_id, title) => ({
  card_type: "button_interaction", task_id, main_title: { title },
  button_list: [{ text: "领取", style: 1, key: `claim:${task_id}` }],
});

async function told(what, promise) {
  try {
    const ack = await promise;
    say("acked", { what, errcode: (ack && ack.errcode) || 0 });
  } catch (error) {
    say("refused", { what, errcode: error && error.errcode, message: error && error.message });
  }
}

async function streams(frame) {
  for (const text of ["查", "查到", "查到 3 条"]) await told("stream", client.replyStream(frame, "s1", text));
  await told("stream", client.replyStream(frame, "s1", "查到 3 条。", true));
}

async function uploads(frame) {
  const picture = Buffer.alloc(700 * 1024, "LeadBell");
  const { media_id } = await client.uploadMedia(picture, { type: "image", filename: "chart.png" });
  await told("image", client.replyMedia(frame, "image", media_id));
}

const replies = {
  "流": streams,
  "卡片": (frame) => told("card", client.replyTemplateCard(frame, card(`t-${frame.body.msgid}`, "新线索"))),
  "图": uploads,
  "推": (frame) => told("push", client.sendMessage(frame.body.chatid || frame.body.from.userid,
    { msgtype: "markdown", markdown: { content: "**喜报**" } })),
};

client.on("authenticated", () => say("subscribed"));
client.on("disconnected", () => say("disconnected"));
client.on("error", (error) => say("error", { message: error.message }));
client.on("event.disconnected_event", () => say("kicked"));
client.on("event.enter_chat", (frame) => told("welcome", client.replyWelcome(frame, { msgtype: "text", text: { content: "您好" } })));
client.on("event.template_card_event", (frame) => {
  const event = frame.body.event.template_card_event;
  say("click", { userid: frame.body.from.userid, key: event.event_key, task_id: event.task_id });
  told("update", client.updateTemplateCard(frame, card(event.task_id, `已被${frame.body.from.userid}领取`)));
});
client.on("message.text", (frame) => {
  const { content } = frame.body.text;
  say("message", { userid: frame.body.from.userid, chat: frame.body.chatid || null, text: content });
  const reply = Object.entries(replies).find(([word]) => content.includes(word));
  if (reply) reply[1](frame).catch((error) => say("error", { message: error.message }));
});
client.on("message.image", async (frame) => {
  const { buffer } = await client.downloadFile(frame.body.image.url, frame.body.image.aeskey);
  say("file", { size: buffer.length, sha256: createHash("sha256").update(buffer).digest("hex") });
});

createInterface({ input: process.stdin }).on("line", (line) => {
  if (line === "stop") {
    client.disconnect();
    process.exit(0);
  }
});
client.connect();
