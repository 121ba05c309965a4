// The phone of somebody who uses DingTalk: the chat with the robot, groups, the to-do list, pages opened from cards.
import { announce } from "./bus.js";
import { api } from "./api.js";
import { button, fill, h, icon, iconAvatar, toast } from "./dom.js";
import { Composer } from "./composer.js";
import { dingChosen, todoList } from "./ding_card.js";
import { MessageList } from "./message_list.js";
import { coalesced, Phone } from "./phone.js";
import { link } from "./richtext.js";
import { summary } from "./summary.js";
import { label } from "./time.js";
import { mentionTool, pictureTool } from "./tools.js";
import { T } from "./texts.js";

const ROBOT = "";
const TODOS = "todos";

export class DingPhone extends Phone {
  constructor(userid, world) {
    super({ testid: `phone-ding-${userid}`, kind: "ding", label: T.ding.phone(world.dingNameOf(userid)) });
    this.isDing = true;
    this.userid = userid;
    this.world = world;
    this.view = ROBOT;
    this.page = null; // {url, title} of a page that lies over the chat
    this.messages = { [ROBOT]: [] };
    this.todos = [];
    this.seen = new Map();
    this.pressed = new Map();
    this.sending = new Set();
    this.choices = new Map();
    this.rooms = new Map();
    this.index = h("div", { class: "conversations", testid: `conversations-ding-${userid}` });
    this.todoBox = h("div", { class: "todo-list", testid: `todos-${userid}` });
    this.read = coalesced(() => this.load());
    this.open(ROBOT);
    this.refresh();
  }

  id() { return `ding-${this.userid}`; }
  caption() { return T.ding.phone(this.world.dingNameOf(this.userid)); }
  handles(event) { return event.type === "ding" && event.staff.includes(this.userid); }
  refresh() { return this.read(); }
  groups() { return this.world.dingGroupsOf(this.userid); }
  robotName() { return this.world.ding.app.name; }

  prefill(text) {
    this.open(ROBOT);
    this.room(ROBOT).composer.fillIn(text);
    return true;
  }

  async load() {
    const first = !this.seen.has(ROBOT); // what was there before the page was opened is not news
    const keys = [ROBOT, ...this.groups().map((group) => group.id)];
    const found = await Promise.all(keys.map((key) => api.dingMessages(this.userid, key)));
    keys.forEach((key, index) => {
      const now = found[index].map(shown);
      this.tell(this.messages[key] || [], now);
      this.messages[key] = now;
      if (!this.seen.has(key)) this.seen.set(key, first ? found[index].length : 0);
    });
    this.todos = (await api.dingTodos(this.userid)).map((one) => ({ ...one, dueLabel: one.due ? label(one.due) : "" }));
    this.draw();
  }

  // The guide hears of a card that may be taken, and of one that may not be any more.
  tell(before, now) {
    const old = new Map(before.map((message) => [message.id, message]));
    for (const message of now) {
      const offers = mayBeTaken(message);
      const flipped = !offers && old.has(message.id) && mayBeTaken(old.get(message.id));
      if (flipped || (offers && !old.has(message.id))) announce({ kind: "ding_card", userid: this.userid, message, offers, flipped });
    }
  }

  room(key) {
    if (!this.rooms.has(key)) this.rooms.set(key, this.newRoom(key));
    return this.rooms.get(key);
  }

  newRoom(key) {
    const isGroup = key !== ROBOT;
    const list = new MessageList({ testid: `${isGroup ? "group" : "chat"}-ding-${this.userid}`, emptyText: isGroup ? T.ding.groupEmpty(this.robotName()) : T.ding.empty, contextOf: (m) => this.context(m, key) });
    const composer = new Composer({ id: this.id(), name: isGroup ? T.ding.group : this.robotName(), send: (text) => this.say(key, text) });
    if (isGroup) composer.add(mentionTool(composer, `@${this.robotName()} `));
    else composer.add(pictureTool(this.id(), (body) => api.dingFile(this.userid, body).then(() => this.refresh())));
    return { list, composer };
  }

  open(view) {
    this.view = view;
    this.page = null;
    if (view === null) this.show(this.index);
    else if (view === TODOS) this.show(this.todoBox);
    else {
      const { list, composer } = this.room(view);
      list.follow = true;
      this.show(list.node, composer.node);
    }
    this.draw();
  }

  openPage(url, title) {
    this.page = { url, title };
    this.show(h("iframe", { class: "form-frame", testid: `page-ding-${this.userid}`, src: url, title }));
    this.drawNav();
  }

  draw() {
    const settled = this.settlePresses();
    const { view } = this;
    if (this.visible && this.messages[view] && this.seen.has(view)) this.seen.set(view, this.messages[view].length);
    if (!this.page) {
      if (view === null) this.drawIndex();
      else if (view === TODOS) fill(this.todoBox, todoList(this.todos, (url, title) => this.openPage(url, title)));
      else {
        const { list } = this.room(view);
        const went = list.update(this.messages[view] || [], (m) => [this.pressed.get(String(m.id)), this.world.version]);
        if (!went && this.visible) settled.forEach((id) => list.show(id));
      }
    }
    this.drawNav();
    this.onUnread();
  }

