// What can be chosen on a card: one drop-down, up to three of them, or a list to tick.
// Choices live in ctx.choices (question_key → [ids]) so that a redraw does not lose them.
import { isBusy } from "./card_actions.js";
import { h } from "./dom.js";
import { T } from "./texts.js";

export function renderChoices(card, ctx) {
  const frozen = isBusy(ctx) || Boolean(card.replace_text);
  const parts = [];
  if (card.button_selection) parts.push(dropDown(card.button_selection, ctx, frozen));
  for (const question of card.select_list || []) parts.push(dropDown(question, ctx, frozen));
  if (card.checkbox) parts.push(ticks(card.checkbox, ctx, frozen));
  return parts.length ? h("div", { class: "card-choices" }, parts) : null;
}

// What goes with the press: one entry for each question on the card.
export function chosen(card, choices) {
  const out = {};
  for (const question of questions(card)) out[question.question_key] = picked(question, choices, question === card.checkbox);
  return out;
}

function questions(card) {
  return [card.button_selection, ...(card.select_list || []), card.checkbox].filter(Boolean);
}

function picked(question, choices, ticked) {
  const options = question.option_list || [];
  const mine = choices.get(question.question_key);
  if (mine) {
    const still = mine.filter((id) => options.some((option) => option.id === id));
    if (still.length || ticked) return still;
  }
  if (ticked) return options.filter((option) => option.is_checked).map((option) => option.id);
  const preset = options.find((option) => option.id === question.selected_id) || options[0];
  return preset ? [preset.id] : [];
}

function dropDown(question, ctx, frozen) {
  const [now] = picked(question, ctx.choices, false);
  const select = h("select", {
    testid: `select-${question.question_key}`, "aria-label": question.title || T.choose, disabled: frozen || Boolean(question.disable),
    on: { change: (event) => ctx.choices.set(question.question_key, [event.target.value]) },
  }, (question.option_list || []).map((option) => h("option", { value: option.id, selected: option.id === now }, option.text)));
  return h("label", { class: "card-select" }, h("span", { class: "card-select-title" }, question.title || T.choose), select);
}

function ticks(question, ctx, frozen) {
  const many = question.mode === 1;
  const now = new Set(picked(question, ctx.choices, true));
  const name = `choice-${ctx.seat}-${ctx.id}`;
  const box = h("fieldset", { class: "card-ticks", disabled: frozen || Boolean(question.disable) },
    h("legend", { class: "visually-hidden" }, T.choose));
  const read = () => ctx.choices.set(question.question_key, [...box.querySelectorAll("input:checked")].map((input) => input.value));
  for (const option of question.option_list || []) {
    box.append(h("label", { class: "card-tick" }, h("input", {
      type: many ? "checkbox" : "radio", name, value: option.id, checked: now.has(option.id),
      testid: `check-${option.id}`, on: { change: read },
    }), h("span", {}, option.text)));
  }
  return box;
}
