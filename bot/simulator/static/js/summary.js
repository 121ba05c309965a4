// One line of a message, for the list of conversations.
import { T } from "./texts.js";

export function summary(message) {
  const { card } = message;
  if (message.kind === "card" && card) return plain((card.main_title && card.main_title.title) || card.sub_title_text || "");
  if (message.kind === "file") return `${T.file} ${message.text || ""}`;
  if (message.kind === "image") return `[${T.imageLabel}]`;
  return plain(message.text || (card && card.title) || "");
}

function plain(text) {
  return String(text).replace(/<\/?(?:a|font)\b[^>]*>/gi, "").replace(/[*`#>]+/g, "").replace(/\s+/g, " ").trim();
}
