// Who sits at which phone; remembered by the browser.
import { T } from "./texts.js";

const KEY = "leadbell.simulator.seats";
export const FORM = "form";
export const CUSTOMER = "customer";
export const DING = "ding";

export function loadSeats(world) {
  let saved = null;
  try {
    saved = JSON.parse(localStorage.getItem(KEY));
  } catch (error) {
    saved = null;
  }
  const seats = Array.isArray(saved) ? saved.filter((seat) => usable(seat, world)) : [];
  return seats.length ? seats : usual(world);
}

export function saveSeats(seats) {
  try {
    localStorage.setItem(KEY, JSON.stringify(seats));
  } catch (error) {
    console.warn("seats are not remembered", error.message);
  }
}

// seat: {kind: "person", userid} | {kind: "ding", userid} | {kind: "customer", id} | {kind: "form"}
export function seatKey(seat) {
  return seat.kind === "person" || seat.kind === DING ? `${seat.kind}:${seat.userid}` : seat.kind;
}

function usable(seat, world) {
  if (!seat || typeof seat !== "object") return false;
  if (seat.kind === "person") return world.people.some((person) => person.userid === seat.userid);
  if (seat.kind === DING) return world.ding.people.some((person) => person.userid === seat.userid);
  return seat.kind === FORM || seat.kind === CUSTOMER;
}

const SIX = 1800; // pixels that six phones need side by side

// Two reps of one region, their manager, the form and a customer; where there is room, a rep on DingTalk too.
function usual(world) {
  const has = (userid) => world.people.some((person) => person.userid === userid);
  let people = ["zhangsan", "lina", "wanglei"].filter(has);
  if (people.length < 3) {
    const reps = world.people.filter((person) => person.role === "rep").slice(0, 2);
    const manager = world.people.find((person) => person.role === "manager");
    people = [...reps, manager].filter(Boolean).map((person) => person.userid);
  }
  const first = world.customers[0];
  return [
    { kind: FORM },
    ...people.slice(0, 1).map((userid) => ({ kind: "person", userid })),
    ...(world.ding.opened && window.innerWidth >= SIX ? world.ding.people.slice(0, 1).map(({ userid }) => ({ kind: DING, userid })) : []),
    ...people.slice(1).map((userid) => ({ kind: "person", userid })),
    { kind: CUSTOMER, id: first ? String(first.id) : null },
  ];
}

// The options of a picker: [{label, options: [{value, text}]}]
export function choices(world) {
  const groups = [];
  for (const [name, people] of world.peopleByDepartment()) {
    groups.push({
      label: name,
      options: people.map((person) => ({ value: `person:${person.userid}`, text: [person.name, world.role(person)].filter(Boolean).join(" · ") })),
    });
  }
  const others = world.ding.people.map((person) => ({ value: `ding:${person.userid}`, text: [person.name, world.role(person), person.department].filter(Boolean).join(" · ") }));
  if (others.length) groups.push({ label: T.ding.name, options: others });
  const customers = world.customers.map((customer) => ({ value: `customer:${customer.id}`, text: `${customer.name}（${T.customerPhone}）` }));
  groups.push({ label: T.others, options: [...customers, { value: "customer:", text: T.newCustomer }, { value: FORM, text: T.formPage }] });
  return groups;
}

export function seatFrom(value) {
  if (value === FORM) return { kind: FORM };
  const [kind, ...rest] = value.split(":");
  const id = rest.join(":");
  return kind === "person" || kind === DING ? { kind, userid: id } : { kind: CUSTOMER, id: id || null };
}

export function seatValue(seat) {
  if (seat.kind === FORM) return FORM;
  return seat.kind === "person" || seat.kind === DING ? `${seat.kind}:${seat.userid}` : `customer:${seat.id || ""}`;
}
