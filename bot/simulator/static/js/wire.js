// The wire log: what went over the line between the bot and WeCom, newest first.
import { api } from "./api.js";
import { button, fill, h } from "./dom.js";
import { Drawer } from "./drawer.js";
import { coalesced } from "./phone.js";
import { clockSeconds } from "./time.js";
import { T } from "./texts.js";
import { chinese, isQuiet } from "./wire_notes.js";

const KEPT = 400; // rows on the page; the server keeps more

const FILTERS = {
  all: () => true,
  out: (entry) => entry.direction !== "callback",
  in: (entry) => entry.direction === "callback",
  bad: (entry) => isBad(entry),
};

export class WireLog extends Drawer {
  constructor(node) {
    super(node, T.wire, "wire");
    this.last = 0;
    this.entries = [];
    this.filter = "all";
    this.list = h("ol", { class: "wire-list", testid: "wire-list" });
    this.note = h("p", { class: "empty" }, T.wirePanel.empty);
    fill(this.body, this.note, this.list);
    fill(this.tools,
      h("select", { class: "picker", testid: "wire-filter", "aria-label": T.wirePanel.filter, on: { change: (event) => { this.filter = event.target.value; this.redraw(); } } },
        Object.keys(FILTERS).map((key) => h("option", { value: key }, T.wirePanel[key]))),
      button({ class: "small-button", testid: "wire-clear", buttonText: T.wirePanel.clear, on: { click: () => this.clear() } }, T.wirePanel.clear));
    this.refresh = coalesced(() => this.load());
  }

  opened() { this.refresh(); }

  handle() {
    if (this.isOpen()) this.refresh();
  }

  // A server that started anew counts from the beginning again.
  restart() {
    this.last = 0;
    this.clear();
    this.handle();
  }

  async load() {
    try {
      const fresh = await api.wire(this.last);
      if (!fresh.length) return;
      this.last = fresh.reduce((most, entry) => Math.max(most, entry.seq), this.last);
      this.entries = this.entries.concat(fresh).slice(-KEPT);
      for (const entry of fresh.slice(-KEPT)) if (FILTERS[this.filter](entry)) this.list.prepend(row(entry));
      while (this.list.children.length > KEPT) this.list.lastElementChild.remove();
      this.note.hidden = this.list.children.length > 0;
    } catch (error) {
      this.note.hidden = false;
      fill(this.note, T.loadFailed);
    }
  }

  redraw() {
    fill(this.list, this.entries.filter(FILTERS[this.filter]).reverse().map(row));
    fill(this.note, T.wirePanel.empty);
    this.note.hidden = this.list.children.length > 0;
  }

  clear() {
    this.entries = [];
    this.redraw();
  }
}

function isBad(entry) {
  return Boolean(entry.errcode) || entry.status === 0 || entry.status >= 400;
}

function row(entry) {
  const callback = entry.direction === "callback";
  const code = outcome(entry);
  const details = h("details", { class: `wire-row ${callback ? "wire-in" : "wire-out"}`, testid: `wire-${entry.seq}` },
    h("summary", {},
      h("span", { class: "wire-line" },
        h("span", { class: "wire-arrow", title: callback ? T.wirePanel.in : T.wirePanel.out }, callback ? T.wirePanel.callback : T.wirePanel.call),
        h("span", { class: "wire-path", title: entry.path }, entry.path.replace(/^https?:\/\/[^/]+/, "")),
        h("span", { class: `wire-code ${isBad(entry) ? "bad" : "good"}` }, code)),
      h("span", { class: "wire-line wire-meta" },
        h("span", {}, clockSeconds(entry.at)), h("span", {}, entry.method), h("span", {}, T.wirePanel.ms(entry.ms)),
        entry.note ? h("span", { class: isQuiet(entry.note) ? "" : "wire-note" }, chinese(entry.note)) : null)));
  details.addEventListener("toggle", () => {
    if (details.open && details.children.length === 1) details.append(block(T.wirePanel.request, entry.request), block(T.wirePanel.response, entry.response));
  });
  return h("li", {}, details);
}

function outcome(entry) {
  if (entry.errcode !== null && entry.errcode !== undefined) return `errcode ${entry.errcode}`;
  if (entry.method === "WS") return entry.status ? T.wirePanel.sent : T.wirePanel.lost;
  return `HTTP ${entry.status || "—"}`;
}

function block(title, value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return h("div", { class: "wire-block" }, h("h4", {}, title), h("pre", { tabindex: "0" }, text || "—"));
}
