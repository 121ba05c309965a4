// The conversations on a member's phone: the app's chat, the robot's, groups with the robot, groups of the app.
import { api } from "./api.js";
import { iconAvatar } from "./dom.js";
import { T } from "./texts.js";

export const APP = "app";
export const ROBOT = "robot";
export const HELPER = "group-helper";

// Each: key, title, icon, face(), load(), and where somebody may write say(text), tap(body), enter().
export function talksOf(world, userid) {
  const robot = robotName(world) ? [robotTalk(world, userid), ...world.robotGroupsOf(userid).map((chat) => robotGroup(world, userid, chat))] : [];
  const helper = world.hasGroupTasks(userid) ? [helperTalk(userid)] : [];
  const desk = world.heldBy(userid).map((one) => deskTalk(userid, one));
  return [appTalk(world, userid), ...helper, ...desk, ...robot, ...world.chatsOf(userid).map(appGroup)];
}

// A company whose robot was never connected has none to show.
export function robotName(world) {
  return world.robot.subscribed > 0 ? world.robot.name : "";
}

function appTalk(world, userid) {
  return {
    key: APP, title: world.appName(), icon: "bell", face: () => iconAvatar("bell"), empty: T.appNoteEmpty,
    load: () => api.messages(userid), say: (text) => api.text(userid, text),
    tap: (body) => api.tap(userid, body), enter: () => api.enter(userid), send: (body) => api.file(userid, body),
  };
}

// 群发助手: each task is a card whose button sends it to all its customers.
function helperTalk(userid) {
  return {
    key: HELPER, title: T.helper.name, name: T.helper.name, icon: "group", face: () => iconAvatar("group", "avatar-group"), empty: T.helper.empty,
    load: () => api.groupTasks(userid), tap: (body) => api.groupSend(userid, body.key),
  };
}

// A conversation of 微信客服 that this member has.
function deskTalk(userid, one) {
  return {
    key: `service-${one.id}`, title: T.desk.title(one.name), name: T.desk.title(one.name), icon: "group", face: () => iconAvatar("group", "avatar-group"), empty: T.desk.empty,
    load: () => api.serviceMessages(userid, one.id), say: (text) => api.serviceAnswer(userid, one.id, text),
  };
}

function appGroup(chat) {
  return {
    key: chat.chatid, title: T.groupCount(chat.name, chat.members.length), name: chat.name, icon: "group",
    face: () => iconAvatar("group", "avatar-group"), empty: T.groupEmpty, isGroup: true, load: () => api.chat(chat.chatid),
  };
}

function robotTalk(world, userid) {
  return {
    ...robotActs(userid, "single"), key: ROBOT, name: world.robot.name, title: world.robot.online ? world.robot.name : T.robot.offline(world.robot.name), icon: "robot",
    face: () => iconAvatar("robot", "avatar-robot"), empty: T.robot.empty, send: (body) => api.robotFile(userid, body),
    enter: () => api.robotEnter(userid),
  };
}

function robotGroup(world, userid, chat) {
  return {
    ...robotActs(userid, chat.chatid), key: chat.chatid, name: chat.name, icon: "group", isGroup: true,
    title: T.groupCount(chat.name, chat.members.length + 1), // the robot is a member too
    face: () => iconAvatar("group", "avatar-robot"), empty: T.robot.groupEmpty(world.robot.name), mention: `@${world.robot.name} `,
  };
}

function robotActs(userid, chat) {
  return {
    isRobot: true, load: () => api.robotMessages(userid, chat), say: (text) => api.robotText(userid, chat, text),
    tap: (body) => api.robotTap(userid, chat, body), judge: (body) => api.robotFeedback(userid, chat, body),
  };
}
