// What the page knows of the company: people, customers, chats, the app and its menu.
import { api } from "./api.js";
import { setNow } from "./time.js";
import { T } from "./texts.js";

const NO_DING = { app: { name: "" }, people: [], groups: [], faults: [], quota: {}, connections: 0, opened: 0 };

export class World {
  constructor() {
    this.data = { people: [], customers: [], chats: [], faults: [], app: {}, corp: {}, robot: { groups: [] }, guide: [], ding: NO_DING };
    this.version = 0; // grows whenever names may have changed
    this.listeners = new Set();
  }

  async load() {
    const [data, ding] = await Promise.all([api.world(), api.dingWorld()]);
    setNow(data.now);
    const before = JSON.stringify({ ...this.data, now: null });
    this.data = { ...data, ding, people: data.people || [], customers: data.customers || [], chats: data.chats || [], faults: data.faults || [], robot: data.robot || { groups: [] } };
    if (JSON.stringify({ ...this.data, now: null }) === before) return;
    this.version += 1;
    for (const listener of this.listeners) listener();
  }

  onChange(listener) { this.listeners.add(listener); }

  get people() { return this.data.people; }
  get customers() { return this.data.customers; }
  get faults() { return [...this.data.faults, ...this.ding.faults]; }
  get ding() { return this.data.ding; }
  get robot() { return this.data.robot; }
  get service() { return this.data.service; }
  get guide() { return this.data.guide || []; }
  get explains() { return Boolean(this.data.explains); }
  get formUrl() { return this.data.form_url || ""; }

  appName() { return (this.data.app && this.data.app.name) || T.appName; }
  corpName() { return (this.data.corp && this.data.corp.name) || ""; }
  menu() { return this.data.app && this.data.app.menu; }

  person(userid) {
    if (this.service && userid === this.service.id) return { userid, name: this.service.name, avatar_color: "#2f6f8f" };
    return this.people.find((person) => person.userid === userid) || { userid, name: userid };
  }

  nameOf(userid) { return this.person(userid).name || userid; }

  dingPerson(userid) {
    return this.ding.people.find((person) => person.userid === userid) || { userid, name: userid };
  }

  dingNameOf(userid) { return this.dingPerson(userid).name || userid; }

  dingGroupsOf(userid) {
    return this.ding.groups.filter((group) => group.members.some((member) => member.userid === userid));
  }

  // Whoever was ever asked to send something has the helper; conversations of the desk that somebody took over.
  hasGroupTasks(userid) { return ((this.service && this.service.senders) || []).includes(userid); }
  heldBy(userid) { return ((this.service && this.service.held) || []).filter((one) => one.servicer === userid); }

  customer(id) { return this.customers.find((customer) => String(customer.id) === String(id)); }

  // Nobody sees a group before its first message.
  chatsOf(userid) {
    return this.data.chats
      .filter((chat) => chat.last)
      .map((chat) => ({ ...chat, members: chat.members.map((member) => member.userid) }))
      .filter((chat) => chat.members.includes(userid));
  }

  robotGroupsOf(userid) {
    return this.robot.groups.filter((chat) => chat.members.some((member) => member.userid === userid));
  }

  // A picker's groups: region by region, as the address book has them.
  peopleByDepartment() {
    const groups = new Map();
    for (const person of this.people.filter((one) => one.visible !== false)) {
      const name = person.department || T.others;
      if (!groups.has(name)) groups.set(name, []);
      groups.get(name).push(person);
    }
    return groups;
  }

  role(person) { return T.roles[person.role] || person.position || ""; }
}
