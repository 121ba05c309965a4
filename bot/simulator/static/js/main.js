// Starts the page: reads the world, sets up the desk, listens to what happens.
import { announce } from "./bus.js";
import { Desk } from "./desk.js";
import { fill, h, iconAvatar, toast } from "./dom.js";
import { connect } from "./events.js";
import { FaultPanel } from "./faults.js";
import { Guide } from "./guide.js";
import { Postbox } from "./postbox.js";
import { T } from "./texts.js";
import { WireLog } from "./wire.js";
import { Weixin } from "./weixin.js";
import { World } from "./world.js";

const RETRY = 1500; // milliseconds between attempts while the server does not answer yet
const byId = (id) => document.getElementById(id);
const wait = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

async function firstLoad(world) {
  for (;;) {
    try {
      await world.load();
      return;
    } catch (error) {
      fill(byId("desk"), h("p", { class: "desk-note" }, T.loadFailed));
      await wait(RETRY);
    }
  }
}

function topBar(world, { wire, faults, postbox, weixin }, desk) {
  const state = h("span", { class: "live", testid: "live", role: "status" }, T.offline);
  const corp = h("span", { class: "top-corp" }, world.corpName());
  world.onChange(() => fill(corp, world.corpName()));
  fill(byId("top"),
    h("div", { class: "brand" }, iconAvatar("bell", "avatar-small"),
      h("h1", {}, T.title, h("span", { class: "brand-sub" }, ` · ${T.subtitle}`)), corp),
    state, h("div", { class: "top-buttons" }, desk.dingAdder, desk.adders[0], weixin.opener("chat", T.weixin.short), postbox.opener("mail", T.postbox.title), faults.opener("bolt", T.faults), wire.opener("wire", T.wire)));
  return (up) => {
    fill(state, up ? T.online : T.offline);
    state.classList.toggle("up", up);
  };
}

async function start() {
  const world = new World();
  await firstLoad(world);
  const wire = new WireLog(byId("wire"));
  const faults = new FaultPanel(byId("faults"), world);
  const postbox = new Postbox(byId("postbox"));
  const weixin = new Weixin(byId("weixin"), world);
  const desk = new Desk(world, byId("desk"), byId("tabs"));
  const showState = topBar(world, { wire, faults, postbox, weixin }, desk);
  faults.draw();
  const guide = new Guide(byId("guide"), desk);
  desk.onChange = () => guide.draw();
  const reload = () => world.load().catch((error) => toast(error.message, "bad"));
  connect({
    onState: (up, again) => {
      showState(up);
      if (!up) return;
      reload();
      desk.refresh();
      postbox.load();
      if (again) wire.restart();
    },
    onEvent: (event) => {
      if (event.type === "wire") return wire.handle();
      if (event.type === "post") return postbox.load();
      if (event.type === "weixin") return weixin.load();
      if (event.type === "ding") return desk.handle(event);
      if (event.type === "callback") return event.ok ? undefined : toast(`${world.nameOf(event.userid)}：${T.notTaken}`, "bad");
      if (event.type === "message" && event.message) announce({ kind: "message", userid: event.userid, message: event.message });
      if (event.type === "chat" && event.message) announce({ kind: "chat" });
      if (event.type === "robot" && event.chatid) announce({ kind: "robot" });
      else if (event.type !== "message" && event.type !== "card") reload();
      return desk.handle(event);
    },
  });
  setInterval(() => desk.tick(), 5000);
}

start();
