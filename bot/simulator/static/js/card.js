// A template card as the member sees it: all five types are made of the same parts.
import { button, h, icon } from "./dom.js";
import { link, renderText, safeHref } from "./richtext.js";
import { T } from "./texts.js";
import { renderActions } from "./card_actions.js";
import { renderChoices } from "./card_choices.js";

const KNOWN = new Set(["text_notice", "news_notice", "button_interaction", "vote_interaction", "multiple_interaction"]);

// ctx: id, state, pressed (key that still turns), choices (Map), tap(key, text), person(userid), notice(text)
export function renderCard(card, ctx) {
  if (!card || !KNOWN.has(card.card_type)) return h("div", { class: "card-unknown" }, T.unknownCard(String(card && card.card_type)));
  const body = h("div", { class: "card-body" }, source(card, ctx), image(card), title(card, ctx), imageText(card, ctx),
    emphasis(card), quote(card, ctx), verticals(card), subTitle(card, ctx), horizontals(card, ctx));
  const root = h("article", { class: `card card-${card.card_type}`, testid: `card-${ctx.id}`, "data-card-type": card.card_type },
    body, renderChoices(card, ctx), jumps(card, ctx), renderActions(card, ctx));
  if (card.action_menu) root.append(...actionMenu(card, ctx));
  if (body.childElementCount === 0) body.remove();
  return root;
}

function source(card, ctx) {
  const { source: from } = card;
  if (!from || (!from.desc && !from.icon_url)) return card.action_menu ? h("div", { class: "card-source" }, "\u00a0") : null;
  const color = from.desc_color || 0;
  return h("div", { class: "card-source" },
    from.icon_url && safeHref(from.icon_url) ? picture(from.icon_url, "card-source-icon", "") : null,
    h("span", { class: `card-source-desc desc-color-${color}` }, from.desc || ""));
}

export function picture(url, className, alt) {
  const node = h("img", { class: className, src: safeHref(url) || "", alt, loading: "lazy" });
  node.addEventListener("error", () => node.classList.add("broken"), { once: true });
  return node;
}

function image(card) {
  if (!card.card_image || !safeHref(card.card_image.url)) return null;
  const node = picture(card.card_image.url, "card-image", "");
  const ratio = Number(card.card_image.aspect_ratio);
  node.style.aspectRatio = String(ratio >= 1.3 && ratio <= 2.25 ? ratio : 1.3);
  return node;
}

function title(card, ctx) {
  const main = card.main_title;
  if (!main || (!main.title && !main.desc)) return null;
  return h("div", { class: "card-main" },
    main.title ? h("h3", { class: "card-title" }, whole(card, ctx, main.title)) : null,
    main.desc ? h("p", { class: "card-desc" }, main.desc) : null);
}

// The whole face of a card opens its card_action; the title carries the link for keyboards.
function whole(card, ctx, text) {
  const action = card.card_action;
  if (action && action.type === 1 && safeHref(action.url)) {
    return link(action.url, { class: "card-whole", testid: "card-action", buttonText: text }, text);
  }
  if (action && action.type === 2) {
    return button({ class: "card-whole", testid: "card-action", on: { click: () => ctx.notice(T.miniprogram) } }, text);
  }
  return text;
}

function imageText(card, ctx) {
  const area = card.image_text_area;
  if (!area) return null;
  const face = [
    area.image_url && safeHref(area.image_url) ? picture(area.image_url, "card-area-image", "") : null,
    h("span", { class: "card-area-text" },
      area.title ? h("span", { class: "card-area-title" }, area.title) : null,
      area.desc ? h("span", { class: "card-area-desc" }, area.desc) : null),
  ];
  return jumper(area, ctx, "card-area", area.title || "", face);
}

function opens(item) {
  return item.type === 2 || item.type === 3 || (item.type === 1 && Boolean(safeHref(item.url)));
}

