// The wire log's remarks, as the engine writes them, in Chinese. What is not known stays as it is.
const WORDS = [
  [/^first delivery$/, "首次投递"],
  [/^delivery (\d+)$/, "第 $1 次投递"],
  [/^a passive reply, which this simulator does not show$/, "回了被动消息，这里不显示"],
  [/^URL check passed$/, "回调地址校验通过"],
  [/^URL check failed$/, "回调地址校验失败"],
  [/^slow \(fault\)$/, "故障：变慢"],
  [/^dropped before acting \(fault\)$/, "故障：没有处理就断开"],
  [/^HTTP 500 \(fault\)$/, "故障：HTTP 500"],
  [/^answer lost after acting \(fault\)/, "故障：处理后没有回答"],
  [/^repeat of the same request: not delivered again$/, "与之前的请求相同，没有再送达"],
  [/^over 30 a minute or 1000 an hour: dropped for (.+)$/, "超过每分钟 30 条或每小时 1000 条，没有送达 $1"],
  [/^over 200 a minute or 10000 a day: not shown to (.+)$/, "超过每分钟 200 条或每天 10000 条，没有送达 $1"],
  [/^the robot is not connected$/, "机器人没有连接，没有送到"],
  [/^acknowledgement lost after acting \(fault\)$/, "故障：处理后没有回执"],
  [/^not a frame$/, "不是一帧，没有处理"],
  [/^no connection has subscribed to this$/, "没有订阅它的连接"],
  [/^not acknowledged within (.+) s$/, "$1 秒内没有回执"],
  [/^the connection broke before the acknowledgement$/, "回执之前连接断了"],
  [/^acknowledged on another connection$/, "回执走错了连接，不算"],
  [/^acknowledged too late$/, "回执来晚了"],
  [/^not an acknowledgement$/, "不是回执"],
  [/^lost on the way \(fault\)$/, "故障：在路上丢了"],
  [/^the month's pushes are used up: not delivered$/, "本月推送额度用完，没有推送"],
  [/^msgUuid was used: not shown again$/, "msgUuid 用过了，没有再显示"],
  [/^the answer does not fit the template: (.+)$/, "回答和模板对不上：$1"],
  [/^no callback address$/, "没有回调地址"],
  [/^the connection is gone$/, "连接已断开，回执没有送到"],
];

export function chinese(note) {
  return String(note || "").split("; ").map((part) => {
    const found = WORDS.find(([pattern]) => pattern.test(part));
    return found ? part.replace(found[0], found[1]) : part;
  }).join("；");
}

// The usual case needs no colour.
export function isQuiet(note) {
  return note === "first delivery" || note === "URL check passed";
}
