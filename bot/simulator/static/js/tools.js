// Small buttons beside a text field: mention the robot, send it a picture.
import { button, h, icon, toast } from "./dom.js";
import { T } from "./texts.js";

const MOST_BYTES = 5 * 1024 * 1024;

export function mentionTool(composer, mention) {
  return button({
    class: "composer-tool", testid: "mention", buttonText: mention.trim(), "aria-label": mention.trim(), title: mention.trim(),
    on: { click: () => composer.fillIn(mention + composer.input.value.replace(mention, "")) },
  }, "@");
}

export function pictureTool(userid, send) {
  const input = h("input", { type: "file", class: "visually-hidden", tabindex: "-1", testid: `file-${userid}`, "aria-label": T.robot.file, on: { change: () => take(input, send) } });
  return [input, button({ class: "composer-tool", testid: `attach-${userid}`, "aria-label": T.robot.file, title: T.robot.file, on: { click: () => input.click() } }, icon("plus"))];
}

async function take(input, send) {
  const [file] = input.files;
  input.value = "";
  if (!file) return;
  try {
    if (file.size > MOST_BYTES) throw new Error(T.robot.tooLarge);
    const kind = file.type.startsWith("image/") ? "image" : "file";
    await send({ kind, name: file.name, content_type: file.type, data: await base64(file) });
  } catch (error) {
    toast(`${T.sendFailed}：${error.message}`, "bad");
  }
}

function base64(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).split(",")[1] || ""));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(file);
  });
}
