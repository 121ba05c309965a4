// The JSON interface of the simulator's server.
import { T } from "./texts.js";

export class ApiError extends Error {
  constructor(status, data) {
    super((data && data.message) || `HTTP ${status}`);
    this.status = status;
    this.data = data;
  }
}

async function exchange(path, options) {
  try {
    const response = await fetch(path, options);
    return { response, raw: await response.text() };
  } catch (error) {
    throw new ApiError(0, { message: T.noAnswer }); // what the browser says of it is not for people
  }
}

async function call(method, path, body) {
  const options = { method, headers: { Accept: "application/json" } };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const { response, raw } = await exchange(path, options);
  let data = null;
  try {
    data = raw ? JSON.parse(raw) : null;
  } catch (error) {
    if (response.ok) throw new ApiError(response.status, { message: raw.slice(0, 120) });
  }
  if (!response.ok) throw new ApiError(response.status, data);
  return data;
}

const part = encodeURIComponent;

export const api = {
  world: () => call("GET", "/sim/api/world"),
  messages: (userid) => call("GET", `/sim/api/people/${part(userid)}/messages`),
  text: (userid, text) => call("POST", `/sim/api/people/${part(userid)}/text`, { text }),
  tap: (userid, body) => call("POST", `/sim/api/people/${part(userid)}/tap`, body),
  menu: (userid, key) => call("POST", `/sim/api/people/${part(userid)}/menu`, { key }),
  enter: (userid) => call("POST", `/sim/api/people/${part(userid)}/enter`, {}),
  chat: (chatid) => call("GET", `/sim/api/chats/${part(chatid)}/messages`),
  createCustomer: (name) => call("POST", "/sim/api/customers", { name }),
  customerText: (id, userid, text) => call("POST", `/sim/api/customers/${part(id)}/text`, { userid, text }),
  scan: (id, url) => call("POST", `/sim/api/customers/${part(id)}/scan`, { url }),
  followScan: (id, scene) => call("POST", `/sim/api/wechat/customers/${part(id)}/scan`, { scene }),
  customerMessages: (id) => call("GET", `/sim/api/customers/${part(id)}/messages`),
  why: (id) => call("GET", `/sim/api/customers/${part(id)}/why`),
  serviceEnter: (id) => call("POST", `/sim/api/customers/${part(id)}/service/enter`, {}),
  serviceText: (id, text) => call("POST", `/sim/api/customers/${part(id)}/service/text`, { text }),
  groupTasks: (userid) => call("GET", `/sim/api/people/${part(userid)}/group_messages`),
  groupSend: (userid, msgid) => call("POST", `/sim/api/people/${part(userid)}/group_messages/${part(msgid)}/send`, {}),
  serviceMessages: (userid, id) => call("GET", `/sim/api/people/${part(userid)}/service/${part(id)}/messages`),
  serviceAnswer: (userid, id, text) => call("POST", `/sim/api/people/${part(userid)}/service/${part(id)}/text`, { text }),
  contactWays: () => call("GET", "/sim/api/contact_ways"),
  robotMessages: (userid, chat) => call("GET", `/sim/api/people/${part(userid)}/robot/${part(chat)}/messages`),
  robotEnter: (userid) => call("POST", `/sim/api/people/${part(userid)}/robot/single/enter`, {}),
  robotText: (userid, chat, text) => call("POST", `/sim/api/people/${part(userid)}/robot/${part(chat)}/text`, { text }),
  file: (userid, body) => call("POST", `/sim/api/people/${part(userid)}/file`, body),
  robotFile: (userid, body) => call("POST", `/sim/api/people/${part(userid)}/robot/single/file`, body),
  robotTap: (userid, chat, body) => call("POST", `/sim/api/people/${part(userid)}/robot/${part(chat)}/tap`, body),
  robotFeedback: (userid, chat, body) => call("POST", `/sim/api/people/${part(userid)}/robot/${part(chat)}/feedback`, body),
  dingWorld: () => call("GET", "/sim/api/dingtalk/world"),
  dingMessages: (userid, group) => call("GET", group ? `/sim/api/dingtalk/people/${part(userid)}/groups/${part(group)}/messages` : `/sim/api/dingtalk/people/${part(userid)}/messages`),
  dingTodos: (userid) => call("GET", `/sim/api/dingtalk/people/${part(userid)}/todos`),
  dingText: (userid, text, group) => call("POST", `/sim/api/dingtalk/people/${part(userid)}/text`, { text, group: group || undefined }),
  dingFile: (userid, body) => call("POST", `/sim/api/dingtalk/people/${part(userid)}/file`, body),
  dingTap: (userid, body) => call("POST", `/sim/api/dingtalk/people/${part(userid)}/tap`, body),
  dingFaults: (faults) => call("POST", "/sim/api/dingtalk/faults", faults),
  mail: () => call("GET", "/sim/api/mail"),
  mailRead: (id) => call("POST", `/sim/api/mail/${part(id)}/read`, {}),
  mailLeave: (id) => call("POST", `/sim/api/mail/${part(id)}/leave`, {}),
  sms: () => call("GET", "/sim/api/sms"),
  smsReply: (phone, text) => call("POST", "/sim/api/sms/reply", { phone, text }),
  official: (id) => call("GET", `/sim/api/wechat/customers/${part(id)}`),
  officialActs: {
    scan: (id, body) => call("POST", `/sim/api/wechat/customers/${part(id)}/scan`, body),
    leave: (id, body) => call("POST", `/sim/api/wechat/customers/${part(id)}/leave`, body),
    text: (id, body) => call("POST", `/sim/api/wechat/customers/${part(id)}/text`, body),
    menu: (id, body) => call("POST", `/sim/api/wechat/customers/${part(id)}/menu`, body),
    allow: (id, body) => call("POST", `/sim/api/wechat/customers/${part(id)}/allow`, body),
    disallow: (id, body) => call("POST", `/sim/api/wechat/customers/${part(id)}/disallow`, body),
    block: (id, body) => call("POST", `/sim/api/wechat/customers/${part(id)}/block`, body),
  },
  mini: (id) => call("GET", `/sim/api/mini/customers/${part(id)}`),
  miniActs: {
    open: (id, body) => call("POST", `/sim/api/mini/customers/${part(id)}/open`, body),
    enter: (id, body) => call("POST", `/sim/api/mini/customers/${part(id)}/enter`, body),
    text: (id, body) => call("POST", `/sim/api/mini/customers/${part(id)}/text`, body),
    allow: (id, body) => call("POST", `/sim/api/mini/customers/${part(id)}/allow`, body),
    disallow: (id, body) => call("POST", `/sim/api/mini/customers/${part(id)}/disallow`, body),
  },
  guide: (body) => call("POST", "/sim/api/guide", body),
  wire: (after) => call("GET", `/sim/api/wire?after=${part(after)}`),
  faults: (faults) => call("POST", "/sim/api/faults", faults),
};
