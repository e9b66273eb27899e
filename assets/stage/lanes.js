// The lanes: every gate, candidate and state of the cell over the whole text, one below the other on one time axis.

import { head } from "./arrow.js";
import { paintFitting } from "./fit.js";
import { ghostOf } from "./ghost.js";
import { lock } from "./lock.js";
import { legible } from "./presenting.js";

const ORDER = ["f", "i", "g", "o", "r", "z", "n", "c", "h"];
const FAINT = 0.16;
const RIGHT = 9;
const TALLEST = 5; // css pixels a unit
const TOP = 5; // room for the heads at the ends of the first lane's row
const MAP = 18;
const NOW = 0.7; // the share of a lane that is the values as they are now; below it stand those of the ghost

export class Lanes {
  constructor() {
    this.still = document.createElement("canvas");
  }

  // box: { x, y, width, height }; a height of null takes what the lanes need. first, count: the steps in view.
  arrange(data, { x, y, width, height }, { first, count }) {
    const keys = ORDER.filter((key) => data.byKey.has(key));
    const gutter = (width < 360 ? 46 : 58) + 4 * (legible(10) - 10);
    const mapped = count < data.steps;
    const foot = 36 + (mapped ? MAP + 8 : 0);
    const each = Math.min(TALLEST * data.units + 8, height === null ? Math.max(56, Math.min(120, data.units * 1.1)) : (height - foot - TOP) / keys.length);
    const column = (width - gutter - RIGHT) / count;
    const ghost = ghostOf(data);
    const tall = (each - 7) * (ghost ? NOW : 1);
    const was = ghost && { from: tall + 1.5, height: each - 8.5 - tall };
    this.gap = column < 6 ? 0 : Math.min(3, column * 0.14);
    this.rows = keys.map((key, k) => ({ key, y: TOP + k * each, height: tall, was }));
    const end = TOP + keys.length * each;
    this.tokens = { y: end, height: 18 };
    this.steps = { y: end + 18, height: legible(12) };
    this.map = mapped ? { y: end + 36, height: MAP } : null;
    this.height = end + foot;
    Object.assign(this, { data, ghost, x0: x, y0: y, width, gutter, column, first, count, each });
    return this.height;
  }

  x(time) {
    return this.gutter + (time - this.first) * this.column;
  }

  paint(ratio, colours) {
    Object.assign(this, { ratio, colours });
    const [across, down] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (this.still.width !== across || this.still.height !== down) Object.assign(this.still, { width: across, height: down });
    const context = this.still.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.imageSmoothingEnabled = false;
    this.paintLabels(context);
    const last = Math.min(this.first + this.count, this.data.steps);
    for (let time = this.first; time < last; time++) this.paintColumn(context, time);
    if (this.map) this.paintMap(context);
  }

  paintLabels(context) {
    const { data, colours, gutter } = this;
    context.textBaseline = "middle";
    context.textAlign = "right";
    for (const { key, y, height, was } of this.rows) {
      const { symbol, name } = data.byKey.get(key);
      const middle = y + height / 2 - (was ? 4 : 0);
      const held = data.held[key]?.length;
      context.font = `700 14px ${colours.font}`;
      context.fillStyle = data.palette.gates[key] ?? colours.ink;
      context.fillText(symbol, gutter - 11, middle - (held ? 12 : 7));
      if (held) this.paintHeld(context, key, middle - 13);
      context.font = `${legible(10)}px ${colours.font}`;
      context.fillStyle = colours.muted;
      context.fillText(name.split(" ")[0], gutter - 11, middle + (held ? 2 : 7), gutter - 13);
      if (held) context.fillText(held < data.units ? `${held} held` : "held", gutter - 11, middle + 14, gutter - 13);
      if (was) context.fillText("was", gutter - 11, y + was.from + was.height / 2);
    }
    context.font = `${legible(10)}px ${colours.font}`;
    context.fillText("t", gutter - 11, this.steps.y + this.steps.height / 2);
  }

  // A lock beside the letter, and below the lane a line along the steps at which the gate is held.
  paintHeld(context, key, level) {
    const { data, gutter } = this;
    const colour = data.palette.gates[key] ?? this.colours.ink;
    lock(context, gutter - 30, level, 11, colour);
    const { y } = this.rows.find((row) => row.key === key);
    const from = Math.max(gutter, this.x(data.held_from ?? 0));
    const to = this.x(Math.min(data.steps, this.first + this.count));
    if (to > from) context.fillRect(from, y + this.each - 5.5, to - from, 2);
  }

  paintColumn(context, time) {
    const { data, ghost, colours, column, gap } = this;
    const x = this.x(time) + gap;
    const inner = column - gap;
    const wide = inner + (gap ? 0 : 0.3);
    for (const { key, y, height, was } of this.rows) {
      context.drawImage(data.picture(key), time, 0, 1, data.units, x, y, wide, height);
      if (was) context.drawImage(ghost.picture(key), time, 0, 1, data.units, x, y + was.from, wide, was.height);
    }
    context.textAlign = "center";
    context.textBaseline = "middle";
    const middle = x + inner / 2;
    if (column >= 5) {
      context.fillStyle = colours.ink;
      const font = (size) => `600 ${size}px ${colours.mono}`;
      paintFitting(context, data.tokens[time], middle, this.tokens.y + this.tokens.height / 2, { room: column - 2, size: Math.max(8, Math.min(16, column * 1.15)), font });
    }
    const every = [1, 2, 5, 10, 20, 50, 100].find((n) => n * column >= 26) ?? 200;
    if ((time + 1) % every === 0 || (time === 0 && every < 10)) {
      context.fillStyle = colours.muted;
      context.font = `${legible(10)}px ${colours.font}`;
      context.fillText(String(time + 1), middle, this.steps.y + this.steps.height / 2);
    }
  }

