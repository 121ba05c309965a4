// A phone whose browser shows the company's form. The page in it belongs to the bot.
import { button, fill, h, icon } from "./dom.js";
import { link, safeHref } from "./richtext.js";
import { Phone } from "./phone.js";
import { T } from "./texts.js";

export class FormPhone extends Phone {
  constructor(world) {
    super({ testid: "phone-form", kind: "form", label: T.formPage });
    this.world = world;
    this.url = null;
    this.draw();
  }

  id() { return "form"; }
  caption() { return T.formPage; }
  handles(event) { return event.type === "world"; }
  refresh() { this.draw(); }

  draw() {
    const url = safeHref(this.world.formUrl) || "";
    if (url === this.url) return;
    this.url = url;
    this.frame = url ? h("iframe", { class: "form-frame", testid: "form-frame", src: url, title: T.form.frame }) : null;
    fill(this.nav, this.bar(url));
    this.show(this.frame || h("p", { class: "empty" }, T.form.missing));
  }

  // Another of the company's pages, by its name.
  turn(name) {
    if (this.frame) this.frame.src = new URL(name, this.url).href;
  }

  bar(url) {
    const host = url ? new URL(url).host : "";
    return h("div", { class: "address" },
      h("span", { class: "address-host" }, icon("lock"), h("span", {}, host || T.formPage)),
      url ? button({ class: "nav-button", testid: "form-reload", "aria-label": T.form.reload, on: { click: () => { this.frame.src = url; } } }, icon("reload")) : null,
      url ? link(url, { class: "nav-button", testid: "form-open", "aria-label": T.form.outside }, icon("open")) : null);
  }
}