  drawNav() {
    if (this.page) {
      const { url, title } = this.page;
      return this.navigate({ title, back: () => { this.open(this.view); this.refresh(); }, right: [link(url, { class: "nav-button", testid: "page-open", "aria-label": T.form.outside }, icon("open"))] });
    }
    if (this.view === null) return this.navigate({ title: T.messages });
    const group = this.groups().find((one) => one.id === this.view);
    const title = this.view === TODOS ? T.ding.todos : group ? T.groupCount(group.name, group.members.length + 1) : this.robotName();
    const elsewhere = this.unreadTotal() - this.unread(this.view);
    return this.navigate({ title, back: () => this.open(null), unread: elsewhere, right: [h("span", { class: "ding-mark" }, T.ding.name)] });
  }

  drawIndex() {
    const open = this.todos.filter((one) => !one.done).length;
    fill(this.index,
      this.conversation(ROBOT, this.robotName(), "bell", ""),
      this.groups().map((group) => this.conversation(group.id, group.name, "group", "avatar-group")),
      button({ class: "conversation", testid: "open-todos", buttonText: T.ding.todos, on: { click: () => this.open(TODOS) } },
        h("span", { class: "conversation-face" }, iconAvatar("check", "avatar-todo")),
        h("span", { class: "conversation-text" }, h("span", { class: "conversation-name" }, T.ding.todos), h("span", { class: "conversation-last" }, T.ding.openTodos(open)))));
  }

  conversation(key, name, face, extra) {
    const messages = this.messages[key] || [];
    const last = messages[messages.length - 1];
    const count = this.unread(key);
    return button({ class: "conversation", testid: `open-${key || "robot"}`, buttonText: name, on: { click: () => this.open(key) } },
      h("span", { class: "conversation-face" }, iconAvatar(face, extra), count ? h("span", { class: "dot", "aria-label": T.unread(count) }, count > 99 ? "99+" : count) : null),
      h("span", { class: "conversation-text" }, h("span", { class: "conversation-name" }, name), h("span", { class: "conversation-last" }, last ? summary(last) : "\u00a0")),
      h("span", { class: "conversation-time" }, last ? label(last.at) : ""));
  }

  unread(key) {
    const messages = this.messages[key] || [];
    return messages.slice(this.seen.get(key) ?? messages.length).filter((m) => m.from !== "me").length;
  }

  unreadTotal() { return Object.keys(this.messages).reduce((sum, key) => sum + this.unread(key), 0); }

  setVisible(visible) {
    const was = this.visible;
    this.visible = visible;
    if (visible && !was) this.draw();
  }

  context(message, key) {
    const id = String(message.id);
    if (!this.choices.has(id)) this.choices.set(id, new Map());
    const isPerson = !["me", "app", "system", "notice"].includes(message.from);
    const { list } = this.rooms.get(key);
    return {
      id, seat: this.id(), pressed: this.pressed.get(id), choices: this.choices.get(id), isRobot: isPerson,
      me: this.world.dingPerson(this.userid), them: isPerson ? this.world.dingPerson(message.from) : null, notice: (text) => toast(text),
      nameOf: (userid) => this.world.dingNameOf(userid), tap: (slot, text) => this.tap(message, key, slot, text),
      openPage: (url, title) => this.openPage(url, title), settled: () => list.follow && list.toEnd(),
    };
  }

  async say(key, text) {
    await api.dingText(this.userid, text, key);
    announce({ kind: key ? "group" : "text", userid: this.userid, text });
    await this.refresh();
  }

  async tap(message, key, slot, text) {
    const id = String(message.id);
    if (this.pressed.has(id)) return;
    const selected = dingChosen(message.card, this.choices.get(id) || new Map());
    this.pressed.set(id, slot);
    this.sending.add(id);
    this.draw();
    try {
      await api.dingTap(this.userid, { message_id: message.id, key: slot, selected, group: key || undefined });
      announce({ kind: "tap", userid: this.userid, text });
    } catch (error) {
      toast(`${T.tapFailed}：${error.message}`, "bad");
    }
    await this.refresh();
    this.sending.delete(id);
    this.draw();
  }

  settlePresses() {
    const settled = [];
    for (const message of Object.values(this.messages).flat()) {
      const id = String(message.id);
      if (!this.sending.has(id) && message.card_state !== "loading" && this.pressed.delete(id)) settled.push(id);
    }
    return settled;
  }
}

function mayBeTaken(message) {
  return message.kind === "ding_card" && (message.card.buttons || []).some((one) => one.text === T.ding.take);
}

// The kinds of entries under the names that the page draws them by.
const KINDS = { card: "ding_card", note: "event", markdown: "ding_markdown" };

function shown(message) {
  const card = message.kind === "link" ? { ...message.card, description: message.text } : message.card;
  return { ...message, kind: KINDS[message.kind] || message.kind, card };
}
