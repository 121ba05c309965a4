// A customer's WeChat: friends, scanning a salesperson's code, and the chat with him.
import { api } from "./api.js";
import { avatar, button, fill, h, icon, toast } from "./dom.js";
import { announce } from "./bus.js";
import { Composer } from "./composer.js";
import { fromCustomer, openScan } from "./customer_scan.js";
import { openWhy } from "./customer_why.js";
import { MessageList } from "./message_list.js";
import { coalesced, Phone } from "./phone.js";
import { label } from "./time.js";
import { summary } from "./summary.js";
import { T } from "./texts.js";

export class CustomerPhone extends Phone {
  constructor(id, world, adopt) {
    super({ testid: "phone-customer", kind: "customer", label: T.customerPhone });
    this.customer = id; // null until somebody is created
    this.world = world;
    this.adopt = adopt; // tells the desk which customer sits here
    this.friend = null;
    this.messages = [];
    this.seen = new Map();
    this.list = new MessageList({ testid: "chat-customer", emptyText: "", contextOf: (m) => this.context(m) });
    this.index = h("div", { class: "conversations", testid: "conversations-customer" });
    this.refresh = coalesced(() => this.load());
    this.draw();
    this.refresh();
  }

  id() { return "customer"; }
  caption() { return this.name(); }
  name() { return (this.world.customer(this.customer) || {}).name || T.customer.anonymous; }
  handles(event) { return event.type === "customer" || event.type === "world"; }

  async load() {
    if (this.customer && !this.world.customer(this.customer)) this.moveIn();
    this.messages = this.customer ? (await api.customerMessages(this.customer)).map(fromCustomer) : [];
    for (const friend of this.friends()) if (!this.seen.has(friend.userid)) this.seen.set(friend.userid, 0);
    this.draw();
  }

  // Customers of an earlier run are gone; the first one of this run takes the phone.
  moveIn() {
    const [first] = this.world.customers;
    this.customer = first ? first.id : null;
    this.friend = null;
    this.adopt(this.customer);
  }

  follows() { return (this.world.customer(this.customer) || {}).follows || []; }

  // Those he has as contacts now, and those with whom an old chat is left.
  friends() {
    const ids = [...this.follows(), ...this.messages].map((one) => one.userid);
    return [...new Set(ids)].map((userid) => this.world.person(userid));
  }

  chat(userid) { return this.messages.filter((message) => message.userid === userid); }

  // The grey line that WeChat itself puts on top of a new chat.
  opening(userid) {
    const follow = this.follows().find((one) => one.userid === userid);
    if (!follow) return [];
    const name = this.world.nameOf(userid);
    return [{ id: `added-${userid}`, from: "system", kind: "event", text: follow.confirmed ? T.customer.added(name) : T.customer.waiting(name) }];
  }

  unread(userid) {
    return this.chat(userid).slice(this.seen.get(userid) ?? 0).filter((m) => m.from === "app").length;
  }

  unreadTotal() { return this.friends().reduce((sum, friend) => sum + this.unread(friend.userid), 0); }

  draw() {
    if (!this.customer) this.drawStart();
    else if (this.friend) this.drawChat();
    else this.drawIndex();
    this.onUnread();
  }

  drawStart() {
    if (this.start && this.start.isConnected) return;
    const input = h("input", { class: "field", type: "text", maxlength: "32", testid: "customer-name", "aria-label": T.customer.name, placeholder: T.customer.name, autocomplete: "off" });
    this.start = h("form", { class: "customer-start", on: { submit: (event) => { event.preventDefault(); this.create(input.value); } } },
      avatar(T.customer.anonymous, "#2f8f6b", "avatar-big"),
      h("p", {}, T.customer.createNote), input,
      h("button", { type: "submit", class: "wide-button", testid: "customer-create", "data-button-text": T.customer.create }, T.customer.create));
    this.navigate({ title: T.customer.app });
    this.show(this.start);
  }

  async create(name) {
    if (!name.trim()) return;
    try {
      const made = await api.createCustomer(name.trim());
      await this.world.load();
      this.customer = made.id;
      this.adopt(this.customer);
      await this.refresh();
    } catch (error) {
      toast(`${T.customer.failed}：${error.message}`, "bad");
    }
  }

