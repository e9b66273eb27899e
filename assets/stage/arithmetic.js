// The line of arithmetic: an operation's formula, the same with one unit's recorded numbers in it, and the result.

import { elements } from "./symbols.js";
import { written } from "./trace.js";

const MANY = 2; // more operations than these are shown without their symbols

export class Arithmetic {
  constructor() {
    this.element = Object.assign(document.createElement("div"), { className: "arithmetic" });
  }

  // keys: the operations to show. calm: whether nothing plays and nothing is pointed at, so that a screen reader may speak.
  show(data, keys, time, unit, calm) {
    const live = calm ? "polite" : "off";
    if (this.element.getAttribute("aria-live") !== live) this.element.setAttribute("aria-live", live);
    const shows = [data.fingerprint, keys, time, unit].join();
    if (shows !== this.shows) {
      this.shows = shows;
      const lines = keys.map((key) => line(data, data.byLine.get(key), time, unit, keys.length > MANY));
      this.element.replaceChildren(...lines);
    }
  }
}

// What an idle picture shows: how the state came about.
export function resting(data) {
  if (data.lane) return [data.lane, "h"];
  return data.byLine.has("n") ? ["n", "h"] : ["h"];
}

// One operation in full: symbol = expression = numbers = value.
function line(data, { key, operator, symbol, expression }, time, unit, brief) {
  const element = document.createElement("div");
  element.dataset.key = key;
  const value = written(data.line(key, time, unit));
  const sides = [];
  const linear = operator === "W";
  const named = linear || isName(symbol);
  if (named) sides.push(elements(symbol));
  if (!linear && data.isHeld(key, time, unit)) {
    element.append(...joined([...sides, [`${value} (held)`]]));
    return element;
  }
  if (!linear && !(brief && named)) sides.push(filled(expression, (name, factor) => symbolIn(data, name, factor)));
  if (!linear) sides.push(filled(expression, (name, factor, first) => [numberIn(data.line(name, time, unit), first)]));
  sides.push([value]);
  element.append(...joined(sides));
  return element;
}

function isName(symbol) {
  return !/[ (]/.test(symbol);
}

function joined(sides) {
  return sides.flatMap((side, k) => (k ? [" = ", ...side] : side));
}

// The expression with each {line} replaced. put(line, whether it is multiplied, whether it stands first in a bracket).
function filled(expression, put) {
  const parts = expression.split(/\{([^}]*)\}/);
  return parts.flatMap((part, k) => {
    if (k % 2 === 0) return [part.replace(/·/g, " · ")];
    const [before, after] = [parts[k - 1], parts[k + 1]];
    return put(part, before.endsWith("·") || after.startsWith("·"), before === "" ? k === 1 : before.endsWith("("));
  });
}

function symbolIn(data, name, factor) {
  const { symbol } = data.lineOf(name);
  return factor && !isName(symbol) ? ["(", ...elements(symbol), ")"] : elements(symbol);
}

// A number inside a formula: in brackets if it has a sign, unless it stands first, or a power of ten.
export function numberIn(value, first) {
  const text = written(value);
  return /e|[a-z∞]/.test(text) || (text.startsWith("−") && !first) ? `(${text})` : text;
}
