// WeCom's small text languages. Whatever is not on the whitelist stays visible as plain text.
import { h } from "./dom.js";

const SAFE = new Set(["http:", "https:", "tel:", "mailto:"]);
const FONT = new Set(["info", "comment", "warning"]);
const PERSON = /^<@([0-9A-Za-z_.@-]{1,64})>/;

export function safeHref(url) {
  try {
    const parsed = new URL(String(url).trim());
    return SAFE.has(parsed.protocol) ? parsed.href : null;
  } catch (error) {
    return null;
  }
}

// tel: hands over to the dialler and must not leave an empty tab behind.
export function link(url, props, ...children) {
  const href = safeHref(url);
  if (!href) return h("span", props, ...children);
  const target = href.startsWith("tel:") ? {} : { target: "_blank", rel: "noopener noreferrer" };
  return h("a", { href, ...target, ...props }, ...children);
}

const URL_TAIL = /[.,;:!?)\]}'"]+$/;

function linkify(text) {
  const out = [];
  let rest = 0;
  for (const match of text.matchAll(/https?:\/\/[^\s<>"'，。；！？、（）【】《》「」\u4e00-\u9fff]+/g)) {
    const url = match[0].replace(URL_TAIL, "");
    if (match.index > rest) out.push(text.slice(rest, match.index));
    out.push(link(url, { class: "link", testid: "link" }, url));
    rest = match.index + url.length;
  }
  if (rest < text.length) out.push(text.slice(rest));
  return out;
}

// Text messages know <a href="…"> and, in groups, <@userid>.
export function renderText(text, nameOf = (id) => id) {
  const out = [];
  const source = String(text ?? "");
  const pattern = /<a\s+href\s*=\s*(?:"([^"]*)"|'([^']*)')\s*>([^<]*)<\/a>|<@([0-9A-Za-z_.@-]{1,64})>/gi;
  let rest = 0;
  for (const match of source.matchAll(pattern)) {
    out.push(...linkify(source.slice(rest, match.index)));
    if (match[4]) out.push(mention(match[4], nameOf));
    else out.push(link(match[1] ?? match[2], { class: "link", testid: "link", buttonText: match[3] }, match[3]));
    rest = match.index + match[0].length;
  }
  out.push(...linkify(source.slice(rest)));
  return h("div", { class: "text" }, out);
}

function mention(userid, nameOf) {
  return h("span", { class: "mention" }, `@${nameOf(userid)}`);
}

const RULES = [
  [/^`([^`\n]+)`/, (m) => h("code", {}, m[1])],
  [/^\*\*([^*\n]+)\*\*/, (m, nameOf) => h("strong", {}, inline(m[1], nameOf))],
  [/^\[([^\]\n]+)\]\(([^)\s]+)\)/, (m) => link(m[2], { class: "link", testid: "link", buttonText: m[1] }, m[1])],
  [/^<font\s+color\s*=\s*["']?(\w+)["']?\s*>([\s\S]*?)<\/font>/i,
    (m, nameOf) => h("span", { class: FONT.has(m[1]) ? `font-${m[1]}` : "" }, inline(m[2], nameOf))],
  [PERSON, (m, nameOf) => mention(m[1], nameOf)],
  [/^<a\s+href\s*=\s*["']([^"']*)["']\s*>([^<]*)<\/a>/i, (m) => link(m[1], { class: "link", testid: "link", buttonText: m[2] }, m[2])],
];

function inline(text, nameOf) {
  const out = [];
  let plain = "";
  let at = 0;
  while (at < text.length) {
    const hit = "`*[<".includes(text[at]) ? match(text.slice(at)) : null;
    if (hit) {
      out.push(...linkify(plain), hit.make(hit.found, nameOf));
      plain = "";
      at += hit.found[0].length;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  out.push(...linkify(plain));
  return out;
}

function match(rest) {
  for (const [pattern, make] of RULES) {
    const found = pattern.exec(rest);
    if (found) return { found, make };
  }
  return null;
}

// Headings, bold, link, code, quote, three font colours: that is all WeCom's markdown has.
export function renderMarkdown(text, nameOf = (id) => id) {
  const root = h("div", { class: "markdown" });
  let quote = null;
  for (const line of String(text ?? "").split("\n")) {
    const quoted = /^\s{0,3}>\s?(.*)$/.exec(line);
    if (quoted) {
      if (!quote) root.append((quote = h("blockquote", {})));
      quote.append(h("p", {}, inline(quoted[1], nameOf)));
      continue;
    }
    quote = null;
    const heading = /^(#{1,6})\s+(.+)$/.exec(line);
    if (heading) root.append(h("p", { class: `head head-${heading[1].length}` }, inline(heading[2], nameOf)));
    else root.append(h("p", { class: line.trim() ? "" : "blank" }, inline(line, nameOf)));
  }
  return root;
}
