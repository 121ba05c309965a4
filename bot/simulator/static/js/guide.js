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

  // action: {kind: "text" | "tap" | "menu" | "scan" | "message" | "chat", userid?, text?, message?}
  observe(action) {
    if (action.kind === "tap" || action.kind === "text") this.actor = action.userid;
    const before = this.done.size;
    STEPS.forEach((step, index) => { if (step.seen(action, this.desk.world)) this.done.add(index); });
    if (this.done.size !== before) this.shown = undefined;
    this.draw();
  }

  get current() {
    const last = Math.max(-1, ...this.done);
    const open = STEPS.map((_, at) => at).filter((at) => !this.done.has(at));
    return open.find((at) => at > last) ?? open[0] ?? STEPS.length - 1;
  }

  draw() {
    const step = STEPS[this.shown ?? this.current];
    const lines = (step.say || []).map((line) => filled(line, this.desk)).filter(Boolean);
    const print = JSON.stringify([[...this.done], this.folded, step.title, lines]);
    if (print === this.print) return; // what has the focus keeps it
    this.print = print;
    save({ done: [...this.done], folded: this.folded });
    const head = button({ class: "guide-fold", testid: "guide-toggle", "aria-expanded": String(!this.folded), buttonText: T.guide, on: { click: () => this.fold() } },
      icon("bulb"), h("span", {}, T.guide), h("span", { class: "guide-count" }, `${this.done.size}/${STEPS.length}`), icon("down"));
    this.node.classList.toggle("folded", this.folded);
    fill(this.node, head, this.folded ? null : [
      h("ol", { class: "guide-steps" }, STEPS.map((one, index) => this.chip(one, index))),
      this.hint(step, lines),
    ]);
    const now = this.node.querySelector(".now");
    if (now) now.scrollIntoView({ block: "nearest", inline: "nearest" }); // on a phone the steps do not fit side by side
  }

  chip(step, index) {
    const done = this.done.has(index);
    const now = index === (this.shown ?? this.current);
    return h("li", {}, button({
      class: `guide-step${done ? " done" : ""}${now ? " now" : ""}`, testid: `guide-step-${index + 1}`, "aria-current": now ? "step" : null, buttonText: step.title,
      on: { click: () => { this.shown = index; this.draw(); this.take(step); } },
    }, h("span", { class: "guide-number" }, done ? icon("check", GUIDE.done) : index + 1), step.title));
  }

  hint(step, lines) {
    return h("p", { class: "guide-hint" }, h("span", {}, step.hint),
      lines.length ? h("span", { class: "guide-says" }, lines.map((line) => button({
        class: "guide-say", testid: "guide-say", buttonText: line, on: { click: () => this.take(step, line) },
      }, line))) : null,
      this.done.size === STEPS.length ? button({ class: "guide-say", testid: "guide-again", buttonText: GUIDE.again, on: { click: () => this.again() } }, GUIDE.again) : null);
  }

  take(step, text) {
    const same = (place, world) => step.where(place, world) && place.seat.userid === this.actor;
    const phone = this.desk.bringUp(same) || this.desk.bringUp(step.where) || this.desk.bringUp((place) => place.seat.kind === "person");
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

// An example with the numbers of the story: {lead} and {deal} are the last ones that anybody's card showed.
function filled(line, desk) {
  const numbers = { lead: lastOn(desk, /\bL\d+\b/), deal: lastOn(desk, /\bD\d+\b/) };
  if (line.includes("{deal}") && !numbers.deal) return null;
  return line.replace("{lead}", numbers.lead || "L7").replace("{deal}", numbers.deal);
}

function lastOn(desk, pattern) {
  let found = "";
  let when = "";
  for (const { phone } of desk.places) {
    for (const message of (phone.messages && phone.messages.app) || []) {
      const hit = message.kind === "card" && message.at >= when && pattern.exec(JSON.stringify([message.card.source, message.card.main_title, message.card.sub_title_text]));
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
