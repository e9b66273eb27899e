// The two ends of a column in the unrolled picture: what is read at the bottom, what is said next at the top.

import { paintFitting } from "./fit.js";
import { legible } from "./presenting.js";
import { percent } from "./trace.js";

const NARROWEST = 5; // columns below this width have no room for a character

// The likeliest next characters, each on a bar as long as its probability.
export function paintOutput(context, { data, time, x, inner, y: top, height: whole, colours }) {
  const names = data.outputs[time];
  const height = whole / names.length;
  const wide = inner >= 52;
  names.forEach((name, rank) => {
    const p = data.probability(time, rank);
    const y = top + rank * height;
    context.fillStyle = colours.probability;
    context.globalAlpha = 0.55;
    context.fillRect(x, y + 1, Math.max(0.5, inner * p), height - 2);
    context.globalAlpha = 1;
    if (inner < 8.5) return;
    context.fillStyle = colours.ink;
    context.textBaseline = "middle";
    context.textAlign = wide ? "left" : "center";
    context.font = `${Math.min(legible(13), inner * 1.1)}px ${colours.mono}`;
    context.fillText(name, wide ? x + 4 : x + inner / 2, y + height / 2 + 0.5);
    if (!wide) return;
    context.textAlign = "right";
    context.font = `${legible(10)}px ${colours.font}`;
    context.fillText(percent(p), x + inner - 2, y + height / 2 + 0.5);
  });
}

// The right answer of a step, below what the network says; nothing where none is asked for.
export function paintRight(context, { data, time, x, inner, y, height, colours }) {
  if (inner < 8.5) return;
  const wide = inner >= 52;
  context.fillStyle = colours.ink;
  context.textBaseline = "middle";
  context.textAlign = wide ? "left" : "center";
  context.font = `700 ${Math.min(legible(13), inner * 1.1)}px ${colours.mono}`;
  context.fillText(data.right[time], wide ? x + 4 : x + inner / 2, y + height / 2 + 0.5);
}

export function paintToken(context, { data, time, middle, inner, column, y, height, colours }) {
  if (column < NARROWEST) return;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = colours.ink;
  const font = (size) => `600 ${size}px ${colours.mono}`;
  paintFitting(context, data.tokens[time], middle, y + height / 2 + 1, { room: column - 2, size: Math.max(7, Math.min(17, inner * 1.25)), font });
}

// The number of the step, of as many steps as there is room for.
export function paintNumber(context, { time, middle, column, y, height, colours }) {
  const every = [1, 2, 5, 10, 20, 50, 100].find((n) => n * column >= 26) ?? 200;
  if ((time + 1) % every !== 0 && !(time === 0 && every < 10)) return;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = colours.muted;
  context.font = `${legible(10)}px ${colours.font}`;
  context.fillText(String(time + 1), middle, y + height / 2);
}
