// Builds elements. Everything that came from outside becomes a text node, never markup.

const SVG = "http://www.w3.org/2000/svg";

function append(node, children) {
  for (const child of children) {
    if (Array.isArray(child)) append(node, child);
    else if (child !== null && child !== undefined && child !== false) {
      node.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
}

// props: class, testid, buttonText, on {event: handler}, hidden, and plain attributes.
export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "testid") node.dataset.testid = value;
    else if (name === "buttonText") node.dataset.buttonText = value;
    else if (name === "on") {
      for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
    } else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  append(node, children);
  return node;
}

export function button(props, ...children) {
  return h("button", { type: "button", ...props }, ...children);
}

export function fill(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

const PATHS = {
  back: "M15 5l-7 7 7 7",
  chevron: "M9 5l7 7-7 7",
  down: "M6 9l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  plus: "M12 5v14M5 12h14",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  scan: "M4 8V5a1 1 0 0 1 1-1h3M16 4h3a1 1 0 0 1 1 1v3M20 16v3a1 1 0 0 1-1 1h-3M8 20H5a1 1 0 0 1-1-1v-3M4 12h16",
  reload: "M19 12a7 7 0 1 1-2-4.9M19 4v4h-4",
  open: "M14 5h5v5M19 5l-8 8M17 14v4a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h4",
  check: "M5 12.5l4.5 4.5L19 7.5",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M6 11h12v8H6z",
  list: "M5 7h14M5 12h14M5 17h9",
  bell: "M12 4a5.5 5.5 0 0 0-5.5 5.5v3.6L5 16h14l-1.5-2.9V9.500A5.500 5.500 0 0 0 12 4zM10 18.500a2 2 0 0 0 4 0",
  group: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.500 19a5.500 5.500 0 0 1 11 0M16 5.500a2.500 2.500 0 0 1 0 5M17 13.500a5 5 0 0 1 3.500 5",
  robot: "M7 9h10a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H7a2 2 0 0 1-2-2v-6a2 2 0 0 1 2-2zM12 9V5M9.500 13.500h.01M14.500 13.500h.01M2.500 13v2M21.500 13v2",
  good: "M8 11l3.500-6.500a2 2 0 0 1 2 2V10h4.500a1.500 1.500 0 0 1 1.500 1.800l-1.200 6a1.500 1.500 0 0 1-1.500 1.200H8zM4.500 11H8v8H4.500z",
  bad: "M8 13l3.500 6.500a2 2 0 0 0 2-2V14h4.500a1.500 1.500 0 0 0 1.500-1.800l-1.200-6A1.500 1.500 0 0 0 16.800 5H8zM4.500 13H8V5H4.500z",
  signal: "M5 19v-3M10 19v-6M15 19v-9M20 19V6",
  battery: "M3 8h15v8H3zM21 11v2M5.500 10.500h8v3h-8z",
  wire: "M4 8h13l-3-3M20 16H7l3 3",
  chat: "M4 5h16v11H10l-4 4v-4H4z",
  mail: "M4 6h16v12H4zM4 7l8 6 8-6",
  bolt: "M13 4l-7 9h5l-1 7 7-9h-5z",
  bulb: "M9 17h6M10 20h4M12 4a5.500 5.500 0 0 0-3.200 10c.6.5 1 1.200 1 2h4.400c0-.8.4-1.500 1-2A5.500 5.500 0 0 0 12 4z",
};

export function icon(name, label) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  if (label) {
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", label);
  } else svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// An avatar shows the last two characters of a Chinese name, as the real client does.
export function avatar(name, color, extra = "") {
  const text = /^[\x20-\x7e]+$/.test(name) ? name.slice(0, 1).toUpperCase() : [...name].slice(-2).join("");
  const node = h("span", { class: `avatar ${extra}`, "aria-hidden": "true" }, text);
  node.style.backgroundColor = deep(/^#[0-9a-f]{6}$/i.test(color || "") ? color : hue(name));
  return node;
}

export function iconAvatar(name, extra) {
  return h("span", { class: `avatar avatar-icon ${extra || ""}`, "aria-hidden": "true" }, icon(name));
}

// White letters are read on dark ground only.
function deep(color) {
  const parts = color.slice(1).match(/../g).map((part) => Math.round(Number.parseInt(part, 16) * 0.76));
  return `rgb(${parts.join(", ")})`;
}

const COLORS = ["#3f7de0", "#2f8f6b", "#b3621f", "#7a5bd0", "#b8456b", "#2c7f9e", "#5d6b82", "#8a6d1f"];

function hue(name) {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + char.codePointAt(0)) % 997;
  return COLORS[sum % COLORS.length];
}

export function toast(text, kind = "") {
  const node = h("div", { class: `toast ${kind}`, testid: "toast" }, text);
  document.getElementById("toasts").append(node);
  setTimeout(() => node.remove(), 3500);
}
