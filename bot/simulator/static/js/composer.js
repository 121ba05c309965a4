// The text field at the foot of a chat. Enter sends, Shift+Enter breaks the line,
// and the Enter that ends a Chinese input method's word does neither.
import { button, h, toast } from "./dom.js";
import { T } from "./texts.js";

export class Composer {
  constructor({ id, name, send, hint = T.inputHint }) {
    this.deliver = send;
    this.composing = false;
    this.sending = false;
    this.input = h("textarea", {
      class: "composer-input", rows: "1", maxlength: "2000", testid: `input-${id}`, "aria-label": T.inputLabel(name), placeholder: hint,
      enterkeyhint: "send", autocomplete: "off",
      on: {
        input: () => this.fit(),
        compositionstart: () => { this.composing = true; },
        compositionend: () => { this.composing = false; this.fit(); },
        keydown: (event) => this.key(event),
      },
    });
    this.button = button({ class: "composer-send", testid: `send-${id}`, buttonText: T.send, disabled: true, on: { click: () => this.submit() } }, T.send);
    this.tools = h("span", { class: "composer-tools" });
    this.node = h("div", { class: "composer" }, this.tools, this.input, this.button);
  }

  add(tool) { this.tools.append(...[tool].flat()); }

  key(event) {
    if (event.key !== "Enter" || event.shiftKey) return;
    if (event.isComposing || this.composing || event.keyCode === 229) return;
    event.preventDefault();
    this.submit();
  }

  fit() {
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 108)}px`;
    this.button.disabled = !this.input.value.trim();
  }

  fillIn(text) {
    this.input.value = text;
    this.fit();
    this.input.focus({ preventScroll: true });
    this.input.setSelectionRange(text.length, text.length);
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text || this.sending) return;
    this.sending = true;
    this.input.value = "";
    this.fit();
    try {
      await this.deliver(text);
    } catch (error) {
      if (!this.input.value) this.fillIn(text); // nothing typed is ever lost
      toast(`${T.sendFailed}：${error.message}`, "bad");
    } finally {
      this.sending = false;
      this.fit();
    }
  }
}
