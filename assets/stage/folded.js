// The folded network: the one cell and its loop, showing the numbers of the current step.

import { head } from "./arrow.js";
import { paintFitting } from "./fit.js";
import { legible } from "./presenting.js";
import { percent } from "./trace.js";

const HEIGHT = 360;
const CAPTION = 158; // the words above a state

export class Folded {
  arrange(data, { width, quantity }) {
    const narrow = width < 720;
    const side = Math.ceil(Math.sqrt(data.units));
    const keys = data.lane && data.lane !== quantity ? [quantity, data.lane] : [quantity];
    // States stand side by side where there is room, else one above the other.
    const across = narrow ? 1 : keys.length;
    const size = Math.max(4, Math.min(26, (narrow ? width * 0.42 : 420 / (keys.length + 1)) / side));
    const block = side * size;
    const pitch = Math.max(block + 24, (CAPTION * legible(12)) / 12);
    const boxWidth = across * pitch + 16;
    const beside = narrow || !data.gates.length ? 0 : 84 + 24 * data.gates.length; // the gates stand beside it, above the input
    const boxHeight = Math.max(beside, (keys.length / across) * (block + 28) + 12);
    const height = Math.max(HEIGHT, boxHeight + 104);
    const box = { x: width / 2 - boxWidth / 2 - (narrow ? 0 : 20), y: 56 + (height - 104 - boxHeight) / 2, width: boxWidth, height: boxHeight };
    this.grids = keys.map((key, k) => ({
      key, size, side,
      x: box.x + 20 + (across > 1 ? k * pitch : 0),
      y: box.y + 28 + (across > 1 ? 0 : k * (block + 28)),
    }));
    Object.assign(this, { data, width, height, box, side, quantity, narrow });
    return height;
  }

  paint(ratio, colours) {
    this.colours = colours;
  }

  draw(context, { step, share, hover, pin }) {
    const { data, width, height, box, colours } = this;
    this.step = step;
    context.clearRect(0, 0, width, height);
    const phase = share <= 0 ? -1 : Math.min(data.phases.length - 1, Math.floor(share * data.phases.length));
    const reached = (key) => share >= 1 || data.phases.findIndex((one) => one.key === key) <= phase;
    const lit = (key) => share < 1 && phase >= 0 && data.phases[phase].key === key;
    this.drawLoop(context, step, lit("input"));
    context.strokeStyle = lit("hidden") || lit("cell") || lit("gates") ? colours.accent : colours.muted;
    context.lineWidth = 2;
    context.strokeRect(box.x, box.y, box.width, box.height);
    // Before the state of this step is computed, the cell still holds the one before.
    for (const grid of this.grids) {
      grid.time = reached(data.byKey.get(grid.key).phase) ? step : step - 1;
      this.drawGrid(context, grid, hover, pin);
    }
    this.drawInput(context, step, reached("input"), lit("input"));
    this.drawGates(context, step, reached("gates"), lit("gates"));
    if (data.speaks) this.drawOutput(context, step, reached("output"), lit("output"));
  }

  text(context, words, x, y, { size = 13, colour, align = "center", font, weight = 400 }) {
    context.fillStyle = colour ?? this.colours.ink;
    context.font = `${weight} ${legible(size)}px ${font ?? this.colours.font}`;
    context.textAlign = align;
    context.textBaseline = "middle";
    context.fillText(words, x, y);
  }

  // At time -1 it is a state before the first step; what is no state has no value yet.
  drawGrid(context, { key, time, x, y, size, side }, hover, pin) {
    const { data, colours } = this;
    const { symbol, name, scale, limit } = data.byKey.get(key);
    const start = data.arrays[`start ${key}`];
    const words = time >= 0 ? `${symbol}, ${name}, t = ${time + 1}` : `${symbol} ${start ? "before the first step" : "is not computed yet"}`;
    this.text(context, words, x, y - 11, { size: 12, colour: colours.muted, align: "left" });
    if (time < 0 && !start) return;
    for (let unit = 0; unit < data.units; unit++) {
      const value = time < 0 ? start.values[unit] : data.value(key, time, unit);
      context.fillStyle = data.colour(value, scale, limit);
      context.fillRect(x + (unit % side) * size, y + Math.floor(unit / side) * size, size - 1, size - 1);
    }
    for (const [point, line] of [[hover, 1.5], [pin, 2.5]]) {
      if (!point || point.unit === null) continue;
      context.strokeStyle = colours.accent;
      context.lineWidth = line;
      context.strokeRect(x + (point.unit % side) * size - 1, y + Math.floor(point.unit / side) * size - 1, size + 1, size + 1);
    }
  }

