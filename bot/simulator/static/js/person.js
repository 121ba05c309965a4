// A member's phone: the app's chat, the group chats, and the list of both.
import { api } from "./api.js";
import { avatar, button, fill, h, icon, iconAvatar, toast } from "./dom.js";
import { announce } from "./bus.js";
import { chosen } from "./card_choices.js";
import { Composer } from "./composer.js";
import { MenuBar } from "./menu_bar.js";
import { MessageList } from "./message_list.js";
import { coalesced, Phone } from "./phone.js";
import { label } from "./time.js";
import { summary } from "./summary.js";
import { T } from "./texts.js";

const APP = "app";

export class PersonPhone extends Phone {
  constructor(userid, world) {
    super({ testid: `phone-${userid}`, kind: "person", label: world.nameOf(userid) });
    this.userid = userid;
    this.world = world;
    this.view = APP;
    this.messages = { [APP]: [] }; // conversation → its messages
    this.seen = new Map(); // conversation → how many were there when last looked at
    this.pressed = new Map(); // message id → key that was pressed and still turns
    this.sending = new Set(); // message ids whose press is on its way to the server
    this.choices = new Map(); // message id → question_key → [ids]
    this.list = new MessageList({ testid: `chat-${userid}`, emptyText: T.appNoteEmpty, contextOf: (m) => this.context(m) });
    this.groupList = new MessageList({ testid: `group-${userid}`, emptyText: T.groupEmpty, contextOf: (m) => this.groupContext(m) });
    this.index = h("div", { class: "conversations", testid: `conversations-${userid}` });
    this.composer = new Composer({ id: userid, name: this.appName(), send: (text) => this.say(text) });
    this.menu = new MenuBar({ press: (key, text) => this.pressMenu(key, text), notice: (text) => toast(text) });
    this.refresh = coalesced(() => this.load());
    this.open(APP);
    this.refresh().then(() => this.messages[APP].length || this.enter());
  }

  id() { return this.userid; }
  caption() { return this.world.nameOf(this.userid); }
  appName() { return this.world.appName(); }
  nameOf(userid) { return this.world.nameOf(userid); }
  groups() { return this.world.chatsOf(this.userid); }
  handles(event) { return event.userid === undefined || event.userid === this.userid || Boolean(event.chatid); }
  prefill(text) { this.open(APP); this.composer.fillIn(text); return true; }
  close() { this.menu.destroy(); }

  async load() {
    const first = !this.seen.has(APP); // what was there before the page was opened is not news
    const loads = [[APP, api.messages(this.userid)], ...this.groups().map((chat) => [chat.chatid, api.chat(chat.chatid)])];
    for (const [key, promise] of loads) {
      try {
        this.messages[key] = await promise;
      } catch (error) {
        if (key === APP) throw error;
        this.messages[key] = this.messages[key] || [];
      }
      if (!this.seen.has(key)) this.seen.set(key, first ? this.messages[key].length : 0);
    }
    this.draw();
  }

  draw() {
    const settled = this.settlePresses();
    this.menu.update(this.world.menu());
    if (this.visible && this.seen.has(this.view)) this.seen.set(this.view, (this.messages[this.view] || []).length);
    if (this.view === APP) {
      const went = this.list.update(this.messages[APP], (m) => [this.pressed.get(String(m.id)), this.world.version]);
      if (!went && this.visible) settled.forEach((id) => this.list.show(id));
    } else if (this.view) this.groupList.update(this.messages[this.view] || [], () => this.world.version);
    else this.drawIndex();
    this.drawNav();
    this.onUnread();
  }

  drawNav() {
    if (!this.view) return this.navigate({ title: T.messages });
    const group = this.groups().find((chat) => chat.chatid === this.view);
    const title = group ? T.groupCount(group.name, group.members.length) : this.appName();
    const elsewhere = this.unreadTotal() - this.unread(this.view);
    return this.navigate({ title, back: () => this.open(null), unread: elsewhere, right: [icon(group ? "group" : "bell")] });
  }

