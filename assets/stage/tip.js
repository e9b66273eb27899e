// What the pointer is told of a place in the picture: the number, and in small what it is.

import { change, ghostOf, largestChange } from "./ghost.js";
import { tip } from "./gradient.js";
import { percent, written } from "./trace.js";

// point: what a view's `at` returned. Where the trace has a ghost, the ghost's number follows.
export function says(data, point) {
  const { time, unit, key, gate, output, was, moved, gradient } = point;
  if (gradient) return tip(data, point);
  if (time === null) return atTheStart(data, key, unit);
  const ghost = ghostOf(data);
  const t = time + 1;
  const reads = `t = ${t}, reads ${data.tokens[time]}`;
  if (key) {
    const { symbol, name } = data.byKey.get(key);
    const before = ghost ? [`was ${written(ghost.value(key, time, unit))} ${ghost.label}`] : [];
    return [`${symbol} of unit ${unit} at t = ${t}: ${written(data.value(key, time, unit))}`, [...before, name, reads].join("; ")];
  }
  if (gate) {
    const { symbol, name } = data.byKey.get(gate);
    const held = time >= data.held_from && data.held[gate]?.length;
    const note = held ? `; held in ${held === data.units ? "all units" : `${held} of ${data.units} units`}` : "";
    return [`mean of ${symbol} over units at t = ${t}: ${written(data.openness(gate, time))}`, `${name}, 0 shut to 1 open${note}`];
  }
  if (moved) {
    return [`‖h − h ${ghost.label}‖₂ at t = ${t}: ${written(change(data, time))}`,
      `how far the whole state is from what it was; the tallest bar of this text is ${written(largestChange(data))}; ${reads}`];
  }
  if (was) {
    return [`was, ${ghost.label}, after t = ${t}: ${likeliest(ghost, time)}`, `now ${likeliest(data, time)}; ${reads}`];
  }
  if (output) {
    const before = ghost ? [`was ${likeliest(ghost, time)} ${ghost.label}`] : [];
    const right = data.right[time] ? [`right is ${data.right[time]}`] : [];
    const what = Number.isNaN(data.probability(time, 0)) ? [] : ["probabilities"];
    return [`${data.says}, after t = ${t}: ${likeliest(data, time)}`, [...right, ...before, ...what, reads].join("; ")];
  }
  return [reads, "input of this step"];
}

function atTheStart(data, key, unit) {
  const start = data.arrays[`start ${key}`];
  const { symbol, name } = data.byKey.get(key);
  const number = start ? written(start.values[unit]) : "not computed yet";
  return [`${symbol} of unit ${unit} before the first step: ${number}`, name];
}

function likeliest(data, time) {
  return data.outputs[time].map((token, rank) => `${token} ${percent(data.probability(time, rank))}`).join("   ");
}
