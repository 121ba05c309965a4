// The phones side by side; on a narrow screen one at a time, with tabs.
import { button, fill, h, icon } from "./dom.js";
import { CustomerPhone } from "./customer.js";
import { DingPhone } from "./ding_phone.js";
import { FormPhone } from "./form_page.js";
import { PersonPhone } from "./person.js";
import { choices, CUSTOMER, DING, FORM, loadSeats, saveSeats, seatFrom, seatKey, seatValue } from "./seats.js";
import { T } from "./texts.js";

const USUAL = 5; // phones that share the width; more of them are narrower, down to a limit
const NARROW = window.matchMedia("(max-width: 699px)");

export class Desk {
  constructor(world, node, tabs) {
    this.dingAdder = this.dingButton();
    this.adders = [this.adder("add-phone"), this.adder("add-phone-tab")]; // in the top bar, at the end of the tabs
    this.world = world;
    this.node = node;
    this.tabs = tabs;
    this.seats = loadSeats(world); // each: the seat, its phone, its place on the desk
    this.places = [];
    this.front = 0;
    this.onChange = () => {};
    for (const seat of this.seats) this.places.push(this.place(seat));
    this.draw();
    NARROW.addEventListener("change", () => this.showFront());
    world.onChange(() => this.worldChanged());
  }

  place(seat) {
    const phone = this.phoneFor(seat);
    phone.onUnread = () => this.drawTabs();
    const picker = h("select", { class: "picker", testid: `seat-${phone.id()}`, "aria-label": T.seatOf, on: { change: (event) => this.change(place, event.target.value) } });
    const bar = h("div", { class: "place-bar" }, picker,
      button({ class: "place-remove", testid: `remove-${phone.id()}`, "aria-label": T.removePhone, title: T.removePhone, on: { click: () => this.remove(place) } }, icon("close")));
    const place = { seat, phone, picker, node: h("div", { class: "place" }, bar, phone.node) };
    this.fillPicker(place);
    return place;
  }

  phoneFor(seat) {
    if (seat.kind === FORM) return new FormPhone(this.world);
    if (seat.kind === "person") return new PersonPhone(seat.userid, this.world);
    if (seat.kind === DING) return new DingPhone(seat.userid, this.world);
    return new CustomerPhone(seat.id, this.world, (id) => this.adopted(seat, id));
  }

  adopted(seat, id) {
    seat.id = id;
    this.worldChanged();
    this.save();
  }

  fillPicker(place) {
    fill(place.picker, this.options());
    place.picker.value = seatValue(place.seat);
  }

  options() {
    return choices(this.world).map((group) => h("optgroup", { label: group.label },
      group.options.map((option) => h("option", { value: option.value }, option.text))));
  }

  // Somebody who already sits elsewhere changes places, so that nobody sits twice.
  change(place, value) {
    const seat = seatFrom(value);
    const other = this.places.find((one) => one !== place && seatKey(one.seat) === seatKey(seat));
    if (other) this.swap(place, other, seat);
    else this.replace(place, seat);
    this.save();
    this.draw();
  }

  swap(place, other, seat) {
    const [a, b] = [this.places.indexOf(place), this.places.indexOf(other)];
    [this.places[a], this.places[b]] = [other, place];
    if (seat.kind === CUSTOMER) this.replace(other, seat);
    this.places.forEach((one) => this.fillPicker(one));
  }

  replace(place, seat) {
    const at = this.places.indexOf(place);
    place.phone.close();
    this.places[at] = this.place(seat);
  }

  add(value) {
    const seat = seatFrom(value);
    const there = this.places.find((one) => seatKey(one.seat) === seatKey(seat));
    if (there && seat.kind === CUSTOMER) this.change(there, value);
    else if (!there) this.places.splice(this.seatIndex(seat), 0, this.place(seat));
    this.save();
    this.draw();
    this.bringUp((place) => seatKey(place.seat) === seatKey(seat));
  }