  // Out of the cell on the right, over the top, back in on the left: h of this step is h_{t-1} of the next.
  drawLoop(context, step, lit) {
    const { box, colours, data } = this;
    const reach = this.narrow ? 14 : 46;
    const level = box.y + Math.min(60, box.height / 2);
    const top = box.y - 34;
    context.strokeStyle = context.fillStyle = lit ? colours.accent : colours.muted;
    context.lineWidth = lit ? 4 : 2.5;
    context.beginPath();
    context.moveTo(box.x + box.width, level);
    context.lineTo(box.x + box.width + reach, level);
    context.lineTo(box.x + box.width + reach, top);
    context.lineTo(box.x - reach, top);
    context.lineTo(box.x - reach, level);
    context.lineTo(box.x - 6, level);
    context.stroke();
    head(context, box.x - 1, level, 1, 0, 8);
    head(context, box.x + box.width / 2 - 5, top, -1, 0, 8);
    const states = data.lane ? "h and c" : "h";
    const words = this.narrow ? `${states} of t = ${step}` : `the loop: ${states} of t = ${step} ${data.lane ? "come" : "comes"} back in with input ${step + 1}`;
    this.text(context, step === 0 ? "the loop: at the start it brings what stood before" : words, box.x + box.width / 2, top - 16, {
      size: 13, colour: lit ? colours.accent : colours.muted,
    });
  }

  drawInput(context, step, reached, lit) {
    const { box, colours, data } = this;
    const x = this.narrow ? 22 : Math.max(48, box.x - 150);
    const y = box.y + box.height - 34;
    context.globalAlpha = reached ? 1 : 0.25;
    Object.assign(context, { fillStyle: lit ? colours.accent : colours.ink, textAlign: "center", textBaseline: "middle" });
    paintFitting(context, data.tokens[step], x, y, { room: this.narrow ? 40 : 44, size: 40, font: (size) => `600 ${size}px ${colours.mono}` });
    this.text(context, this.narrow ? "x" : `input x, t = ${step + 1}`, x, y + 34, { size: 12, colour: colours.muted });
    context.strokeStyle = context.fillStyle = lit ? colours.accent : colours.muted;
    context.lineWidth = 2.5;
    context.beginPath();
    context.moveTo(x + 22, y);
    context.lineTo(box.x - 6, y);
    context.stroke();
    head(context, box.x - 1, y, 1, 0, 8);
    context.globalAlpha = 1;
  }

  drawGates(context, step, reached, lit) {
    const { box, colours, data } = this;
    if (this.narrow || !data.gates.length) return;
    const x = Math.max(2, box.x - 250);
    context.globalAlpha = reached ? 1 : 0.25;
    this.text(context, "gates, mean over units", x, box.y + 12, { size: 12, colour: lit ? colours.accent : colours.muted, align: "left" });
    data.gates.forEach((gate, k) => {
      const y = box.y + 34 + k * 24;
      const value = data.openness(gate, step);
      this.text(context, gate, x, y, { size: 14, align: "left", weight: 700, colour: data.palette.gates[gate] });
      context.strokeStyle = colours.muted;
      context.lineWidth = 1;
      context.strokeRect(x + 24, y - 7, 90, 14);
      context.fillStyle = data.colour(value, "gate", 1);
      context.fillRect(x + 24.5, y - 6.5, 89 * value, 13);
      this.text(context, value.toFixed(2), x + 122, y, { size: 12, align: "left" });
    });
    context.globalAlpha = 1;
  }

  drawOutput(context, step, reached, lit) {
    const { box, colours, data } = this;
    const x = box.x + box.width + (this.narrow ? 22 : 96);
    const y = box.y + box.height - 84;
    context.globalAlpha = reached ? 1 : 0.25;
    context.strokeStyle = context.fillStyle = lit ? colours.accent : colours.muted;
    context.lineWidth = 2.5;
    context.beginPath();
    context.moveTo(box.x + box.width, y + 26);
    context.lineTo(x - 12, y + 26);
    context.stroke();
    head(context, x - 6, y + 26, 1, 0, 8);
    this.text(context, this.narrow ? data.says : data.one_hot && data.says === "next" ? "output: next character" : "output", x, y - 18, { size: 12, colour: colours.muted, align: "left" });
    data.outputs[step].forEach((token, rank) => {
      const p = data.probability(step, rank);
      const at = y + 4 + rank * 26;
      this.text(context, token, x + 4, at, { size: 18, font: colours.mono, align: "left" });
      const long = this.narrow ? 24 : 110;
      context.fillStyle = colours.probability;
      context.fillRect(x + 24, at - 8, long * p, 16);
      this.text(context, percent(p), this.narrow ? x + 26 : x + 30 + long * p, at, { size: 12, align: "left" });
    });
    context.globalAlpha = 1;
  }

  at(x, y) {
    const { data } = this;
    for (const { key, time, x: left, y: top, size, side } of this.grids) {
      const column = Math.floor((x - left) / size);
      const unit = Math.floor((y - top) / size) * side + column;
      if (column >= 0 && column < side && y >= top && unit < data.units) return time < 0 ? null : { time, unit, key };
    }
    const { box, step } = this;
    const within = x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
    return within ? { time: step, unit: null, words: [`the cell at t = ${step + 1}`, `reads ${data.tokens[step]}`] } : null;
  }

  inMap() {
    return null;
  }
}
