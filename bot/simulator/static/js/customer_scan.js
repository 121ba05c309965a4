// The sheet that stands for a phone's camera: pick a code that is about, or paste its address.
import { api } from "./api.js";
import { button, h, icon, toast } from "./dom.js";
import { T } from "./texts.js";

// A customer's message in the shape that the chat list draws.
export function fromCustomer(message) {
  const { attachment } = message;
  if (!attachment) return message;
  const body = attachment[attachment.msgtype] || attachment;
  if (attachment.msgtype === "link") return { ...message, kind: "link", card: { ...body, description: body.desc } };
  if (attachment.msgtype === "image") return { ...message, kind: "image", card: { url: body.pic_url || body.url } };
  if (attachment.msgtype === "miniprogram") return { ...message, kind: "link", card: { title: body.title || "" } };
  return message;
}

export async function openScan(screen, { world, scan }) {
  const list = h("div", { class: "scan-list" });
  const input = h("input", { class: "field", type: "text", inputmode: "url", testid: "scan-url", "aria-label": T.customer.scanPaste, placeholder: "https://", autocomplete: "off" });
  const before = document.activeElement;
  const close = () => {
    sheet.remove();
    if (before && before.isConnected) before.focus();
  };
  const go = async (url) => {
    if (!url.trim()) return;
    try {
      await scan(url.trim());
      close();
    } catch (error) {
      toast(`${T.customer.scanFailed}：${error.message}`, "bad");
    }
  };
  const sheet = h("div", { class: "sheet", role: "dialog", "aria-label": T.customer.scanTitle, testid: "scan-sheet", on: { keydown: (event) => { if (event.key === "Escape") close(); } } },
    h("div", { class: "sheet-head" }, h("h3", {}, T.customer.scanTitle),
      button({ class: "nav-button", testid: "scan-close", "aria-label": T.close, on: { click: close } }, icon("close"))),
    h("p", { class: "sheet-note" }, T.customer.scanKnown), list,
    h("form", { class: "scan-paste", on: { submit: (event) => { event.preventDefault(); go(input.value); } } },
      h("p", { class: "sheet-note" }, T.customer.scanPaste), input,
      h("button", { type: "submit", class: "wide-button", testid: "scan-go", "data-button-text": T.customer.scanGo }, T.customer.scanGo)));
  screen.append(sheet);
  const ways = await api.contactWays().catch(() => []);
  list.append(...(ways.length ? ways.reverse().map((way) => code(way, world, go)) : [h("p", { class: "empty" }, T.customer.scanNone)]));
  (list.querySelector("button") || input).focus({ preventScroll: true });
}

function code(way, world, go) {
  const url = way.qr_code;
  const names = (way.user || []).map((userid) => world.nameOf(userid));
  const text = names.length > 1 ? T.customer.oneOf(names.length) : names[0] || way.remark || way.config_id;
  const adds = names.length > 1 ? T.customer.addsAny(names.join("、")) : T.customer.addsOne(text);
  const lead = /^L\d+$/.test(way.remark || "") ? T.customer.forLead(way.remark) : way.remark;
  return button({ class: "scan-code", testid: `way-${way.config_id}`, buttonText: text, on: { click: () => go(url || way.config_id) } },
    url ? h("img", { class: "scan-image", src: url, alt: "" }) : icon("scan"),
    h("span", { class: "scan-text" }, h("span", { class: "scan-name" }, text),
      lead ? h("span", { class: "scan-remark" }, lead) : null, h("span", { class: "scan-remark" }, adds)));
}
