// A recorded trace as the player got it: look-ups and pictures of it, no arithmetic on it.

import { decode } from "./payload.js";
import { place, rgb, table } from "./theme.js";

export class Recorded {
  constructor(bytes) {
    const data = decode(bytes);
    Object.assign(this, data);
    this.byKey = new Map(data.quantities.map((quantity) => [quantity.key, quantity]));
    this.pictures = new Map();
  }

  value(key, time, unit) {
    return this.arrays[key].values[time * this.units + unit];
  }

  openness(gate, time) {
    return this.arrays.openness.values[time * this.gates.length + this.gates.indexOf(gate)];
  }

  probability(time, rank) {
    return this.arrays.probability.values[time * this.arrays.probability.shape[1] + rank];
  }

  setPalette(palette) {
    this.palette = palette;
    this.tables = { signed: table(palette.signed), gate: table(palette.gate) };
    this.pictures.clear();
  }

  // The colour of one number, as css. What is no number is drawn in the colour of labels.
  colour(value, scale, limit) {
    if (Number.isNaN(value)) return this.palette.muted;
    const at = 3 * place(value, scale === "signed", limit);
    const [r, g, b] = this.tables[scale].subarray(at, at + 3);
    return `rgb(${r},${g},${b})`;
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
    const colours = this.tables[scale];
    const { values } = this.arrays[key];
    const signed = scale === "signed";
    const [mr, mg, mb] = rgb(this.palette.muted);
    for (let time = 0; time < this.steps; time++) {
      for (let unit = 0; unit < this.units; unit++) {
        const value = values[time * this.units + unit];
        const pixel = 4 * (unit * this.steps + time);
        if (Number.isNaN(value)) image.data.set([mr, mg, mb, 255], pixel);
        else {
          const at = 3 * place(value, signed, limit);
          image.data[pixel] = colours[at];
          image.data[pixel + 1] = colours[at + 1];
          image.data[pixel + 2] = colours[at + 2];
          image.data[pixel + 3] = 255;
        }
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

export function percent(probability) {
  return `${(100 * probability).toFixed(1)} %`;
}