  // A rep on DingTalk sits beside the first one on WeCom: so a race between them is seen.
  seatIndex(seat) {
    const first = this.places.findIndex((place) => place.seat.kind === "person");
    return seat.kind === DING && first >= 0 ? first + 1 : this.places.length;
  }

  // Somebody on DingTalk, unless one is there.
  addDing() {
    const { ding } = this.world;
    if (ding.opened && ding.people.length && !this.places.some((place) => place.seat.kind === DING)) this.add(`${DING}:${ding.people[0].userid}`);
  }

  dingButton() {
    return button({
      class: "top-button top-ding", testid: "add-ding", hidden: true, title: T.ding.add, buttonText: T.ding.add, on: { click: () => this.addDing() },
    }, icon("plus"), h("span", { class: "top-button-text" }, T.ding.add));
  }

  remove(place) {
    if (this.places.length === 1) return;
    place.phone.close();
    this.places = this.places.filter((one) => one !== place);
    this.front = Math.min(this.front, this.places.length - 1);
    this.save();
    this.draw();
  }

  save() { saveSeats(this.places.map((place) => place.seat)); }

  draw() {
    document.documentElement.style.setProperty("--phones", String(Math.max(USUAL, this.places.length)));
    this.arrange(this.places.map((place) => place.node));
    this.fillAdders();
    this.showFront();
  }

  adder(testid) {
    const select = h("select", { class: "picker", testid, "aria-label": T.addPhone, on: { change: () => { if (select.value) this.add(select.value); } } });
    return h("label", { class: "adder" }, icon("plus"), select);
  }

  fillAdders() {
    const { ding } = this.world;
    this.dingAdder.hidden = !ding.opened || !ding.people.length || this.places.some((place) => place.seat.kind === DING);
    for (const label of this.adders) fill(label.querySelector("select"), h("option", { value: "" }, T.addPhone), this.options());
  }

  // A node that stays is not moved: an iframe that is moved loads anew.
  arrange(order) {
    for (const child of [...this.node.children]) if (!order.includes(child)) child.remove();
    order.forEach((node, index) => {
      if (this.node.children[index] !== node) this.node.insertBefore(node, this.node.children[index] || null);
    });
  }

  drawTabs() {
    this.onChange();
    fill(this.tabs, this.places.map((place, index) => this.tab(place, index)), this.adders[1]);
  }

  tab(place, index) {
    const count = place.phone.unreadTotal();
    return button({
      class: "tab", role: "tab", testid: `tab-${place.phone.id()}`, "aria-selected": String(index === this.front), buttonText: place.phone.caption(),
      on: { click: () => { this.front = index; this.showFront(); } },
    }, place.phone.caption(), count ? h("span", { class: "dot", "aria-label": T.unread(count) }, count > 99 ? "99+" : count) : null);
  }

  showFront() {
    this.places.forEach((place, index) => {
      const front = index === this.front;
      place.node.classList.toggle("front", front);
      place.phone.setVisible(!NARROW.matches || front);
    });
    this.drawTabs();
  }

  // Shows the first phone that fits and returns it, or null.
  bringUp(fits) {
    const index = this.places.findIndex((place) => fits(place, this.world));
    if (index < 0) return null;
    this.front = index;
    this.showFront();
    this.places[index].phone.flash();
    return this.places[index].phone;
  }

  worldChanged() {
    for (const place of this.places) {
      this.fillPicker(place);
      place.phone.refresh();
    }
    this.fillAdders();
    this.drawTabs();
  }

  // What happens on one platform is no news on the other.
  handle(event) {
    const ding = event.type === "ding";
    for (const { phone } of this.places) if (Boolean(phone.isDing) === ding && phone.handles(event)) phone.refresh();
  }

  refresh() { for (const { phone } of this.places) phone.refresh(); }
  tick() { for (const { phone } of this.places) phone.tick(); }
}
