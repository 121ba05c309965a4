// A DingTalk card as one person sees it: his own values are already in it. And cards whose buttons are links.
import { button, h, icon } from "./dom.js";
import { picture } from "./card.js";
import { link, renderMarkdown, safeHref } from "./richtext.js";
import { T } from "./texts.js";

// ctx: id, seat, state, pressed, choices (Map), tap(key, text), openPage(url, title)
export function dingCard(message, ctx) {
  const card = message.card || {};
  const busy = message.card_state === "loading" || Boolean(ctx.pressed);
  const body = h("div", { class: "ding-body" },
    card.title || card.note ? h("div", { class: "ding-main" }, heading(card, ctx), card.note ? h("p", { class: "ding-note" }, card.note) : null) : null,
    card.figure ? h("div", { class: "ding-figure" }, h("b", {}, card.figure), h("span", {}, card.figure_label)) : null,
    card.picture && safeHref(card.picture) ? picture(card.picture, "card-image", "") : null,
    words(card.fields, "ding-fields"), words(card.text, "ding-text"));
  return h("article", { class: `card ding-card${card.streaming ? " streaming" : ""}`, testid: `card-${message.id}`, "data-private": message.private ? "true" : null },
    card.source ? h("div", { class: "ding-source" }, card.source) : null, body,
    choicesOf(card, ctx, busy), buttonsOf(card, ctx, busy), failed(message, ctx, busy));
}

// A card with nothing but words and links, for companies without a template.
export function actionCard(message, ctx) {
  const card = message.card || {};
  const list = (card.buttons || []).map((one) => linkButton(one, ctx));
  return h("article", { class: "card ding-card", testid: `card-${message.id}` },
    h("div", { class: "ding-body" }, card.title && !message.text.includes(card.title) ? h("h3", { class: "ding-title" }, card.title) : null, words(message.text, "ding-text")),
    h("div", { class: `ding-buttons ${card.vertical ? "ding-stacked" : ""}` }, list));
}

export function dingMarkdown(message) {
  return h("div", { class: "bubble" }, words(message.text, ""));
}

function heading(card, ctx) {
  if (!card.title) return null;
  const title = card.url && safeHref(card.url) ? opener(card.url, card.title, { class: "ding-whole" }, ctx) : card.title;
  return h("h3", { class: "ding-title" }, title);
}

function words(text, className) {
  if (!text) return null;
  return h("div", { class: className }, renderMarkdown(String(text).replace(/[ \t]*\n[ \t]*/g, "\n"), (id) => id));
}

function buttonsOf(card, ctx, busy) {
  const list = [...(card.buttons || []), ...(card.menu || []).map((one) => ({ ...one, style: one.style === "danger" ? "danger" : "bare" }))];
  if (!list.length) return null;
  return h("div", { class: `ding-buttons${list.length > 3 ? " ding-pairs" : ""}`, "aria-busy": busy ? "true" : null }, list.map((one) => press(one, ctx, busy)));
}

function press(one, ctx, busy) {
  if (one.url) return linkButton(one, ctx);
  const spins = busy && ctx.pressed === one.id;
  return button({
    class: `ding-button ${one.style || "default"}${spins ? " spinning" : ""}`, testid: `btn-${one.text}`, buttonText: one.text, disabled: busy,
    on: { click: () => ctx.tap(one.id, one.text) },
  }, spins ? T.loading : one.text);
}

function linkButton(one, ctx) {
  const props = { class: `ding-button ${one.style || "default"}`, testid: `btn-${one.text}`, buttonText: one.text };
  return opener(one.url, one.text, props, ctx);
}

// A web page opens inside the client, as it does on a real phone; telephone numbers leave it.
function opener(url, text, props, ctx) {
  const href = safeHref(url);
  if (!href || !/^https?:/.test(href) || !ctx.openPage) return link(url, props, text);
  return button({ ...props, "data-href": href, on: { click: () => ctx.openPage(href, text) } }, text);
}

function failed(message, ctx, busy) {
  return message.card_state === "failed" && !busy ? h("p", { class: "card-failed", testid: `failed-${message.id}` }, T.cardFailed) : null;
}

function choicesOf(card, ctx, busy) {
  const parts = (card.choices || []).map((one) => (one.title ? dropDown(one, ctx, busy) : ticks(one, ctx, busy)));
  return parts.length ? h("div", { class: "card-choices" }, parts) : null;
}

export function dingChosen(card, choices) {
  return Object.fromEntries((card.choices || []).map((one) => [one.key, picked(one, choices)]));
}

function picked(one, choices) {
  const known = (choices.get(one.key) || one.selected).filter((value) => one.options.some((option) => option.value === value));
  if (known.length || one.many || !one.title || !one.options.length) return known;
  return [one.options[0].value];
}

function dropDown(one, ctx, busy) {
  const [now] = picked(one, ctx.choices);
  const select = h("select", {
    testid: `select-${one.key}`, "aria-label": one.title, disabled: busy, on: { change: (event) => ctx.choices.set(one.key, [event.target.value]) },
  }, one.options.map((option) => h("option", { value: option.value, selected: option.value === now }, option.text)));
  return h("label", { class: "card-select" }, h("span", { class: "card-select-title" }, one.title), select);
}

function ticks(one, ctx, busy) {
  const now = new Set(picked(one, ctx.choices));
  const box = h("fieldset", { class: "card-ticks", disabled: busy }, h("legend", { class: "visually-hidden" }, T.choose));
  const read = () => ctx.choices.set(one.key, [...box.querySelectorAll("input:checked")].map((input) => input.value));
  for (const option of one.options) {
    box.append(h("label", { class: "card-tick" }, h("input", {
      type: one.many ? "checkbox" : "radio", name: `choice-${ctx.seat}-${ctx.id}`, value: option.value, checked: now.has(option.value),
      testid: `check-${option.value}`, on: { change: read },
    }), h("span", {}, option.text)));
  }
  return box;
}

// The list of what somebody has to do.
export function todoList(todos, openPage) {
  return todos.length ? h("ul", { class: "todos" }, todos.map((one) => todo(one, openPage))) : h("p", { class: "empty" }, T.ding.noTodos);
}

function todo(one, openPage) {
  const href = safeHref(one.url);
  const text = h("span", { class: "todo-text" }, h("span", { class: "todo-subject" }, one.subject),
    one.due ? h("span", { class: "todo-due" }, T.ding.due(one.dueLabel)) : null);
  const props = { class: `todo${one.done ? " done" : ""}`, testid: `todo-${one.id}`, buttonText: one.subject, "aria-label": `${one.done ? T.ding.done : T.ding.open} ${one.subject}` };
  const face = [h("span", { class: "todo-box", "aria-hidden": "true" }, one.done ? icon("check") : null), text];
  return h("li", {}, href ? button({ ...props, on: { click: () => openPage(href, one.subject) } }, face) : h("div", props, face));
}