  drawIndex() {
    const scan = button({ class: "nav-button", testid: "customer-scan", buttonText: T.customer.scan, "aria-label": T.customer.scan, on: { click: () => this.openScan() } }, icon("scan"));
    this.navigate({ title: T.customer.app, right: [scan] });
    const friends = this.friends();
    fill(this.index, friends.length ? friends.map((friend) => this.row(friend)) : [
      h("p", { class: "empty" }, T.customer.empty),
      button({ class: "wide-button", testid: "customer-scan-big", buttonText: T.customer.scan, on: { click: () => this.openScan() } }, T.customer.scan),
    ]);
    const { service } = this.world;
    if (service && !friends.some((friend) => friend.userid === service.id)) this.index.append(this.row(this.world.person(service.id)));
    if (this.world.explains) {
      this.index.append(button({ class: "link-button why-open", testid: "why-open", buttonText: T.customer.why, on: { click: () => openWhy(this.screen, this.customer) } }, T.customer.why));
    }
    if (!this.index.isConnected) this.show(this.index);
  }

  isDesk(userid) { return Boolean(this.world.service) && userid === this.world.service.id; }

  row(friend) {
    const chat = this.chat(friend.userid);
    const last = chat[chat.length - 1];
    const count = this.unread(friend.userid);
    return button({ class: "conversation", testid: `friend-${friend.userid}`, buttonText: friend.name, on: { click: () => this.openChat(friend.userid) } },
      h("span", { class: "conversation-face" }, avatar(friend.name, friend.avatar_color), count ? h("span", { class: "dot", "aria-label": T.unread(count) }, count) : null),
      h("span", { class: "conversation-text" },
        h("span", { class: "conversation-name" }, friend.name, h("span", { class: "corp" }, `@${this.world.corpName()}`)),
        h("span", { class: "conversation-last" }, last ? summary(last) : this.isDesk(friend.userid) ? T.customer.desk : "\u00a0")),
      h("span", { class: "conversation-time" }, last ? label(last.at) : ""));
  }

  openChat(userid) {
    // Whoever opens the desk's chat has entered it; that is when he may be greeted.
    if (this.isDesk(userid)) api.serviceEnter(this.customer).catch((error) => toast(`${T.customer.failed}：${error.message}`, "bad"));
    this.friend = userid;
    this.list.clear();
    const composer = new Composer({ id: "customer", name: this.world.nameOf(userid), send: (text) => this.say(text) });
    this.show(this.list.node, composer.node);
    this.draw();
  }

  async say(text) {
    if (this.isDesk(this.friend)) await api.serviceText(this.customer, text);
    else await api.customerText(this.customer, this.friend, text);
    await this.refresh();
  }

  drawChat() {
    const chat = this.chat(this.friend);
    if (this.visible) this.seen.set(this.friend, chat.length);
    this.list.update([...this.opening(this.friend), ...chat], () => this.world.version);
    const title = h("span", {}, this.world.nameOf(this.friend), h("span", { class: "corp" }, `@${this.world.corpName()}`));
    this.navigate({ title, back: () => { this.friend = null; this.draw(); }, unread: this.unreadTotal() });
  }

  openScan() {
    openScan(this.screen, { world: this.world, scan: (url) => this.scan(url) });
  }

  async scan(url) {
    // The word of an official account's code (公众号): following it opens no chat with anybody.
    if (/^sc[a-z0-9]{26}$/.test(url)) {
      const { taken } = await api.followScan(this.customer, url);
      toast(taken ? T.customer.followed : T.customer.followLost, taken ? "" : "bad");
      return;
    }
    const added = await api.scan(this.customer, url);
    announce({ kind: "scan", customer: this.customer });
    await this.world.load();
    await this.refresh();
    this.openChat(added.userid);
  }

  setVisible(visible) {
    const was = this.visible;
    this.visible = visible;
    if (visible && !was) this.draw();
  }

  context(message) {
    const known = this.world.customer(this.customer) || {};
    return {
      id: String(message.id), seat: "customer", choices: new Map(),
      me: { name: this.name(), avatar_color: known.avatar_color || "#2f8f6b" }, them: this.world.person(message.userid),
      nameOf: (userid) => this.world.nameOf(userid), tap: () => {}, person: () => {}, notice: (text) => toast(text),
      settled: () => this.list.follow && this.list.toEnd(),
    };
  }
}
