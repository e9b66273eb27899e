// The folded network: the one cell and its loop, showing the numbers of the current step.

import { head } from "./unrolled.js";
import { percent } from "./trace.js";

const HEIGHT = 400;

export class Folded {
  arrange(data, { width, quantity }) {
    const narrow = width < 620;
    const side = Math.ceil(Math.sqrt(data.units));
    const room = narrow ? width * 0.42 : 210;
    const cell = Math.max(4, Math.min(26, room / side));
    const blocks = data.lane ? 2 : 1;
    const scale = blocks === 2 ? 0.78 : 1;
    const size = cell * scale;
    const height = HEIGHT;
    const boxWidth = side * size + 40;
    const boxHeight = blocks * (side * size + 26) + 14;
    const box = { x: width / 2 - boxWidth / 2 - (narrow ? 0 : 20), y: 64 + (height - 96 - boxHeight) / 2, width: boxWidth, height: boxHeight };
    this.grids = [{ key: quantity, x: box.x + 20, y: box.y + 26, size, side }];
    if (data.lane) this.grids.push({ key: data.lane, x: box.x + 20, y: box.y + 26 + side * size + 26, size, side });
    Object.assign(this, { data, width, height, box, side, quantity, narrow });
    return height;
  }

  paint(ratio, colours) {
    this.colours = colours;
  }

  draw(context, { step, share, hover, pin }) {
    const { data, width, height, box, colours } = this;
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
      const held = reached(data.byKey.get(grid.key).phase) ? step : step - 1;
      this.drawGrid(context, grid, held, hover, pin);
    }
    this.drawInput(context, step, reached("input"), lit("input"));
    this.drawGates(context, step, reached("gates"), lit("gates"));
    this.drawOutput(context, step, reached("output"), lit("output"));
  }

  text(context, words, x, y, { size = 13, colour, align = "center", font, weight = 400 }) {
    context.fillStyle = colour ?? this.colours.ink;
    context.font = `${weight} ${size}px ${font ?? this.colours.font}`;
    context.textAlign = align;
    context.textBaseline = "middle";
    context.fillText(words, x, y);
  }

  drawGrid(context, { key, x, y, size, side }, time, hover, pin) {
    const { data, colours } = this;
    const { symbol, name, scale, limit } = data.byKey.get(key);
    this.text(context, time < 0 ? `${symbol}: 0 at the start` : `${symbol}, ${name}, t = ${time + 1}`, x, y - 11, {
      size: 12, colour: colours.muted, align: "left",
    });
    for (let unit = 0; unit < data.units; unit++) {
      const value = time < 0 ? 0 : data.value(key, time, unit);
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
    this.text(context, step === 0 ? `the loop: ${states} ${data.lane ? "start" : "starts"} at 0` : words, box.x + box.width / 2, top - 16, {
      size: 13, colour: lit ? colours.accent : colours.muted,
    });
  }

  drawInput(context, step, reached, lit) {
    const { box, colours, data } = this;
    const x = this.narrow ? 22 : box.x - 150;
    const y = box.y + box.height - 34;
    context.globalAlpha = reached ? 1 : 0.25;
    this.text(context, data.tokens[step], x, y, { size: 40, weight: 600, font: colours.mono, colour: lit ? colours.accent : colours.ink });
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
    const x = box.x - 250;
    context.globalAlpha = reached ? 1 : 0.25;
    this.text(context, "gates, mean over units", x, box.y + 12, { size: 12, colour: lit ? colours.accent : colours.muted, align: "left" });
    data.gates.forEach((gate, k) => {
      const y = box.y + 34 + k * 24;
      const value = data.openness(gate, step);
      this.text(context, data.byKey.get(gate).symbol, x, y, { size: 14, align: "left" });
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
    this.text(context, this.narrow ? "next" : "output: next character", x, y - 18, { size: 12, colour: colours.muted, align: "left" });
    data.outputs[step].forEach((token, rank) => {
      const p = data.probability(step, rank);
      const at = y + 4 + rank * 26;
      this.text(context, token, x + 4, at, { size: 18, font: colours.mono, align: "left" });
      const long = this.narrow ? 24 : 110;
      context.fillStyle = data.colour(0.55, "gate", 1);
      context.fillRect(x + 24, at - 8, long * p, 16);
      this.text(context, percent(p), this.narrow ? x + 26 : x + 30 + long * p, at, { size: 12, align: "left" });
    });
    context.globalAlpha = 1;
  }

  at(x, y) {
    const { data } = this;
    for (const { key, x: left, y: top, size, side } of this.grids) {
      const column = Math.floor((x - left) / size);
      const unit = Math.floor((y - top) / size) * side + column;
      if (column >= 0 && column < side && y >= top && unit < data.units) return { time: null, unit, key };
    }
    return null;
  }

  inMap() {
    return null;
  }
}