  paintMap(context) {
    const { data, gutter, colours, map } = this;
    const width = this.width - gutter - RIGHT;
    context.imageSmoothingEnabled = true;
    context.drawImage(data.picture("h"), 0, 0, data.steps, data.units, gutter, map.y, width, map.height);
    context.strokeStyle = colours.accent;
    context.lineWidth = 2;
    context.strokeRect(gutter + (this.first / data.steps) * width, map.y, (this.count / data.steps) * width, map.height);
  }

  // One frame. known: (key) -> whether it has its value at the current step.
  draw(context, { step, share, known, unit, pin, hover }) {
    const { ratio, gutter, width, column } = this;
    context.save();
    context.translate(this.x0, this.y0);
    const part = (x, y, w, h) => {
      const right = Math.min(x + w, width);
      if (right <= x || h <= 0) return;
      context.drawImage(this.still, x * ratio, y * ratio, (right - x) * ratio, h * ratio, x, y, right - x, h);
    };
    const start = this.x(step);
    const body = this.map ? this.map.y - 4 : this.height;
    part(0, 0, gutter, body);
    if (this.map) part(0, body, width, this.height - body);
    context.globalAlpha = FAINT;
    const future = Math.max(gutter, start);
    if (start + column < width) part(future, 0, width - future, body);
    else if (start < width) part(future, 0, width - future, body);
    context.globalAlpha = 1;
    if (start > gutter) part(gutter, 0, Math.min(start, width) - gutter, body);
    if (this.inView(step) && share > 0) {
      for (const { key, y } of this.rows) if (known(key)) part(start, y - 1, column + 0.5, this.each - 4);
      part(start, this.tokens.y, column + 0.5, this.steps.y + this.steps.height - this.tokens.y);
    }
    this.drawRow(context, unit, pin !== null);
    if (hover && hover.time !== null && hover.unit !== null) this.drawPoint(context, hover, 1.5);
    if (pin) this.drawPoint(context, pin, 2.2);
    if (this.inView(step)) {
      context.strokeStyle = this.colours.accent;
      context.lineWidth = 1.5;
      context.strokeRect(start, 1.5, Math.max(2, column), this.steps.y + this.steps.height - 1.5);
    }
    context.restore();
  }

  // The chosen unit's row in each lane: lines around it and heads at its ends; nothing covers the row itself.
  drawRow(context, unit, pinned) {
    const { gutter, width, colours, data } = this;
    const right = Math.min(width - RIGHT, this.x(Math.min(data.steps, this.first + this.count)));
    context.strokeStyle = context.fillStyle = colours.ink;
    context.lineWidth = 0.8;
    for (const { y, height } of this.rows) {
      const tall = height / data.units;
      const top = y + unit * tall;
      context.setLineDash(pinned ? [] : [4, 3]);
      for (const level of [top - 0.8, top + tall + 0.8]) {
        context.beginPath();
        context.moveTo(gutter, level);
        context.lineTo(right, level);
        context.stroke();
      }
      context.setLineDash([]);
      head(context, gutter - 1, top + tall / 2, 1, 0, 6);
      head(context, right + 1, top + tall / 2, -1, 0, 6);
    }
  }

  drawPoint(context, { time, unit }, line) {
    if (!this.inView(time)) return;
    context.strokeStyle = this.colours.accent;
    context.lineWidth = line;
    for (const { y, height } of this.rows) {
      const tall = height / this.data.units;
      context.strokeRect(this.x(time) - 1, y + unit * tall - 1.5, this.column + 2, tall + 3);
    }
  }

  inView(time) {
    return time >= this.first && time < this.first + this.count;
  }

  // In css pixels of the canvas: the middle of a unit's cell in a lane.
  place(key, time, unit) {
    const { y, height } = this.rows.find((row) => row.key === key);
    return [this.x0 + this.x(time) + this.column / 2, this.y0 + y + ((unit + 0.5) * height) / this.data.units];
  }

  // { time, unit, key } over a lane, { time, unit: null } over the tokens, or null.
  at(px, py) {
    const [x, y] = [px - this.x0, py - this.y0];
    const time = this.first + Math.floor((x - this.gutter) / this.column);
    if (x < this.gutter || !this.inView(time) || time >= this.data.steps) return null;
    const row = this.rows.find((one) => y >= one.y - 1 && y < one.y + one.height + 1);
    if (row) {
      const unit = Math.max(0, Math.min(this.data.units - 1, Math.floor(((y - row.y) / row.height) * this.data.units)));
      return { time, unit, key: row.key };
    }
    return y >= this.tokens.y && y < this.steps.y + this.steps.height ? { time, unit: null } : null;
  }

  inMap(px, py) {
    const y = py - this.y0;
    if (!this.map || px < this.x0 || y < this.map.y - 4 || y > this.map.y + this.map.height + 4) return null;
    return this.stepAcross(px);
  }

  stepAcross(px) {
    return Math.floor(((px - this.x0 - this.gutter) / (this.width - this.gutter - RIGHT)) * this.data.steps);
  }
}