// One thing that may be pressed: type 1 a link, 2 a mini program, 3 a question to the robot, anything else just text.
function jumper(item, ctx, className, text, face) {
  const shared = { class: className, testid: `jump-${text}`, buttonText: text };
  if (item.type === 1 && safeHref(item.url)) return link(item.url, shared, face);
  if (item.type === 2) return button({ ...shared, on: { click: () => ctx.notice(T.miniprogram) } }, face);
  if (item.type === 3 && ctx.ask) return button({ ...shared, on: { click: () => ctx.ask(item.question || text) } }, face);
  return h("div", { class: className }, face);
}

function emphasis(card) {
  const big = card.emphasis_content;
  if (!big || (!big.title && !big.desc)) return null;
  return h("div", { class: "card-emphasis" },
    big.title ? h("div", { class: "card-emphasis-title" }, big.title) : null,
    big.desc ? h("div", { class: "card-emphasis-desc" }, big.desc) : null);
}

function quote(card, ctx) {
  const area = card.quote_area;
  if (!area || (!area.title && !area.quote_text)) return null;
  return jumper(area, ctx, "card-quote", area.title || "", [
    area.title ? h("span", { class: "card-quote-title" }, area.title) : null,
    area.quote_text ? h("span", { class: "card-quote-text" }, area.quote_text) : null,
  ]);
}

function verticals(card) {
  const list = card.vertical_content_list || [];
  if (!list.length) return null;
  return h("ul", { class: "card-verticals" }, list.map((row) => h("li", {},
    h("div", { class: "card-vertical-title" }, row.title || ""),
    row.desc ? h("div", { class: "card-vertical-desc" }, row.desc) : null)));
}

function subTitle(card, ctx) {
  return card.sub_title_text ? h("div", { class: "card-sub" }, renderText(card.sub_title_text, ctx.nameOf)) : null;
}

function horizontals(card, ctx) {
  const list = card.horizontal_content_list || [];
  if (!list.length) return null;
  return h("dl", { class: "card-rows" }, list.map((row) => h("div", { class: "card-row" },
    h("dt", {}, row.keyname || ""), h("dd", {}, rowValue(row, ctx)))));
}

function rowValue(row, ctx) {
  const text = row.value || "";
  if (row.type === 1 && safeHref(row.url)) return link(row.url, { class: "link", testid: `row-${row.keyname}`, buttonText: text }, text || row.url);
  if (row.type === 2) return text || T.file;
  if (row.type === 3 && row.userid) {
    const shown = text || ctx.nameOf(row.userid);
    return button({ class: "link", testid: `row-${row.keyname}`, buttonText: shown, on: { click: () => ctx.person(row.userid) } }, shown);
  }
  return text;
}

function jumps(card, ctx) {
  const list = card.jump_list || [];
  if (!list.length) return null;
  return h("div", { class: "card-jumps" }, list.map((item) => jumper(item, ctx, "card-jump", item.title || "", [
    h("span", {}, item.title || ""), opens(item) ? icon("chevron") : null,
  ])));
}

// The three dots at the top right of a card.
function actionMenu(card, ctx) {
  const items = card.action_menu.action_list || [];
  const open = button({ class: "card-more", testid: `more-${ctx.id}`, "aria-label": card.action_menu.desc || T.more, "aria-expanded": "false" }, icon("more"));
  const sheet = h("div", { class: "card-sheet", role: "menu", hidden: true },
    card.action_menu.desc ? h("p", { class: "card-sheet-desc" }, card.action_menu.desc) : null,
    items.map((item) => button({
      class: "card-sheet-item", role: "menuitem", testid: `btn-${item.key || item.text}`, buttonText: item.text,
      on: { click: () => { toggle(false); ctx.tap(item.key, item.text); } },
    }, item.text)));
  const outside = (event) => { if (!sheet.contains(event.target) && !open.contains(event.target)) toggle(false); };
  function toggle(show) {
    sheet.hidden = !show;
    open.setAttribute("aria-expanded", String(show));
    document[show ? "addEventListener" : "removeEventListener"]("click", outside);
  }
  open.addEventListener("click", () => toggle(sheet.hidden));
  sheet.addEventListener("keydown", (event) => { if (event.key === "Escape") { toggle(false); open.focus(); } });
  return [open, sheet];
}
