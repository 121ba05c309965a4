// One message of a chat: a bubble, a card, an article or a grey line.
import { avatar, button, h, icon, iconAvatar } from "./dom.js";
import { picture, renderCard } from "./card.js";
import { actionCard, dingCard, dingMarkdown } from "./ding_card.js";
import { link, renderMarkdown, renderText, safeHref } from "./richtext.js";
import { T } from "./texts.js";

// Grey lines in the middle: what happened rather than what was said.
export function isNote(message) {
  return message.kind === "event" || message.from === "system";
}

export function renderMessage(message, ctx) {
  if (isNote(message)) return note(message);
  const mine = message.from === "me";
  return h("div", { class: `row ${mine ? "row-me" : "row-app"}`, testid: `msg-${message.id}`, "data-kind": message.kind, "data-from": message.from },
    face(message, ctx, mine), said(message, ctx));
}

// Others in a group are named above their words; what an answer quotes stands above it too.
function said(message, ctx) {
  const extras = [
    ctx.isRobot && ctx.them ? h("span", { class: "said-by" }, ctx.them.name) : null,
    message.quote ? h("span", { class: "said-quote" }, message.quote) : null,
  ].filter(Boolean);
  const opinions = message.feedback === undefined || message.streaming ? null : opinionsOf(message, ctx);
  const body = content(message, ctx);
  return extras.length || opinions ? h("div", { class: "said" }, extras, body, opinions) : body;
}

function opinionsOf(message, ctx) {
  const one = (type, name, text) => button({
    class: `opinion${message.feedback === type ? " chosen" : ""}`, testid: `judge-${name}-${message.id}`, "aria-label": text, title: text,
    "aria-pressed": String(message.feedback === type), on: { click: () => ctx.judge(message.feedback === type ? 3 : type) },
  }, icon(name));
  return h("div", { class: "opinions" }, one(1, "good", T.robot.good), one(2, "bad", T.robot.bad));
}

// A text that is still being written; each frame brings the whole of it.
function stream(message, ctx) {
  return h("div", { class: `bubble${message.streaming ? " streaming" : ""}`, "aria-busy": message.streaming ? "true" : null },
    message.text ? renderMarkdown(message.text, ctx.nameOf) : T.robot.thinking);
}

function note(message) {
  return h("div", { class: "note", testid: `msg-${message.id}`, "data-kind": message.kind }, renderText(message.text || ""));
}

function face(message, ctx, mine) {
  if (mine) return avatar(ctx.me.name, ctx.me.avatar_color);
  if (ctx.them) return avatar(ctx.them.name, ctx.them.avatar_color);
  return ctx.isRobot ? iconAvatar("robot", "avatar-robot") : iconAvatar("bell");
}

function content(message, ctx) {
  const make = KINDS[message.kind];
  return make ? make(message, ctx) : h("div", { class: "bubble" }, T.unknownKind(String(message.kind)));
}

const KINDS = {
  text: (message, ctx) => h("div", { class: "bubble" }, renderText(message.text, ctx.nameOf)),
  markdown: (message, ctx) => h("div", { class: "bubble" }, renderMarkdown(message.text, ctx.nameOf)),
  card: (message, ctx) => renderCard(message.card, ctx),
  ding_card: dingCard,
  ding_markdown: dingMarkdown,
  action_card: actionCard,
  stream,
  news,
  link: (message) => textCard(message.card || {}),
  image: imageBubble,
  file,
};

// One article with a button text is what the API calls a textcard.
function news(message) {
  const articles = (message.card && message.card.articles) || [];
  if (articles.length === 1 && articles[0].btntxt) return textCard(articles[0]);
  return h("div", { class: "articles" }, articles.map(article));
}

function file(message) {
  const url = fileUrl(message.card && message.card.url);
  const text = `${T.file} ${message.text || ""}`;
  return h("div", { class: "bubble" }, url ? link(url, { class: "link", testid: "link", buttonText: message.text }, text) : text);
}

function article(item, index) {
  const big = index === 0 && item.picurl && safeHref(item.picurl);
  return link(item.url || "", { class: `article${big ? " article-big" : ""}`, testid: `jump-${item.title}`, buttonText: item.title },
    item.picurl && safeHref(item.picurl) ? picture(item.picurl, "article-image", "") : null,
    h("span", { class: "article-text" },
      h("span", { class: "article-title" }, item.title || ""),
      item.description ? h("span", { class: "article-desc" }, item.description) : null));
}

function textCard(card) {
  return link(card.url || "", { class: "textcard", testid: `jump-${card.title}`, buttonText: card.title },
    h("span", { class: "card-title" }, card.title || card.url || ""),
    card.description || card.desc ? h("span", { class: "card-desc" }, card.description || card.desc) : null,
    card.btntxt ? h("span", { class: "textcard-more" }, card.btntxt) : null);
}

function imageBubble(message, ctx) {
  const href = fileUrl(message.card && message.card.url);
  if (!href) return h("div", { class: "bubble" }, T.imageGone);
  const node = h("img", { class: "photo", src: href, alt: T.imageLabel });
  node.addEventListener("load", () => ctx.settled && ctx.settled());
  node.addEventListener("error", () => node.replaceWith(h("div", { class: "bubble" }, T.imageGone)), { once: true });
  return button({ class: "photo-open", "aria-label": T.imageLabel, on: { click: () => window.open(href, "_blank", "noopener") } }, node);
}

// Pictures and files may also lie on the simulator's own server.
function fileUrl(url) {
  if (typeof url !== "string" || !url) return null;
  if (/^data:image\/(png|jpeg|gif|svg\+xml);base64,/.test(url)) return url;
  try {
    const parsed = new URL(url, window.location.href);
    return parsed.protocol === "http:" || parsed.protocol === "https:" ? parsed.href : null;
  } catch (error) {
    return null;
  }
}
