// Customers' WeChat as the company's 公众号 and 小程序 see it: what he got, what he allows, what he writes.
import { api } from "./api.js";
import { button, fill, h, toast } from "./dom.js";
import { Drawer } from "./drawer.js";
import { coalesced } from "./phone.js";
import { label } from "./time.js";
import { T } from "./texts.js";

const SIDES = ["official", "mini"];

export class Weixin extends Drawer {
  constructor(node, world) {
    super(node, T.weixin.title, "weixin");
    this.world = world;
    this.side = "official";
    this.customer = null;
    this.seen = null; // what the server last told of him
    this.content = h("div", { class: "post-body", testid: "weixin" });
    this.switches = SIDES.map((side) => button({ class: "small-button", testid: `weixin-${side}`, buttonText: T.weixin[side], on: { click: () => this.turn(side) } }, T.weixin[side]));
    fill(this.tools, h("div", { class: "post-tabs" }, this.switches));
    fill(this.body, this.content);
    this.load = coalesced(() => this.read());
    world.onChange(() => { if (this.isOpen()) this.load(); });
  }

  opened() { this.load(); }

  turn(side) {
    this.side = side;
    this.seen = null;
    this.load();
  }

  async read() {
    const known = this.world.customers;
    if (!known.some((one) => one.id === this.customer)) this.customer = known.length ? known[known.length - 1].id : null;
    this.switches.forEach((one, at) => one.setAttribute("aria-pressed", String(this.side === SIDES[at])));
    if (!this.isOpen()) return;
    if (this.customer === null) return fill(this.content, h("p", { class: "empty" }, T.weixin.nobody));
    try {
      this.seen = await (this.side === "official" ? api.official(this.customer) : api.mini(this.customer));
    } catch (error) {
      return fill(this.content, h("p", { class: "empty" }, error.message));
    }
    this.draw();
  }

  async act(what, body) {
    try {
      const acts = this.side === "official" ? api.officialActs : api.miniActs;
      const { taken } = await acts[what](this.customer, body || {});
      if (taken === false) toast(T.weixin.lost, "bad");
    } catch (error) {
      toast(`${T.postbox.failed}：${error.message}`, "bad");
    }
    this.load();
  }

  draw() {
    const field = document.activeElement;
    if (field && field.tagName === "INPUT" && this.content.contains(field) && field.value) return; // a text that is being typed stays
    const his = this.seen;
    fill(this.content, this.people(), h("p", { class: "sheet-note", testid: "weixin-state" }, this.state(his)),
      h("div", { class: "weixin-acts" }, this.acts(his)), this.grants(his), this.thread(his), this.composer());
  }

  people() {
    const chosen = h("select", { class: "field", testid: "weixin-who", "aria-label": T.weixin.who, on: { change: (event) => { this.customer = event.target.value; this.load(); } } },
      this.world.customers.map((one) => h("option", { value: one.id, ...(one.id === this.customer ? { selected: "selected" } : {}) }, one.name)));
    return h("div", { class: "weixin-who" }, chosen);
  }

  state(his) {
    if (!his.on) return T.weixin.off[this.side];
    const span = his.left ? T.weixin.left(his.left, label(his.until)) : T.weixin.closed;
    if (this.side === "mini") return his.follows ? `${T.weixin.used} ${span}` : `${T.weixin.unused} ${span}`;
    if (!his.follows) return T.weixin.stranger;
    return `${T.weixin.follower}${his.blocks ? T.weixin.shut : ""} ${span}`;
  }

  acts(his) {
    const tap = (what, text, body) => button({ class: "small-button", testid: `act-${what}`, buttonText: text, on: { click: () => this.act(what, body) } }, text);
    if (this.side === "mini") return [tap("open", T.weixin.open), tap("enter", T.weixin.enter)];
    if (!his.follows) return [tap("scan", T.weixin.follow, { scene: "" })];
    return [tap("menu", T.weixin.menu), tap("block", his.blocks ? T.weixin.unblock : T.weixin.block, { on: !his.blocks }), tap("leave", T.weixin.leave)];
  }

  grants(his) {
    if (!his.notices.length) return null;
    return h("section", { class: "weixin-grants" }, h("h3", {}, T.weixin.notices), his.notices.map((one) => {
      const left = his.grants[one.id] || 0;
      return h("p", { class: "weixin-grant", testid: `grant-${one.id}` }, h("span", { class: "weixin-grant-name" }, one.title, h("span", { class: "sms-meta" }, T.weixin.may(left))),
        button({ class: "small-button", testid: `allow-${one.id}`, buttonText: `${T.weixin.allow} ${one.title}`, on: { click: () => this.act("allow", { template: one.id, accept: true }) } }, T.weixin.allow),
        left ? button({ class: "small-button", testid: `disallow-${one.id}`, buttonText: `${T.weixin.disallow} ${one.title}`, on: { click: () => this.act("disallow", { template: one.id }) } }, T.weixin.disallow) : null);
    }));
  }

  thread(his) {
    const lines = his.messages.map((one) => h("div", { class: `sms ${one.way}`, testid: `weixin-message-${one.id}` },
      one.title ? h("strong", {}, one.title) : null, h("span", { class: "weixin-text" }, linked(one.text)),
      /^https?:/.test(one.link) ? h("a", { href: one.link, target: "_blank", rel: "noreferrer" }, T.weixin.more) : one.link ? h("span", { class: "sms-meta" }, one.link) : null,
      h("span", { class: "sms-meta" }, one.way === "in" ? `${label(one.at)} · ${T.weixin.uses[one.use] || one.use}` : label(one.at))));
    return h("section", { class: "sms-thread" }, lines.length ? lines : h("p", { class: "empty" }, T.weixin.nothing));
  }

  composer() {
    const input = h("input", { class: "field", type: "text", maxlength: "300", testid: "weixin-text", "aria-label": T.weixin.hint, placeholder: T.weixin.hint, autocomplete: "off" });
    const send = (event) => {
      event.preventDefault();
      const text = input.value.trim();
      input.value = "";
      if (text) this.act("text", { text });
    };
    return h("form", { class: "sms-reply weixin-write", on: { submit: send } }, input, h("button", { type: "submit", class: "small-button", "data-button-text": T.send }, T.send));
  }
}

// Addresses in a text open beside, as they do in WeChat.
function linked(text) {
  return text.split(/(https?:\/\/[^\s，。；、）]+)/).map((part, at) => (at % 2 ? h("a", { href: part, target: "_blank", rel: "noreferrer" }, part) : part));
}
