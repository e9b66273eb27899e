// The ghost in the unrolled picture: beside each state what it was, below the next characters those that were, and
// how far the whole state has moved.

import { change, largestChange, turned } from "./ghost.js";
import { legible } from "./presenting.js";
import { percent, written } from "./trace.js";

const NARROWEST = 6; // columns below this width show the state alone: two in one would be noise
const NOW = 0.64; // the share of a column that is the state as it is now

// A column of a state: what it is now on the left, what it was in a narrower strip on the right.
export function paintBoth(context, { data, ghost, key, time, x, y, inner, height }) {
  if (!ghost || inner < NARROWEST) {
    context.drawImage(data.picture(key), time, 0, 1, data.units, x, y, inner, height);
    return;
  }
  const now = inner * NOW;
  const space = inner < 14 ? 0.75 : 1.5;
  context.drawImage(data.picture(key), time, 0, 1, data.units, x, y, now, height);
  context.drawImage(ghost.picture(key), time, 0, 1, data.units, x + now + space, y, inner - now - space, height);
}

export function showsBoth(ghost, inner) {
  return ghost !== null && inner >= NARROWEST;
}

// The character that was likeliest; in a box where another one is now.
export function paintWas(context, { data, ghost, time, x, inner, y, height, colours }) {
  const other = turned(data, time);
  context.strokeStyle = context.fillStyle = other ? colours.ink : colours.muted;
  context.lineWidth = 1.5;
  if (inner < 8.5) {
    if (other) context.fillRect(x, y + 3, Math.max(1, inner), height - 6);
    return;
  }
  const text = ghost.outputs[time][0];
  const wide = inner >= 52;
  const middle = x + inner / 2;
  context.textBaseline = "middle";
  context.textAlign = wide ? "left" : "center";
  context.font = `${other ? 700 : 400} ${Math.min(legible(13), inner * 1.1)}px ${colours.mono}`;
  const half = Math.max(inner / 2 - 0.75, wide ? 0 : context.measureText(text).width / 2 + 3); // a number is wider than a column
  if (other) context.strokeRect(middle - half, y + 0.75, 2 * half, height - 1.5);
  context.fillText(text, wide ? x + 4 : middle, y + height / 2 + 0.5);
  if (!wide) return;
  context.textAlign = "right";
  context.font = `${legible(10)}px ${colours.font}`;
  context.fillText(percent(ghost.probability(time, 0)), x + inner - 3, y + height / 2 + 0.5);
}

// A bar as tall as the state has moved, over the largest move in this text; what is no number fills the row in outline.
export function paintChange(context, { data, time, x, inner, y, height, colours }) {
  const most = largestChange(data);
  const moved = change(data, time);
  context.fillStyle = context.strokeStyle = colours.muted;
  context.fillRect(x, y + height - 1, inner, 1);
  if (Number.isNaN(moved)) {
    context.lineWidth = 1;
    context.strokeRect(x + 0.5, y + 0.5, inner - 1, height - 1);
  } else if (moved > 0) {
    const tall = Math.min(1, moved / (most || 1)) * height;
    context.fillRect(x, y + height - tall, inner, tall);
  }
}

// The scale of those bars, in words as short as the margin.
export function scaleOfChange(data) {
  const most = largestChange(data);
  return most > 0 ? `0 to ${most < 0.01 ? written(most) : most.toFixed(2)}` : "0 at each step";
}
