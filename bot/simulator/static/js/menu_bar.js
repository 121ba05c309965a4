// The app's own menu: one to three buttons, each of which may open a short list upwards.
import { button, fill, h, icon } from "./dom.js";
import { link, safeHref } from "./richtext.js";
import { T } from "./texts.js";

export class MenuBar {
  constructor({ press, notice }) {
    this.press = press;
    this.notice = notice;
    this.node = h("div", { class: "menu", role: "toolbar", "aria-label": T.more });
    this.open = null;
    this.print = "";
    this.outside = (event) => { if (!this.node.contains(event.target)) this.closeAll(); };
    document.addEventListener("click", this.outside);
    this.node.addEventListener("keydown", (event) => { if (event.key === "Escape") this.closeAll(); });
  }

  update(menu) {
    const buttons = menu || [];
    const print = JSON.stringify(buttons);
    if (print === this.print) return;
    this.print = print;
    this.open = null;
    this.node.hidden = !buttons.length;
    fill(this.node, buttons.map((item) => this.top(item)));
  }

  top(item) {
    const subs = item.sub_button || [];
    if (!subs.length) return this.leaf(item, "menu-top");
    const sheet = h("div", { class: "menu-sheet", role: "menu", hidden: true }, subs.map((sub) => this.leaf(sub, "menu-item")));
    const opener = button({
      class: "menu-top", testid: `menu-${item.name}`, buttonText: item.name, "aria-haspopup": "menu", "aria-expanded": "false",
      on: { click: () => this.toggle(opener, sheet) },
    }, icon("list"), h("span", { class: "menu-name" }, item.name));
    return h("div", { class: "menu-cell" }, opener, sheet);
  }

  leaf(item, className) {
    const text = h("span", { class: "menu-name" }, item.name);
    const shared = { class: className, testid: `menu-${item.key || item.name}`, buttonText: item.name, role: className === "menu-item" ? "menuitem" : null };
    let node;
    if (item.type === "view" && safeHref(item.url)) node = link(item.url, { ...shared, on: { click: () => this.closeAll() } }, text);
    else if (item.type === "view_miniprogram") node = button({ ...shared, on: { click: () => this.notice(T.miniprogram) } }, text);
    else node = button({ ...shared, on: { click: () => { this.closeAll(); this.press(item.key, item.name); } } }, text);
    return className === "menu-item" ? node : h("div", { class: "menu-cell" }, node);
  }

  toggle(opener, sheet) {
    const show = sheet.hidden;
    this.closeAll();
    sheet.hidden = !show;
    opener.setAttribute("aria-expanded", String(show));
    if (show) this.open = { opener, sheet };
  }

  closeAll() {
    if (!this.open) return;
    this.open.sheet.hidden = true;
    this.open.opener.setAttribute("aria-expanded", "false");
    this.open = null;
  }

  destroy() {
    document.removeEventListener("click", this.outside);
  }
}