  drawIndex() {
    const app = { key: APP, name: this.appName(), face: iconAvatar("bell") };
    const rows = [app, ...this.groups().map((chat) => ({ key: chat.chatid, name: chat.name, face: iconAvatar("group", "avatar-group") }))];
    fill(this.index, rows.map((row) => this.conversation(row)));
  }

  conversation({ key, name, face }) {
    const messages = this.messages[key] || [];
    const last = messages[messages.length - 1];
    const count = this.unread(key);
    return button({ class: "conversation", testid: `open-${key}`, buttonText: name, on: { click: () => this.open(key) } },
      h("span", { class: "conversation-face" }, face, count ? h("span", { class: "dot", "aria-label": T.unread(count) }, count > 99 ? "99+" : count) : null),
      h("span", { class: "conversation-text" },
        h("span", { class: "conversation-name" }, name),
        h("span", { class: "conversation-last" }, last ? summary(last) : "\u00a0")),
      h("span", { class: "conversation-time" }, last ? label(last.at) : ""));
  }

  unread(key) {
    const messages = this.messages[key] || [];
    return messages.slice(this.seen.get(key) ?? messages.length).filter((m) => m.from !== "me").length;
  }

  unreadTotal() {
    return [APP, ...this.groups().map((chat) => chat.chatid)].reduce((sum, key) => sum + this.unread(key), 0);
  }

  open(view) {
    const before = this.view;
    this.view = view;
    if (view === APP) {
      this.show(this.list.node, this.composer.node, this.menu.node);
      if (before === null) this.enter();
    } else if (view) {
      this.groupList.clear();
      this.show(this.groupList.node);
    } else this.show(this.index);
    this.draw();
  }

  enter() {
    api.enter(this.userid).catch((error) => console.warn("enter", error.message));
  }

  setVisible(visible) {
    const was = this.visible;
    this.visible = visible;
    if (visible && !was) this.draw();
  }

  context(message) {
    const id = String(message.id);
    if (!this.choices.has(id)) this.choices.set(id, new Map());
    return {
      id, seat: this.userid, state: message.card_state, pressed: this.pressed.get(id), choices: this.choices.get(id),
      me: this.world.person(this.userid), them: null, nameOf: (userid) => this.nameOf(userid),
      tap: (key, text) => this.tap(message, key, text), person: (userid) => this.profile(userid), notice: (text) => toast(text),
      settled: () => this.list.follow && this.list.toEnd(),
    };
  }

  groupContext(message) {
    return { ...this.context(message), tap: () => {}, settled: () => this.groupList.follow && this.groupList.toEnd() };
  }

  profile(userid) {
    const person = this.world.person(userid);
    toast([person.name, person.department, person.position || T.roles[person.role]].filter(Boolean).join(" · "));
  }

  async say(text) {
    await api.text(this.userid, text);
    announce({ kind: "text", userid: this.userid, text });
    await this.refresh();
  }

  async pressMenu(key, text) {
    try {
      await api.menu(this.userid, key);
      announce({ kind: "menu", userid: this.userid, text });
    } catch (error) {
      toast(`${T.tapFailed}：${error.message}`, "bad");
    }
    await this.refresh();
  }

  async tap(message, key, text) {
    const id = String(message.id);
    if (this.pressed.has(id)) return;
    const selected = chosen(message.card, this.choices.get(id) || new Map());
    this.pressed.set(id, key);
    this.sending.add(id);
    this.draw();
    try {
      await api.tap(this.userid, { message_id: message.id, key, ...(Object.keys(selected).length ? { selected } : {}) });
      announce({ kind: "tap", userid: this.userid, text });
    } catch (error) {
      toast(`${T.tapFailed}：${error.message}`, "bad");
    }
    this.sending.delete(id);
    await this.refresh();
  }

  // A press is over once the server no longer says that the card is loading.
  settlePresses() {
    const settled = [];
    for (const message of this.messages[APP]) {
      const id = String(message.id);
      if (!this.sending.has(id) && message.card_state !== "loading" && this.pressed.delete(id)) settled.push(id);
    }
    return settled;
  }
}
