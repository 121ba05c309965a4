// A panel that slides in from the right; one at a time, Escape closes it.
import { button, fill, h, icon } from "./dom.js";
import { T } from "./texts.js";

const all = [];

export class Drawer {
  constructor(node, title, name) {
    this.node = node;
    this.name = name;
    this.body = h("div", { class: "drawer-body" });
    this.tools = h("div", { class: "drawer-tools" });
    fill(node, h("div", { class: "drawer-head" }, h("h2", {}, title), this.tools,
      button({ class: "nav-button", testid: `${name}-close`, "aria-label": T.close, on: { click: () => this.hide() } }, icon("close"))), this.body);
    node.addEventListener("keydown", (event) => { if (event.key === "Escape") this.hide(); });
    all.push(this);
  }

  // The button in the top bar that opens it.
  opener(iconName, title) {
    this.button = button({
      class: "top-button", testid: `${this.name}-open`, buttonText: title, "aria-expanded": "false", "aria-controls": this.node.id,
      on: { click: () => (this.isOpen() ? this.hide() : this.show()) },
    }, icon(iconName), h("span", { class: "top-button-text" }, title));
    return this.button;
  }

  isOpen() { return !this.node.hidden; }

  show() {
    for (const other of all) if (other !== this) other.hide();
    this.node.hidden = false;
    document.body.dataset.drawer = this.name; // the desk makes room for it
    this.button.setAttribute("aria-expanded", "true");
    this.opened();
    this.node.querySelector("button").focus({ preventScroll: true });
  }

  hide() {
    if (!this.isOpen()) return;
    const inside = this.node.contains(document.activeElement);
    this.node.hidden = true;
    if (document.body.dataset.drawer === this.name) delete document.body.dataset.drawer;
    this.button.setAttribute("aria-expanded", "false");
    if (inside) this.button.focus({ preventScroll: true });
  }

  opened() {}
}
