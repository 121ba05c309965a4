// A member's phone: the chats with the app and the robot, the groups, and the list of them all.
import { avatar, button, fill, h, icon, toast } from "./dom.js";
import { announce } from "./bus.js";
import { api } from "./api.js";
import { chosen } from "./card_choices.js";
import { Composer } from "./composer.js";
import { MenuBar } from "./menu_bar.js";
import { MessageList } from "./message_list.js";
import { coalesced, Phone } from "./phone.js";
import { label } from "./time.js";
import { summary } from "./summary.js";
import { APP, HELPER, ROBOT, talksOf } from "./talks.js";
import { mentionTool, pictureTool } from "./tools.js";
import { T } from "./texts.js";

const EVERYTHING = "*";

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
    this.rooms = new Map(); // conversation → {list, composer}
    this.stale = new Set([EVERYTHING]); // conversations to read again
    this.index = h("div", { class: "conversations", testid: `conversations-${userid}` });
    this.menu = new MenuBar({ press: (key, text) => this.pressMenu(key, text), notice: (text) => toast(text) });
    this.read = coalesced(() => this.load());
    this.open(APP);
    this.refresh().then(() => this.messages[APP].length || this.enter());
  }

  id() { return this.userid; }
  caption() { return this.world.nameOf(this.userid); }
  nameOf(userid) { return this.world.nameOf(userid); }
  talks() { return talksOf(this.world, this.userid); }
  talk(key) { return this.talks().find((one) => one.key === key); }
  close() { this.menu.destroy(); }

  prefill(text) {
    this.open(APP);
    this.room(this.talk(APP)).composer.fillIn(text);
    return true;
  }

  // Does this event concern me? Only what it touches is read again.
  handles(event) {
    if (event.type === "robot") {
      if (!event.chatid || !event.members.includes(this.userid)) return false;
      this.stale.add(event.chatid === this.userid ? ROBOT : event.chatid);
    } else if (event.type === "group_message") {
      if (event.userid !== this.userid) return false;
      this.stale.add(HELPER);
    } else if (event.type === "customer") {
      if (!this.world.heldBy(this.userid).some((one) => one.id === event.id)) return false;
      this.stale.add(`service-${event.id}`);
    } else if (event.chatid) this.stale.add(event.chatid);
    else if (event.userid === this.userid) this.stale.add(APP);
    else if (event.userid === undefined) this.stale.add(EVERYTHING);
    else return false;
    return true;
  }

  refresh() {
    if (!this.stale.size) this.stale.add(EVERYTHING);
    return this.read();
  }

  async load() {
    const first = !this.seen.has(APP); // what was there before the page was opened is not news
    const wanted = this.stale;
    this.stale = new Set();
    const talks = this.talks().filter((one) => wanted.has(EVERYTHING) || wanted.has(one.key));
    const loads = talks.map((one) => [one.key, one.load()]);
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

  // The list of a conversation and, where one may write, its text field; made when first opened.
  room(talk) {
    if (!this.rooms.has(talk.key)) this.rooms.set(talk.key, this.newRoom(talk));
    return this.rooms.get(talk.key);
  }

  newRoom(talk) {
    const kind = talk.key === APP ? "chat" : talk.isGroup ? "group" : "robot";
    const list = new MessageList({ testid: `${kind}-${this.userid}`, emptyText: talk.empty, contextOf: (m) => this.context(m, talk.key) });
    if (!talk.say) return { list, composer: null };
    const composer = new Composer({ id: this.userid, name: talk.name || talk.title, send: (text) => this.say(talk.key, text) });
    if (talk.mention) composer.add(mentionTool(composer, talk.mention));
    if (talk.send) composer.add(pictureTool(this.userid, (body) => talk.send(body).then(() => this.refresh())));
    return { list, composer };
  }

  draw() {
    const settled = this.settlePresses();
    this.menu.update(this.world.menu());
    if (this.visible && this.seen.has(this.view)) this.seen.set(this.view, (this.messages[this.view] || []).length);
    const talk = this.talk(this.view);
    if (talk) {
      const { list } = this.room(talk);
      const went = list.update(this.messages[this.view] || [], (m) => [this.pressed.get(String(m.id)), this.world.version]);
      if (!went && this.visible) settled.forEach((id) => list.show(id));
    } else this.drawIndex();
    this.drawNav();
    this.onUnread();
  }

  drawNav() {
    const talk = this.talk(this.view);
    if (!talk) return this.navigate({ title: T.messages });
    const elsewhere = this.unreadTotal() - this.unread(this.view);
    return this.navigate({ title: talk.title, back: () => this.open(null), unread: elsewhere, right: [icon(talk.icon)] });
  }

  drawIndex() {
    fill(this.index, this.talks().map((talk) => this.conversation(talk)));
  }

  conversation(talk) {
    const messages = this.messages[talk.key] || [];
    const last = messages[messages.length - 1];
    const count = this.unread(talk.key);
    const name = talk.name || talk.title;
    return button({ class: "conversation", testid: `open-${talk.key}`, buttonText: name, on: { click: () => this.open(talk.key) } },
      h("span", { class: "conversation-face" }, talk.face(), count ? h("span", { class: "dot", "aria-label": T.unread(count) }, count > 99 ? "99+" : count) : null),
      h("span", { class: "conversation-text" },
        h("span", { class: "conversation-name" }, name),
        h("span", { class: "conversation-last" }, last ? summary(last) : "\u00a0")),
      h("span", { class: "conversation-time" }, last ? label(last.at) : ""));
  }

  unread(key) {
    const messages = this.messages[key] || [];
    return messages.slice(this.seen.get(key) ?? messages.length).filter((m) => m.from !== "me" && m.from !== "system").length;
  }

  unreadTotal() {
    return this.talks().reduce((sum, talk) => sum + this.unread(talk.key), 0);
  }

  open(view) {
    const before = this.view;
    this.view = view;
    const talk = this.talk(view);
    if (!talk) this.show(this.index);
    else {
      const { list, composer } = this.room(talk);
      list.follow = true;
      this.show(list.node, ...(composer ? [composer.node] : []), ...(view === APP ? [this.menu.node] : []));
      if (talk.enter && before === null) this.enter(talk);
    }
    this.draw();
  }

  enter(talk = this.talk(APP)) {
    talk.enter().catch((error) => console.warn("enter", error.message));
  }

  setVisible(visible) {
    const was = this.visible;
    this.visible = visible;
    if (visible && !was) this.draw();
  }

  context(message, key) {
    const id = String(message.id);
    if (!this.choices.has(id)) this.choices.set(id, new Map());
    const talk = this.talk(key) || {};
    const isPerson = !["me", "app", "system"].includes(message.from);
    const { list } = this.rooms.get(key);
    return {
      id, seat: this.userid, state: message.card_state, pressed: this.pressed.get(id), choices: this.choices.get(id),
      me: this.world.person(this.userid), them: isPerson ? this.world.person(message.from) : null, isRobot: talk.isRobot,
      nameOf: (userid) => this.nameOf(userid), person: (userid) => this.profile(userid), notice: (text) => toast(text),
      tap: (button_key, text) => this.tap(message, key, button_key, text), ask: talk.isRobot ? (text) => this.say(key, (talk.mention || "") + text) : null,
      judge: (type) => this.judge(message, key, type), settled: () => list.follow && list.toEnd(),
    };
  }

  profile(userid) {
    const person = this.world.person(userid);
    toast([person.name, person.department, person.position || T.roles[person.role]].filter(Boolean).join(" · "));
  }

  async say(key, text) {
    const talk = this.talk(key);
    await talk.say(text);
    announce({ kind: talk.isGroup ? "group" : "text", userid: this.userid, text });
    await this.refresh();
  }

  async pressMenu(key, text) {
    await this.attempt(async () => {
      await api.menu(this.userid, key);
      announce({ kind: "menu", userid: this.userid, text });
    });
  }

  async judge(message, key, type) {
    await this.attempt(() => this.talk(key).judge({ message_id: message.id, type }));
  }

  async attempt(act) {
    try {
      await act();
    } catch (error) {
      toast(`${T.tapFailed}：${error.message}`, "bad");
    }
    await this.refresh();
  }

  async tap(message, key, button_key, text) {
    const id = String(message.id);
    const talk = this.talk(key);
    if (!talk.tap || this.pressed.has(id)) return;
    const selected = chosen(message.card, this.choices.get(id) || new Map());
    this.pressed.set(id, button_key);
    this.sending.add(id);
    this.draw();
    await this.attempt(async () => {
      await talk.tap({ message_id: message.id, key: button_key, ...(Object.keys(selected).length ? { selected } : {}) });
      announce({ kind: "tap", userid: this.userid, text });
    });
    this.sending.delete(id);
    this.draw();
  }

  // A press is over once the server no longer says that the card is loading.
  settlePresses() {
    const settled = [];
    for (const message of Object.values(this.messages).flat()) {
      const id = String(message.id);
      if (!this.sending.has(id) && message.card_state !== "loading" && this.pressed.delete(id)) settled.push(id);
    }
    return settled;
  }
}
