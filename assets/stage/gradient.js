// The numbers of a backward pass, and what is said of them. Norms come as log10: −∞ is exactly 0, and 1e-400 has a place.

import { make } from "./make.js";
import { written } from "./trace.js";

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

// name: "loss", "total", "own", "carried" or "cell".
export function of(data, name, time) {
  return data.arrays[`backward ${name}`].values[time];
}

// Where a norm stands between the ends of its scale, 0 to 1.
export function share(data, log) {
  const { low, high } = data.backward;
  return Math.max(0, Math.min(1, (log - low) / (high - low)));
}

export function colour(data, log) {
  if (Number.isNaN(log)) return data.palette.muted;
  const at = 3 * Math.round(255 * share(data, log));
  const [r, g, b] = data.tables.norm.subarray(at, at + 3);
  return `rgb(${r},${g},${b})`;
}

export function isBeyond(data, log) {
  return log > data.backward.high;
}

// A norm as a person reads it, from its logarithm.
export function norm(log) {
  if (log === -Infinity) return "exactly 0";
  if (!Number.isFinite(log)) return written(log);
  if (log > -2 && log < 3.9999) return (10 ** log).toPrecision(4);
  let power = Math.floor(log);
  let digits = (10 ** (log - power)).toFixed(3);
  if (digits === "10.000") [digits, power] = ["1.000", power + 1];
  return `${digits}e${power}`.replace("-", "−");
}

// h₁₂: a state with its step, counted from 1.
function named(symbol, step) {
  return symbol + [...String(step)].map((digit) => SUBSCRIPTS[digit]).join("");
}

function whole(symbol, step) {
  return `‖∂L/∂${named(symbol, step)}‖₂`;
}

function handedIn(step) {
  return `‖∂${named("L", step)}/∂${named("h", step)}‖₂`;
}

// What the pointer is told of a place in the rows of the backward pass: the number, and in small what it is.
export function tip(data, { time, gradient }) {
  const t = time + 1;
  const value = of(data, gradient, time);
  if (gradient === "loss") {
    const next = `after reading ${data.tokens[time]}`;
    if (Number.isNaN(value)) return [`no loss at t = ${t} is part of L`, next];
    return [`${named("L", t)} = ${written(value)}${unit(data)}`, `the loss at t = ${t}, ${next}`];
  }
  if (gradient === "own") {
    if (!hasLoss(data, time)) return [`no loss at t = ${t} is part of L`, "nothing is handed in here"];
    return [`${handedIn(t)} = ${norm(value)}`, `what the loss at t = ${t} itself hands in`];
  }
  if (gradient === "carried") {
    const to = time ? `t = ${time}` : "the state before the first step";
    return [`from t = ${t} to ${to}: ‖…‖₂ = ${norm(value)}`, `what flows into ${named("h", time)}: the part of ∂L/∂${named("h", time)} that comes from later steps`];
  }
  return [`${whole(gradient === "cell" ? "c" : "h", t)} = ${norm(value)}`, `the total at t = ${t}, through all later steps`];
}

// Where of several steps only one has a loss that counts, its name: an empty row looks like a network that is never wrong.
export function onlyLoss(data) {
  const counting = data.tokens.map((_, time) => time).filter((time) => hasLoss(data, time));
  return counting.length === 1 && data.steps > 2 ? `only ${named("L", counting[0] + 1)}` : null;
}

function unit(data) {
  return data.backward.unit && ` ${data.backward.unit}`;
}

function hasLoss(data, time) {
  return !Number.isNaN(of(data, "loss", time));
}

// A symbol that no line breaks.
function unbroken(symbol) {
  return make("span", { className: "symbol", textContent: symbol });
}

// What follows the words of a forward step: its loss, and at the last one where the backward pass sets out.
export function afterForward(data, time) {
  const parts = hasLoss(data, time) ? [` Loss ${named("L", time + 1)} = ${written(of(data, "loss", time))}${unit(data)}.`] : [" No loss of this step is part of L."];
  if (time === data.steps - 1) {
    parts.push(` All losses: L = ${written(of(data, "sum", 0))}${unit(data)}. Here the backward pass begins: `);
    parts.push(unbroken(whole("h", time + 1)), ` = ${norm(of(data, "total", time))}.`);
  }
  return parts;
}

// The backward pass where the gradient has reached a step, from 1; 0 is the state before the first. drawn: whether the
// picture shows it.
export function sentence(data, reached, drawn) {
  return [...arrived(data, reached), ...(drawn ? [] : [" The picture stays with this step's forward values; the arrows are in Unrolled."])];
}

function arrived(data, reached) {
  const bold = (text) => make("b", { textContent: text });
  if (reached === 0) {
    return ["Backward: the gradient has reached the state before the first step: ", unbroken(whole("h", 0)), " = ", bold(norm(of(data, "carried", 0))), "."];
  }
  const time = reached - 1;
  const parts = [`Backward: the gradient has reached t = ${reached}, `, bold(data.tokens[time]), ": ", unbroken(whole("h", reached)), " = ", bold(norm(of(data, "total", time)))];
  if (hasLoss(data, time)) parts.push(", of which this step's own loss hands in ", unbroken(handedIn(reached)), ` = ${norm(of(data, "own", time))}`);
  else parts.push("; no loss of this step is part of L");
  if (reached < data.steps) parts.push(` and t = ${reached + 1} sends ${norm(of(data, "carried", reached))}`);
  parts.push(".");
  if (data.backward.cell) parts.push(" ", unbroken(whole("c", reached)), ` = ${norm(of(data, "cell", time))}.`);
  return parts;
}

// The scale for the legend: colour and width by the logarithm.
export function scale(data) {
  const { low, high, below, above, undefined: unknown, cell } = data.backward;
  const power = (exponent) => [`10`, make("sup", { textContent: String(Number(exponent.toPrecision(3))).replace("-", "−") })];
  return {
    scale: "norm",
    ends: [below ? "≤ " : "", ...power(low)],
    top: [above ? "≥ " : "", ...power(high), above ? " ▲" : ""],
    words: `‖∂L/∂h‖₂${cell ? ", ‖∂L/∂c‖₂" : ""}, log axis; ⊘ exactly 0${unknown ? "; grey: not a number" : ""}`,
  };
}
