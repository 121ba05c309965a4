// Times as the real client shows them. The server's clock rules: it may be moved by hand.
import { T } from "./texts.js";

const ZONE = "Asia/Shanghai";
const PARTS = new Intl.DateTimeFormat("en-CA", {
  timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit",
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

let offset = 0; // milliseconds that the server's clock is ahead of this browser's

export function setNow(iso) {
  const server = Date.parse(iso);
  if (!Number.isNaN(server)) offset = server - Date.now();
}

export function now() {
  return new Date(Date.now() + offset);
}

function fields(date) {
  const out = {};
  for (const part of PARTS.formatToParts(date)) out[part.type] = part.value;
  return out;
}

const dayNumber = (f) => Math.floor(Date.UTC(+f.year, +f.month - 1, +f.day) / 86400000);

export function clock(date = now()) {
  const f = fields(date);
  return `${f.hour}:${f.minute}`;
}

export function clockSeconds(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  const f = fields(date);
  return `${f.hour}:${f.minute}:${f.second}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

export function label(iso) {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return "";
  const f = fields(date);
  const today = fields(now());
  const time = `${f.hour}:${f.minute}`;
  const ago = dayNumber(today) - dayNumber(f);
  if (ago === 0) return time;
  if (ago === 1) return `${T.yesterday} ${time}`;
  if (ago > 1 && ago < 7) return `${T.days[(dayNumber(f) + 4) % 7]} ${time}`;
  const day = T.date(f.year === today.year ? null : f.year, +f.month, +f.day);
  return `${day} ${time}`;
}

const GAP = 5 * 60 * 1000; // a separator stands where five minutes or more lie between

export function separates(before, after) {
  const a = Date.parse(after);
  if (Number.isNaN(a)) return false;
  const b = Date.parse(before || "");
  return Number.isNaN(b) || a - b >= GAP;
}
