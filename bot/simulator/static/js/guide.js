// 试一试: the steps of the story. A step is ticked when the page sees it happen. What is done belongs to
// the simulated world, so it is the same after a reload and in every window, and a new world starts anew.
import { api } from "./api.js";
import { button, fill, h, icon } from "./dom.js";
import { listen } from "./bus.js";
import { GUIDE, STEPS } from "./guide_steps.js";
import { T } from "./texts.js";

const KEY = "leadbell.simulator.guide.folded";
const NARROW = window.matchMedia("(max-width: 699px)");

export class Guide {
  constructor(node, desk) {
    this.node = node;
    this.desk = desk;
    this.done = new Set(desk.world.guide);
    this.folded = read() ?? NARROW.matches; // a small screen is for the chat
    desk.world.onChange(() => this.agree());
    listen((action) => this.observe(action));
    this.draw();
  }

  // action: {kind: "text" | "tap" | "menu" | "scan" | "message" | "chat" | "ding_card" | "mail_read", userid?, text?, message?}
  observe(action) {
    if (action.kind === "tap" || action.kind === "text") this.actor = action.userid;
    const fresh = STEPS.map((_, index) => index).filter((index) => STEPS[index].seen(action, this.desk.world) && !this.done.has(index));
    if (fresh.length) this.tick(fresh);
    this.draw();
  }

  tick(fresh) {
    fresh.forEach((index) => this.done.add(index));
    this.shown = undefined;
    api.guide({ done: fresh }).catch((error) => console.warn("guide", error.message));
  }

  // Another window, or the one before the reload, has seen more; or somebody began again.
  agree() {
    const told = this.desk.world.guide;
    if (told.length === this.done.size && told.every((index) => this.done.has(index))) return;
    this.done = new Set(told);
    this.shown = undefined;
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
    const head = button({ class: "guide-fold", testid: "guide-toggle", "aria-expanded": String(!this.folded), buttonText: T.guide, on: { click: () => this.fold() } },
      icon("bulb"), h("span", {}, T.guide), h("span", { class: "guide-count" }, `${this.done.size}/${STEPS.length}`),
      this.folded && this.done.size < STEPS.length ? h("span", { class: "guide-next" }, T.guideNext(step.title)) : null, icon("down"));
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
      title: step.title, "aria-label": step.title,
    }, h("span", { class: "guide-number" }, done ? icon("check", GUIDE.done) : index + 1), now ? step.title : null));
  }

  hint(step, lines) {
    return h("p", { class: "guide-hint" }, h("span", {}, step.hint),
      step.page ? button({ class: "guide-say", testid: "guide-page", buttonText: step.page.text, on: { click: () => this.desk.bringUp(step.where).turn(step.page.name) } }, step.page.text) : null,
      lines.length ? h("span", { class: "guide-says" }, lines.map((line) => button({
        class: "guide-say", testid: "guide-say", buttonText: line, on: { click: () => this.take(step, line) },
      }, line))) : null,
      this.done.size === STEPS.length ? button({ class: "guide-say", testid: "guide-again", buttonText: GUIDE.again, on: { click: () => this.again() } }, GUIDE.again) : null);
  }

  take(step, text) {
    if (step.needsDing) this.desk.addDing();
    const same = (place, world) => step.where(place, world) && place.seat.userid === this.actor;
    const phone = this.desk.bringUp(same) || this.desk.bringUp(step.where) || this.desk.bringUp((place) => place.seat.kind === "person");
    if (phone && text) phone.prefill(text);
  }

  fold() {
    this.folded = !this.folded;
    save(this.folded);
    this.shown = undefined;
    this.draw();
    this.node.querySelector("button").focus({ preventScroll: true });
  }

  again() {
    this.done.clear();
    this.shown = undefined;
    api.guide({ done: [], again: true }).catch((error) => console.warn("guide", error.message));
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

// Whether somebody folded or unfolded it, as this browser remembers; null if nobody did.
function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch (error) {
    return null;
  }
}

function save(folded) {
  try {
    localStorage.setItem(KEY, JSON.stringify(folded));
  } catch (error) {
    console.warn("folding is not remembered", error.message);
  }
}
