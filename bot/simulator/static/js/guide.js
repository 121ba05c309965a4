// 试一试: the seven steps of the story. A step is ticked when the page sees it happen.
import { button, fill, h, icon } from "./dom.js";
import { listen } from "./bus.js";
import { GUIDE, STEPS } from "./guide_steps.js";
import { T } from "./texts.js";

const KEY = "leadbell.simulator.guide";

export class Guide {
  constructor(node, desk) {
    this.node = node;
    this.desk = desk;
    const saved = read();
    this.done = new Set(saved.done || []);
    this.folded = Boolean(saved.folded);
    listen((action) => this.observe(action));
    this.draw();
  }

  // action: {kind: "text" | "tap" | "menu" | "scan" | "message", userid?, text?}
  observe(action) {
    const before = this.done.size;
    STEPS.forEach((step, index) => { if (step.seen(action, this.desk.world)) this.done.add(index); });
    if (this.done.size !== before) this.draw();
  }

  get current() {
    const index = STEPS.findIndex((_, at) => !this.done.has(at));
    return index < 0 ? STEPS.length - 1 : index;
  }

  draw() {
    save({ done: [...this.done], folded: this.folded });
    const step = STEPS[this.shown ?? this.current];
    const head = button({ class: "guide-fold", testid: "guide-toggle", "aria-expanded": String(!this.folded), buttonText: T.guide, on: { click: () => this.fold() } },
      icon("bulb"), h("span", {}, T.guide), h("span", { class: "guide-count" }, `${this.done.size}/${STEPS.length}`), icon("down"));
    this.node.classList.toggle("folded", this.folded);
    fill(this.node, head, this.folded ? null : [
      h("ol", { class: "guide-steps" }, STEPS.map((one, index) => this.chip(one, index))),
      this.hint(step),
    ]);
  }

  chip(step, index) {
    const done = this.done.has(index);
    const now = index === (this.shown ?? this.current);
    return h("li", {}, button({
      class: `guide-step${done ? " done" : ""}${now ? " now" : ""}`, testid: `guide-step-${index + 1}`, "aria-current": now ? "step" : null, buttonText: step.title,
      on: { click: () => { this.shown = index; this.draw(); this.take(step); } },
    }, h("span", { class: "guide-number" }, done ? icon("check", GUIDE.done) : index + 1), step.title));
  }

  hint(step) {
    const lead = lastLead(this.desk);
    const fillIn = step.say ? (text) => {
      const line = text.replace("L7", lead || "L7");
      return button({ class: "guide-say", testid: "guide-say", buttonText: line, on: { click: () => this.take(step, line) } }, line);
    } : null;
    return h("p", { class: "guide-hint" }, h("span", {}, step.hint), fillIn ? h("span", { class: "guide-says" }, step.say.map(fillIn)) : null,
      this.done.size === STEPS.length ? button({ class: "guide-say", testid: "guide-again", buttonText: GUIDE.again, on: { click: () => this.again() } }, GUIDE.again) : null);
  }

  take(step, text) {
    const phone = this.desk.bringUp(step.where) || this.desk.bringUp((place) => place.seat.kind === "person");
    if (phone && text) phone.prefill(text);
  }

  fold() {
    this.folded = !this.folded;
    this.shown = undefined;
    this.draw();
    this.node.querySelector("button").focus({ preventScroll: true });
  }

  again() {
    this.done.clear();
    this.shown = undefined;
    this.draw();
  }
}

// The number of the lead that was last on a card of anybody's phone, such as L7.
function lastLead(desk) {
  let found = "";
  let when = "";
  for (const { phone } of desk.places) {
    for (const message of (phone.messages && phone.messages.app) || []) {
      const hit = message.kind === "card" && message.at >= when && /\bL\d+\b/.exec(JSON.stringify({ ...message.card, button_list: null }));
      if (hit) [found, when] = [hit[0], message.at];
    }
  }
  return found;
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) || {};
  } catch (error) {
    return {};
  }
}

function save(state) {
  try {
    localStorage.setItem(KEY, JSON.stringify(state));
  } catch (error) {
    console.warn("guide is not remembered", error.message);
  }
}
