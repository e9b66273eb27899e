// What the player says in words: the current step, and what its colours mean.

import { afterForward, sentence as gradientSentence } from "./gradient.js";
import { make } from "./make.js";
import { percent, written } from "./trace.js";

// The current step (null: before the first) and the pin, as nodes and strings. phase: how far the step is; keys: the
// quantities that are said of the pin; reached: on the way back, the step that the gradient has reached, from 1, and
// drawn: whether the picture shows the gradient.
export function sentence(data, { time, phase, reached, drawn }, pin, keys) {
  const bold = (text) => make("b", { textContent: text });
  const parts = [];
  if (reached !== null) {
    parts.push(...gradientSentence(data, reached, drawn));
  } else if (time === null) {
    parts.push(`Before the first step: nothing has been read, ${data.starts}.`);
  } else {
    parts.push(data.backward ? `Forward, step ${time + 1} of ${data.steps}: reads ` : `t = ${time + 1}: reads `, bold(data.tokens[time]), "; ");
    if (phase < data.phases.length - 1) parts.push(`${data.phases[phase].says} …`);
    else {
      if (!data.speaks) parts.pop();
      else parts.push(Number.isNaN(data.probability(time, 0)) ? "answers " : `likeliest ${data.says} `); // a number has no rivals
      data.outputs[time].forEach((token, rank) => {
        parts.push(rank ? ", " : "", bold(token), ` ${percent(data.probability(time, rank))}`);
      });
      if (data.right[time]) parts.push("; right is ", bold(data.right[time]));
      parts.push(".", ...(data.backward ? afterForward(data, time) : []));
    }
  }
  if (pin) {
    const said = data.quantities.filter(({ key }) => !keys || keys.includes(key));
    const numbers = said.map(({ key, symbol }) => `${symbol} = ${written(data.value(key, pin.time, pin.unit))}`);
    parts.push(document.createElement("br"), `Pinned: unit ${pin.unit} at t = ${pin.time + 1}: ${numbers.join(", ")}.`);
  }
  return parts;
}

// The scales of a picture that shows one quantity, the cell state and the gates.
export function scalesOf(data, quantity) {
  const shown = data.byKey.get(quantity);
  const scales = [shown];
  if (data.lane && shown.key !== data.lane) scales.push(data.byKey.get(data.lane));
  if (data.gates.length && shown.scale !== "gate") scales.push({ symbol: data.gates.join(" "), name: "gates", scale: "gate", limit: 1 });
  return scales;
}

// One colour strip for each scale, with its ends.
export function legend(scales, palette) {
  return scales.map(({ symbol, name, scale, limit, beyond, ends, top, words }) => {
    const strip = make("i", {});
    strip.style.background = `linear-gradient(90deg, ${palette[scale].join(", ")})`;
    if (scale === "norm") {
      return make("span", { className: "scale norm" }, make("span", {}, ...ends), strip, make("span", {}, ...top), make("em", { textContent: words }));
    }
    const end = Number.isInteger(limit) ? limit : limit.toPrecision(3);
    const signed = scale === "signed";
    return make("span", { className: "scale" },
      make("span", { textContent: signed ? `${beyond ? "≤ " : ""}−${end}` : "0" }),
      strip,
      make("span", { textContent: signed ? `${beyond ? "≥ " : ""}+${end}` : String(end) }),
      make("em", { textContent: `${symbol}, ${name}` }));
  });
}
