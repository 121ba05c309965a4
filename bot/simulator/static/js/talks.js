// The conversations on a member's phone: the app's chat, the robot's, groups with the robot, groups of the app.
import { api } from "./api.js";
import { iconAvatar } from "./dom.js";
import { T } from "./texts.js";

export const APP = "app";
export const ROBOT = "robot";

// Each: key, title, icon, face(), load(), and where somebody may write say(text), tap(body), enter().
export function talksOf(world, userid) {
  const robot = robotName(world) ? [robotTalk(world, userid), ...world.robotGroupsOf(userid).map((chat) => robotGroup(world, userid, chat))] : [];
  return [appTalk(world, userid), ...robot, ...world.chatsOf(userid).map(appGroup)];
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
