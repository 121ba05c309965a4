// The buttons at the foot of a card: live, being pressed, or replaced by a grey one.
import { button, h } from "./dom.js";
import { link, safeHref } from "./richtext.js";
import { T } from "./texts.js";

const STYLES = { 1: "primary", 2: "plain", 3: "danger", 4: "bare" };

export function renderActions(card, ctx) {
  const buttons = card.button_list || [];
  const submit = card.submit_button;
  if (card.replace_text) return replaced(card.replace_text);
  if (!buttons.length && !submit) return null;
  const busy = isBusy(ctx);
  const list = buttons.length ? buttons : [{ ...submit, style: 1 }];
  // After a reload of the page nobody knows which one was pressed: then the first one turns.
  const turns = (item, index) => busy && (ctx.pressed ? item.key === ctx.pressed : index === 0);
  const grid = h("div", { class: `card-buttons columns-${columns(list)}`, "aria-busy": busy ? "true" : null },
    list.map((item, index) => one(item, ctx, busy, turns(item, index))));
  if (ctx.state === "failed" && !busy) grid.append(h("p", { class: "card-failed", testid: `failed-${ctx.id}` }, T.cardFailed));
  return grid;
}

export function isBusy(ctx) {
  return ctx.state === "loading" || Boolean(ctx.pressed);
}

function replaced(text) {
  return h("div", { class: "card-buttons columns-1" },
    button({ class: "card-button replaced", disabled: true, testid: `btn-${text}`, buttonText: text }, text));
}

// Six buttons must stay readable on 300 pixels: three in a row only if all are short.
function columns(list) {
  const longest = Math.max(...list.map((item) => width(item.text)));
  if (list.length === 1) return 1;
  if (list.length === 2 || list.length === 4) return longest > 14 ? 1 : 2;
  if (longest <= 8) return 3;
  return longest > 14 ? 1 : 2;
}

export function width(text) {
  let sum = 0;
  for (const char of String(text || "")) sum += char.codePointAt(0) > 0x2e7f ? 2 : 1;
  return sum;
}

function one(item, ctx, busy, spinning) {
  const text = item.text || "";
  const props = {
    class: `card-button ${STYLES[item.style] || "plain"}${spinning ? " spinning" : ""}`,
    testid: `btn-${item.key || text}`, buttonText: text,
  };
  if (item.type === 1 && safeHref(item.url)) return link(item.url, props, text);
  return button({ ...props, disabled: busy, on: { click: () => ctx.tap(item.key, text) } }, spinning ? T.loading : text);
}
