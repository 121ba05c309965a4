// A scrolling list of messages that redraws only what changed, and follows the newest
// unless the reader has scrolled up.
import { button, fill, h, icon } from "./dom.js";
import { renderMessage } from "./message.js";
import { label, separates } from "./time.js";
import { T } from "./texts.js";

const NEAR = 60; // pixels from the end that still count as "reading the newest"

export class MessageList {
  constructor({ testid, emptyText, contextOf }) {
    this.contextOf = contextOf;
    this.rows = new Map(); // message id → {node, print}
    this.emptyText = emptyText;
    this.inner = h("div", { class: "list-inner", role: "log", "aria-live": "polite" });
    this.pill = button({ class: "new-pill", hidden: true, on: { click: () => this.toEnd() } }, icon("down"), T.newMessages);
    this.scroller = h("div", { class: "list", testid, tabindex: "0", on: { scroll: () => this.atEnd() && (this.pill.hidden = true) } }, this.inner);
    this.node = h("div", { class: "list-wrap" }, this.scroller, this.pill);
    const keeper = new ResizeObserver(() => this.follow && this.toEnd());
    keeper.observe(this.scroller);
    keeper.observe(this.inner); // a picture takes its room only when it has come
    this.follow = true;
    this.top = 0;
    this.scroller.addEventListener("scroll", () => this.scrolled());
  }

  atEnd() {
    const box = this.scroller;
    return box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
  }

  // Only going up is leaving: the end may move away while we are on our way to it.
  scrolled() {
    const top = this.scroller.scrollTop;
    if (this.atEnd()) this.follow = true;
    else if (top < this.top) this.follow = false;
    this.top = top;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.follow = true;
    this.pill.hidden = true;
  }

  // state(message) is anything that changes how it looks beyond the message itself; says whether it went to the end
  update(messages, state = () => "") {
    const stay = this.follow;
    const seen = new Set();
    const order = [];
    let before = null;
    for (const message of messages) {
      const id = String(message.id);
      if (separates(before, message.at)) order.push(this.separator(id, message.at));
      before = message.at;
      order.push(this.row(id, message, state(message)));
      seen.add(id).add(`t:${id}`);
    }
    if (!messages.length) order.push(h("p", { class: "empty" }, this.emptyText));
    for (const id of [...this.rows.keys()]) if (!seen.has(id)) this.rows.delete(id);
    const grown = [...this.rows.values()].some((row) => row.fresh);
    for (const row of this.rows.values()) row.fresh = false;
    const end = this.inner.lastElementChild;
    this.place(order);
    const goes = stay && end !== this.inner.lastElementChild;
    if (goes) this.toEnd();
    else if (!stay && grown) this.pill.hidden = false;
    return goes;
  }

  // A card further up that was pressed and grew stays before the eyes of whoever pressed it.
  show(id) {
    const row = this.rows.get(id);
    if (row) row.node.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  separator(id, at) {
    const key = `t:${id}`;
    const print = label(at);
    const old = this.rows.get(key);
    if (old && old.print === print) return old.node;
    const node = h("time", { class: "time", datetime: at }, print);
    this.rows.set(key, { node, print, fresh: !old });
    return node;
  }

  row(id, message, state) {
    const print = JSON.stringify([message, state]);
    const old = this.rows.get(id);
    if (old && old.print === print) return old.node;
    const node = renderMessage(message, this.contextOf(message));
    if (old) node.classList.add("still");
    this.rows.set(id, { node, print, fresh: !old });
    return node;
  }

  // Nodes that are already in place are not touched, so focus and open menus survive.
  place(order) {
    const current = this.inner.children;
    order.forEach((node, index) => {
      if (current[index] !== node) this.inner.insertBefore(node, current[index] || null);
    });
    while (this.inner.children.length > order.length) this.inner.lastElementChild.remove();
  }

  clear() {
    this.rows.clear();
    fill(this.inner);
    this.follow = true;
  }
}
