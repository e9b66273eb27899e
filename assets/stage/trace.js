// A recorded trace as the player got it: look-ups and pictures of it, no arithmetic on it.

import { decode } from "./payload.js";
import { place, rgb, table } from "./theme.js";

const STATE_BEFORE = { "h'": "h", "c'": "c" };

export class Recorded {
  constructor(bytes) {
    const data = decode(bytes);
    Object.assign(this, data);
    this.byKey = new Map(data.quantities.map((quantity) => [quantity.key, quantity]));
    this.byLine = new Map((data.wiring?.operations ?? []).map((operation) => [operation.key, operation]));
    this.pictures = new Map();
  }

  value(key, time, unit) {
    return this.arrays[key].values[time * this.units + unit];
  }

  openness(gate, time) {
    return this.arrays.openness.values[time * this.gates.length + this.gates.indexOf(gate)];
  }

  // The number on a line of the wiring. h' and c' are the states of the step before.
  line(key, time, unit) {
    const state = STATE_BEFORE[key];
    if (!state) return this.value(key, time, unit);
    return time > 0 ? this.value(state, time - 1, unit) : this.arrays[`start ${state}`].values[unit];
  }

  // Symbol, scale and limit of a line.
  lineOf(key) {
    const state = STATE_BEFORE[key];
    const { scale, limit } = this.byKey.get(state ?? key) ?? this.byLine.get(key);
    return { symbol: state ? this.wiring.sources[key] : this.byLine.get(key).symbol, scale, limit };
  }

  // Whether a gate's unit was held fixed at a step.
  isHeld(key, time, unit) {
    return time >= (this.held_from ?? 0) && (this.held[key] ?? []).includes(unit);
  }

  // Whether an output is read from the state at all.
  get speaks() {
    return this.arrays.probability.shape[1] > 0;
  }

  probability(time, rank) {
    return this.arrays.probability.values[time * this.arrays.probability.shape[1] + rank];
  }

  setPalette(palette) {
    this.palette = palette;
    this.missing = [...rgb(palette.muted), 255];
    this.tables = { signed: table(palette.signed), gate: table(palette.gate), norm: table(palette.norm) };
    this.pictures.clear();
  }

  // The colour of one number, as css. What is no number is drawn in the colour of labels.
  colour(value, scale, limit) {
    if (Number.isNaN(value)) return this.palette.muted;
    const at = 3 * place(value, scale === "signed", limit);
    const [r, g, b] = this.tables[scale].subarray(at, at + 3);
    return `rgb(${r},${g},${b})`;
  }

  // The same colour as four bytes of an image.
  pixel(bytes, at, value, scale, limit) {
    if (Number.isNaN(value)) {
      bytes.set(this.missing, at);
      return;
    }
    const from = 3 * place(value, scale === "signed", limit);
    const colours = this.tables[scale];
    bytes[at] = colours[from];
    bytes[at + 1] = colours[from + 1];
    bytes[at + 2] = colours[from + 2];
    bytes[at + 3] = 255;
  }

  // A canvas with one pixel a number: x is the time step, y the unit.
  picture(key) {
    if (this.pictures.has(key)) return this.pictures.get(key);
    const { scale, limit } = this.byKey.get(key);
    const canvas = document.createElement("canvas");
    canvas.width = this.steps;
    canvas.height = this.units;
    const context = canvas.getContext("2d");
    const image = context.createImageData(this.steps, this.units);
    const { values } = this.arrays[key];
    for (let time = 0; time < this.steps; time++) {
      for (let unit = 0; unit < this.units; unit++) {
        this.pixel(image.data, 4 * (unit * this.steps + time), values[time * this.units + unit], scale, limit);
      }
    }
    context.putImageData(image, 0, 0);
    this.pictures.set(key, canvas);
    return canvas;
  }
}

// A number as a person reads it: 4 decimals, or 4 digits where that would leave nothing to see.
export function written(value) {
  if (Number.isNaN(value)) return "not a number";
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : "−∞";
  const size = Math.abs(value);
  const text = size !== 0 && (size < 0.001 || size >= 10000) ? value.toExponential(3) : value.toFixed(4);
  return text.replace(/-/g, "−");
}

// The same where room is short: as many decimals as asked for, rounded, not cut.
export function short(value, decimals) {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : "−∞";
  const size = Math.abs(value);
  const plain = value.toFixed(size >= 100 ? Math.min(1, decimals) : decimals);
  const powers = size >= 10000 || (size !== 0 && Number(plain) === 0);
  return (powers ? value.toExponential(decimals > 2 ? 1 : 0) : plain).replace(/-/g, "−");
}

export function percent(probability) {
  return Number.isNaN(probability) ? "" : `${(100 * probability).toFixed(1)} %`; // a number has none
}
