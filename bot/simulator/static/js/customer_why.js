// Why a customer gets no more than he got, as the company would tell it.
import { api } from "./api.js";
import { button, h, icon, toast } from "./dom.js";
import { T } from "./texts.js";

export async function openWhy(screen, customer) {
  let text = "";
  try {
    ({ text } = await api.why(customer));
  } catch (error) {
    toast(`${T.customer.whyFailed}：${error.message}`, "bad");
    return;
  }
  const before = document.activeElement;
  const close = () => {
    sheet.remove();
    if (before && before.isConnected) before.focus();
  };
  const leave = button({ class: "nav-button", testid: "why-close", "aria-label": T.close, on: { click: close } }, icon("close"));
  const sheet = h("div", { class: "sheet", role: "dialog", "aria-label": T.customer.why, testid: "why-sheet", on: { keydown: (event) => { if (event.key === "Escape") close(); } } },
    h("div", { class: "sheet-head" }, h("h3", {}, T.customer.why), leave),
    h("p", { class: "sheet-note" }, T.customer.whyNote),
    h("p", { class: "why-text", testid: "why-text" }, text));
  screen.append(sheet);
  leave.focus({ preventScroll: true });
}
