// The frame that every phone shares: status bar, navigation bar, body, foot.
import { button, fill, h, icon } from "./dom.js";
import { clock } from "./time.js";
import { T } from "./texts.js";

export class Phone {
  constructor({ testid, kind, label }) {
    this.time = h("span", { class: "status-time" }, clock());
    this.nav = h("div", { class: "nav" });
    this.body = h("div", { class: "phone-body" });
    this.foot = h("div", { class: "phone-foot" });
    this.screen = h("div", { class: "screen" },
      h("div", { class: "status", "aria-hidden": "true" }, this.time, h("span", { class: "status-icons" }, icon("signal"), icon("battery"))),
      this.nav, this.body, this.foot);
    this.node = h("section", { class: `phone phone-${kind}`, testid, "aria-label": label }, this.screen);
    this.visible = true; // false while another phone's tab is in front
    this.onUnread = () => {};
  }

  tick() {
    const now = clock();
    if (this.time.textContent !== now) this.time.textContent = now;
  }

  // left: what goes back, with its unread count; right: buttons
  navigate({ title, back, unread = 0, right = [] }) {
    const left = back
      ? button({ class: "nav-back", testid: `back-${this.id()}`, "aria-label": unread ? `${T.back}，${T.unread(unread)}` : T.back, on: { click: back } },
        icon("back"), unread ? h("span", { class: "nav-count" }, unread > 99 ? "99+" : unread) : null)
      : h("span", {});
    fill(this.nav, left, h("h2", { class: "nav-title" }, title), h("span", { class: "nav-right" }, right));
  }

  show(body, ...foot) {
    fill(this.body, body);
    fill(this.foot, ...foot);
  }

  flash() {
    this.node.scrollIntoView({ behavior: "smooth", inline: "center", block: "nearest" });
    this.node.classList.remove("flash");
    void this.node.offsetWidth; // starts the animation again
    this.node.classList.add("flash");
  }

  id() { return ""; }
  caption() { return ""; }
  unreadTotal() { return 0; }
  handles() { return false; } // does this event concern me?
  refresh() {}
  prefill() { return false; }
  setVisible(visible) { this.visible = visible; }
  close() {}
}

// Runs a job now, and once more if it was asked for again meanwhile. All callers wait for the end.
export function coalesced(job) {
  let current = null;
  let again = false;
  async function loop() {
    while (again) {
      again = false;
      try {
        await job();
      } catch (error) {
        console.warn("refresh", error.message); // the next event or reconnection tries again
      }
    }
  }
  return function run() {
    again = true;
    if (!current) current = loop().finally(() => { current = null; });
    return current;
  };
}
