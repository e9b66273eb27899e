// Symbols such as c_{t-1} and i^{pre}_t, with their sub- and superscripts: on a canvas, as elements, as plain text.

const known = new Map();

// "c_{t-1}" -> [{ text: "c", level: 0 }, { text: "t−1", level: -1 }]
export function parsed(symbol) {
  if (!known.has(symbol)) {
    const parts = [];
    for (const [, mark, braced, single, plain] of symbol.matchAll(/([_^])(?:\{([^}]*)\}|(.))|([^_^]+)/g)) {
      const text = (braced ?? single ?? plain).replace(/-/g, "−");
      parts.push({ text, level: { _: -1, "^": 1 }[mark] ?? 0 });
    }
    known.set(symbol, parts);
  }
  return known.get(symbol);
}

export function elements(symbol) {
  return parsed(symbol).map(({ text, level }) => {
    if (!level) return text;
    const element = document.createElement(level < 0 ? "sub" : "sup");
    element.textContent = text;
    return element;
  });
}

// As text: "c_(t−1)", "i^pre_t".
export function plain(symbol) {
  const mark = { 0: "", 1: "^", "-1": "_" };
  return parsed(symbol).map(({ text, level }) => mark[level] + (level && /\W/.test(text) ? `(${text})` : text)).join("");
}

// Writes the symbol from x on and returns where it ends. font: size -> css font. draw: false only measures.
export function write(context, symbol, x, y, { size, font, draw = true }) {
  let at = x;
  for (const { text, level } of parsed(symbol)) {
    context.font = font(level ? size * 0.72 : size);
    if (draw) context.fillText(text, at, y - level * size * 0.28);
    at += context.measureText(text).width;
  }
  return at;
}
