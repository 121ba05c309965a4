// Switches that make the simulated platforms misbehave, by where it hurts, each with what to watch for.
import { api } from "./api.js";
import { button, fill, h, toast } from "./dom.js";
import { Drawer } from "./drawer.js";
import { T } from "./texts.js";

const MOST_SECONDS = 60;

export class FaultPanel extends Drawer {
  constructor(node, world) {
    super(node, T.faults, "faults");
    this.world = world;
    this.list = h("div", { class: "fault-list", testid: "fault-list" });
    this.off = button({ class: "small-button", testid: "faults-off", buttonText: T.faultPanel.allOff, on: { click: () => this.allOff() } }, T.faultPanel.allOff);
    fill(this.tools, this.off);
    this.state = h("p", { class: "sheet-note", testid: "ding-state" });
    fill(this.body, h("p", { class: "sheet-note" }, T.faultPanel.note), this.state, this.list);
    world.onChange(() => this.draw());
  }

  opened() {
    this.world.load().catch((error) => console.warn("world", error.message));
    this.draw();
  }

  draw() {
    const { faults, ding } = this.world;
    fill(this.state, T.ding.state(ding.connections, ding.quota));
    const on = faults.filter((fault) => fault.on).length;
    this.button.classList.toggle("alert", on > 0);
    this.button.dataset.count = on || "";
    this.off.disabled = !on;
    const print = JSON.stringify(faults);
    if (print === this.print) return; // a number that is being typed stays
    this.print = print;
    const groups = [...new Set(faults.map((fault) => fault.group))];
    fill(this.list, faults.length ? groups.map((group) => this.section(group, faults.filter((fault) => fault.group === group)))
      : h("p", { class: "empty" }, T.faultPanel.empty));
  }

  section(group, faults) {
    return h("section", { class: "fault-group" }, h("h3", {}, group), h("ul", {}, faults.map((fault) => this.row(fault))));
  }

  row(fault) {
    const id = `about-${fault.kind}`;
    const seconds = fault.unit ? this.seconds(fault) : null;
    const set = (input) => this.set(fault, input, seconds && seconds.querySelector("input"));
    const input = h("input", { type: "checkbox", role: "switch", class: "switch", checked: Boolean(fault.on), testid: `fault-${fault.kind}`, "aria-describedby": id, on: { change: (event) => set(event.target) } });
    const left = fault.on && fault.times ? h("span", { class: "fault-left" }, T.faultPanel.left(fault.times)) : null;
    return h("li", { class: `fault-row${fault.on ? " on" : ""}` },
      h("label", { class: "fault" }, h("span", { class: "fault-text" }, h("span", { class: "fault-title" }, fault.title, left), h("span", { class: "fault-about", id }, fault.about)), input),
      seconds);
  }

  seconds(fault) {
    return h("label", { class: "fault-seconds" }, T.faultPanel.each, h("input", {
      type: "number", min: "1", max: String(MOST_SECONDS), step: "1", class: "field", value: String(fault.value ?? 3), testid: `seconds-${fault.kind}`,
      on: { change: (event) => fault.on && this.send({ [fault.kind]: { value: limited(event.target) } }) },
    }), fault.unit);
  }

  async set(fault, input, seconds) {
    const on = { ...(fault.once ? { times: 1 } : {}), ...(seconds ? { value: limited(seconds) } : {}) };
    const done = await this.send({ [fault.kind]: input.checked && on });
    if (!done) input.checked = !input.checked;
  }

  allOff() {
    return this.send(Object.fromEntries(this.world.faults.filter((fault) => fault.on).map((fault) => [fault.kind, false])));
  }

  async send(faults) {
    let done = true;
    try {
      const [ours, others] = split(faults);
      if (Object.keys(ours).length) await api.faults(ours);
      if (Object.keys(others).length) await api.dingFaults(others);
    } catch (error) {
      done = false;
      toast(`${T.faultPanel.failed}：${error.message}`, "bad");
    }
    await this.world.load().catch((error) => console.warn("world", error.message));
    return done;
  }
}

function limited(input) {
  return Math.min(MOST_SECONDS, Math.max(1, Number(input.value) || 3));
}

// Each platform has its own switches; DingTalk's say so in their names.
function split(faults) {
  const all = Object.entries(faults);
  return [false, true].map((ding) => Object.fromEntries(all.filter(([kind]) => kind.startsWith("ding_") === ding)));
}
