// Switches that make the simulated WeCom misbehave.
import { api } from "./api.js";
import { fill, h, toast } from "./dom.js";
import { Drawer } from "./drawer.js";
import { T } from "./texts.js";

export class FaultPanel extends Drawer {
  constructor(node, world) {
    super(node, T.faults, "faults");
    this.world = world;
    this.list = h("ul", { class: "fault-list", testid: "fault-list" });
    fill(this.body, h("p", { class: "sheet-note" }, T.faultPanel.note), this.list);
    world.onChange(() => this.draw());
  }

  opened() {
    this.world.load().catch((error) => console.warn("world", error.message));
    this.draw();
  }

  draw() {
    const { faults } = this.world;
    fill(this.list, faults.length ? faults.map((fault) => this.row(fault)) : h("li", { class: "empty" }, T.faultPanel.empty));
    const on = faults.filter((fault) => fault.on).length;
    this.button.classList.toggle("alert", on > 0);
    this.button.dataset.count = on || "";
  }

  row(fault) {
    const input = h("input", { type: "checkbox", role: "switch", class: "switch", checked: Boolean(fault.on), testid: `fault-${fault.kind}`, on: { change: (event) => this.set(fault.kind, event.target) } });
    const left = fault.on && fault.times ? T.faultPanel.left(fault.times) : "";
    const text = (fault.text || fault.kind).replace(/（value 秒）/, T.faultPanel.seconds(fault.value ?? 3));
    return h("li", {}, h("label", { class: "fault" }, h("span", { class: "fault-text" }, text, left ? h("span", { class: "fault-left" }, left) : null), input));
  }

  async set(kind, input) {
    try {
      await api.faults({ [kind]: input.checked });
    } catch (error) {
      input.checked = !input.checked;
      toast(`${T.faultPanel.failed}：${error.message}`, "bad");
    }
    await this.world.load().catch((error) => console.warn("world", error.message));
  }
}
