// The story, step by step, and the race between two platforms: where it happens, what to do, and how the page knows that it was done.
const person = (test) => (place, world) => place.seat.kind === "person" && test(world.person(place.seat.userid));
const rep = person((one) => one.role === "rep");
const manager = person((one) => one.role === "manager" || one.role === "director" || one.role === "executive");
const form = (place) => place.seat.kind === "form";
const pressed = (action, words) => action.kind === "tap" && words.test(action.text || "");
const said = (action, words) => action.kind === "text" && words.test(action.text || "");

const onDing = (place) => place.seat.kind === "ding";

// A card that may be taken has rung somewhere.
function offered(action) {
  const buttons = action.kind === "message" && action.message.card && action.message.card.button_list;
  return Boolean(buttons) && buttons.some((one) => one.text === "领取");
}

// Likewise on DingTalk; these come from the phones that are on the page.
function offeredOnDing(action) {
  return action.kind === "ding_card" && action.offers;
}

export const GUIDE = { done: "已完成", again: "再来一遍" };

export const STEPS = [
  {
    title: "填表", where: form, hint: "在填表页留下姓名和手机，城市填「上海」，提交。",
    seen: offered,
  },
  {
    title: "两个销售都响", where: rep, hint: "张三和李娜的手机上都来了同一张线索卡片。",
    seen: (() => {
      const rung = new Map();
      return (action) => {
        if (!offered(action)) return false;
        const title = JSON.stringify(action.message.card.main_title || "");
        if (!rung.has(title)) rung.set(title, new Set());
        return rung.get(title).add(action.userid).size >= 2;
      };
    })(),
  },
  { title: "领取", where: rep, hint: "点其中一位的「领取」，另一位马上看到被谁领了。", seen: (action) => pressed(action, /领取/) },
  { title: "看电话", where: rep, hint: "领到的人点「看电话」，号码只发到他自己的聊天里。", seen: (action) => pressed(action, /看电话/) },
  {
    title: "跟进", where: rep, hint: "打完电话，用一句话记下来：", say: ["跟进 {lead} 已电话,客户要报价,下周二回访"],
    seen: (action) => said(action, /跟进/),
  },
  {
    title: "转商机到赢单", where: rep, hint: "点卡片上的按钮，或发一句话；赢单后群里有喜报：",
    say: ["转商机 {lead} 专业版 5万", "报价 {deal} 48000 九五折", "{deal} 赢单"],
    seen: (action) => action.kind === "chat",
  },
  {
    title: "经理提问", where: manager, hint: "在经理的手机上问：", say: ["本月新增多少线索", "本月业绩"],
    seen: (action, world) => said(action, /多少|业绩|排名|几/) && ["manager", "director", "executive"].includes(world.person(action.userid).role),
  },
  {
    title: "两个平台都响", where: onDing, needsDing: true, hint: "打开一台钉钉的手机，再填一张表：企业微信和钉钉同时响。",
    seen: (() => {
      const [wecom, ding] = [new Set(), new Set()];
      return (action) => {
        if (offered(action)) wecom.add(JSON.stringify(action.message.card.main_title || ""));
        else if (offeredOnDing(action)) ding.add(action.message.card.title);
        else return false;
        return [...ding].some((title) => [...wecom].some((other) => other.includes(title)));
      };
    })(),
  },
  {
    title: "跨平台抢单", where: onDing, needsDing: true, hint: "两边谁先点「领取」就是谁的，另一个平台上的卡片马上写着被谁领了。",
    seen: (action) => action.kind === "ding_card" && action.flipped,
  },
  {
    title: "白皮书和邮件", where: form, hint: "填表领白皮书，再到「邮件短信」里点信里的链接。",
    page: { name: "handbook", text: "打开白皮书的表" }, seen: (action) => action.kind === "mail_read",
  },
  {
    title: "旅程走到哪", where: manager, hint: "在经理的手机上看旅程的图，问为什么没再发：", say: ["旅程 白皮书跟进", "为什么没发 {lead}"],
    seen: (action) => said(action, /^旅程 .|为什么没/),
  },
];
