// What an eye sees at once and a test of texts does not: faint letters, missing glyphs, things cut off or beside the screen.
() => {
  const MIN = 4.5;
  const troubles = [];
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 40;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const styled = (element) => window.getComputedStyle(element);
  const named = (element) => `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") || ""}">`;

  // Any colour that CSS can write, as [r, g, b, alpha].
  function read(color) {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  }

  function over(top, under) {
    return [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  }

  // White is what lies under everything.
  function ground(element) {
    if (!element) return [255, 255, 255, 1];
    const own = read(styled(element).backgroundColor);
    return own[3] === 1 ? own : over(own, ground(element.parentElement));
  }

  function opacity(element) {
    return element ? Number(styled(element).opacity) * opacity(element.parentElement) : 1;
  }

  function light(color) {
    const [r, g, b] = color.map((part) => {
      const v = part / 255;
      return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  }

  function contrast(element, color) {
    const under = ground(element);
    const ink = read(color);
    ink[3] *= opacity(element);
    const [a, b] = [light(over(ink, under)), light(under)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  }

  function shown(element) {
    return element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !element.closest(".visually-hidden, .trap");
  }

  function texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement;
      const text = walker.currentNode.textContent.trim();
      if (text && shown(element) && !["SCRIPT", "STYLE", "NOSCRIPT", "OPTION"].includes(element.tagName)) found.push([element, text, styled(element).color]);
    }
    for (const field of document.querySelectorAll("input, textarea, select")) {
      if (!shown(field)) continue;
      const isEmpty = field.placeholder && !field.value;
      const text = isEmpty ? field.placeholder : field.selectedOptions ? field.selectedOptions[0]?.text : field.value;
      if (text) found.push([field, text, window.getComputedStyle(field, isEmpty ? "::placeholder" : null).color]);
    }
    return found;
  }

  // The pixels of one sign in the font of the element.
  function drawn(sign, font) {
    pen.clearRect(0, 0, 40, 40);
    pen.font = font;
    pen.fillStyle = "#000";
    pen.textBaseline = "top";
    pen.fillText(sign, 4, 4);
    return pen.getImageData(0, 0, 40, 40).data.join();
  }

  const boxes = new Map();
  function isMissing(sign, font) {
    if (!boxes.has(font)) boxes.set(font, [drawn("\uffff", font), drawn("\ue123", font), drawn("\u{10fffe}", font)]);
    return boxes.get(font).includes(drawn(sign, font));
  }

  // Rows that are made to be pushed aside with a finger; nothing else is.
  const ROWS = ".desk, .tabs, .guide-steps, pre";
  const mayLieBeside = (element) => Boolean(element.closest(".tabs, .guide-steps, .place-add, pre"));

  const seen = texts();
  const asked = new Set();
  for (const [element, text, color] of seen) {
    const ratio = contrast(element, color);
    if (ratio < MIN) troubles.push(`faint, ${ratio.toFixed(2)}: ${named(element)} ${text}`);
    const { fontFamily, fontWeight } = styled(element);
    for (const sign of text) {
      const font = `${fontWeight} 28px ${fontFamily}`;
      if (/\s/.test(sign) || asked.has(sign + font)) continue;
      asked.add(sign + font);
      if (isMissing(sign, font)) troubles.push(`no glyph: ${sign} in ${text}`);
    }
    const box = element.getBoundingClientRect();
    const isBeside = box.right > window.innerWidth + 1 || box.left < -1;
    if (isBeside && !mayLieBeside(element)) troubles.push(`beside the screen: ${named(element)} ${text}`);
    // The last line of a chat is only a summary; everything else is shown whole.
    const mayBeCut = element.matches(".conversation-last") || styled(element).display === "inline";
    const isCut = !mayBeCut && element.scrollWidth > element.clientWidth + 1;
    if (isCut && styled(element).overflowX !== "visible" && !mayLieBeside(element)) troubles.push(`cut: ${named(element)} ${text}`);
  }
  for (const box of document.querySelectorAll("body *")) {
    const scrolls = ["auto", "scroll"].includes(styled(box).overflowX) && box.scrollWidth > box.clientWidth + 1;
    if (scrolls && !box.matches(ROWS)) troubles.push(`scrolls sideways: ${named(box)}`);
  }
  const root = document.scrollingElement;
  if (root.scrollWidth > root.clientWidth) troubles.push(`the page scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);
  if (light(ground(document.body)) < 0.75) troubles.push("the page is dark");
  const font = `28px ${styled(document.body).fontFamily}`;
  return {
    troubles, texts: seen.length, signs: asked.size,
    // The means themselves: a sign that no font has is found missing, one that it has is not.
    sees: { missing: isMissing("\uf8f7", font), present: !isMissing("铃", font), different: drawn("铃", font) !== drawn("客", font) },
  };
}
