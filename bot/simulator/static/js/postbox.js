// Customers' mailboxes and phones: what was sent to them, read, clicked and answered.
import { api } from "./api.js";
import { announce } from "./bus.js";
import { button, fill, h, toast } from "./dom.js";
import { Drawer } from "./drawer.js";
import { coalesced } from "./phone.js";
import { label } from "./time.js";
import { T } from "./texts.js";

export class Postbox extends Drawer {
  constructor(node) {
    super(node, T.postbox.title, "postbox");
    this.mail = [];
    this.sms = [];
    this.tab = "mail";
    this.letter = null; // the id of the one that is open
    this.seenSms = 0;
    this.content = h("div", { class: "post-body", testid: "postbox" });
    this.switches = ["mail", "sms"].map((tab) => button({ class: "small-button", testid: `post-${tab}`, buttonText: T.postbox[tab], on: { click: () => this.turn(tab) } }, T.postbox[tab]));
    fill(this.tools, h("div", { class: "post-tabs" }, this.switches));
    fill(this.body, this.content);
    this.load = coalesced(() => this.read());
  }

  async read() {
    try {
      [this.mail, this.sms] = await Promise.all([api.mail(), api.sms()]);
    } catch (error) {
      console.warn("postbox", error.message);
      return;
    }
    this.draw();
  }

  opened() { this.load(); }

  turn(tab) {
    this.tab = tab;
    this.letter = null;
    this.draw();
  }

  draw() {
    if (this.isOpen() && this.tab === "sms") this.seenSms = this.sms.length;
    const unread = this.mail.filter((one) => !one.read).length + this.sms.slice(this.seenSms).filter((one) => one.way === "in").length;
    this.button.classList.toggle("alert", unread > 0);
    this.button.dataset.count = unread || "";
    this.switches.forEach((one, at) => one.setAttribute("aria-pressed", String(this.tab === ["mail", "sms"][at])));
    if (!this.isOpen()) return;
    if (this.tab === "sms") this.drawSms();
    else if (this.letter === null) this.drawList();
    else this.drawTools(this.mail.find((one) => one.id === this.letter));
  }

  drawList() {
    fill(this.content, h("p", { class: "sheet-note" }, T.postbox.note),
      this.mail.length ? this.mail.map((one) => this.row(one)) : h("p", { class: "empty" }, T.postbox.noMail));
  }

  row(one) {
    return button({ class: `post-row${one.read ? "" : " unread"}`, testid: `mail-${one.id}`, buttonText: one.subject, on: { click: () => this.open(one) } },
      h("span", { class: "post-line" }, h("span", { class: "post-who" }, one.to), h("span", { class: "post-when" }, label(one.at))),
      h("span", { class: "post-subject" }, one.subject));
  }

  // The page of the mail is loaded once: whatever redraws the rest must not open it again.
  async open(one) {
    this.letter = one.id;
    this.letterTools = h("div", { class: "letter-tools" });
    fill(this.content,
      h("div", { class: "letter-head" }, this.letterTools, h("h3", {}, one.subject),
        h("p", {}, T.postbox.from(one.from, one.address)), h("p", {}, `${T.postbox.to(one.to)} · ${label(one.at)}`)),
      h("iframe", { class: "letter-frame", testid: "letter", title: T.postbox.frame, sandbox: "allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer", src: `/sim/api/mail/${one.id}/html` }));
    this.drawTools(one);
    announce({ kind: "mail_read" });
    await api.mailRead(one.id).catch((error) => console.warn("mail", error.message));
    this.load();
  }

  drawTools(one) {
    if (!one) return;
    fill(this.letterTools,
      button({ class: "small-button", testid: "letter-back", buttonText: T.postbox.all, on: { click: () => this.turn("mail") } }, T.postbox.all),
      one.can_leave ? button({ class: "small-button", testid: "letter-leave", buttonText: T.postbox.leave, on: { click: () => this.leave(one) } }, T.postbox.leave) : null);
  }

  async leave(one) {
    try {
      await api.mailLeave(one.id);
      toast(T.postbox.left);
    } catch (error) {
      toast(`${T.postbox.failed}：${error.message}`, "bad");
    }
    this.load();
  }

  drawSms() {
    const written = document.activeElement;
    if (written && written.tagName === "INPUT" && this.content.contains(written) && written.value) return; // a text that is being typed stays
    const phones = [...new Set(this.sms.map((one) => one.phone))].reverse();
    fill(this.content, phones.length ? phones.map((phone) => this.thread(phone)) : h("p", { class: "empty" }, T.postbox.noSms));
  }

  thread(phone) {
    const input = h("input", { class: "field", type: "text", maxlength: "200", testid: `sms-reply-${phone}`, "aria-label": T.postbox.reply(phone), placeholder: T.postbox.hint, autocomplete: "off" });
    const send = async (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) return;
      input.value = "";
      await api.smsReply(phone, text).catch((error) => toast(`${T.postbox.failed}：${error.message}`, "bad"));
      this.load();
    };
    return h("section", { class: "sms-thread", testid: `sms-${phone}` }, h("h3", {}, phone),
      this.sms.filter((one) => one.phone === phone).map((one) => h("p", { class: `sms ${one.way}` }, one.text,
        h("span", { class: "sms-meta" }, one.way === "in" ? `${label(one.at)} · ${T.postbox.pieces(one.pieces)}` : label(one.at)))),
      h("form", { class: "sms-reply", on: { submit: send } }, input,
        h("button", { type: "submit", class: "small-button", "data-button-text": T.send }, T.send)));
  }
}
