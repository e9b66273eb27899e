// The unrolled network: one column a time step; input at the bottom, output at the top, time to the right.
//
// Everything is painted once into a still; a frame shows the still faintly and, over it, what is computed by now.

import { head } from "./arrow.js";
import { Flow } from "./backward.js";
import { paintBoth, paintChange, paintWas, scaleOfChange, showsBoth } from "./difference.js";
import { paintNumber, paintOutput, paintRight, paintToken } from "./ends.js";
import { ghostOf } from "./ghost.js";
import { scale } from "./gradient.js";
import { legible, scale as enlarged } from "./presenting.js";
import { short } from "./trace.js";
import { scalesOf } from "./words.js";

const RIGHT = 12;
const TOP = 8;
const FAINT = 0.16;
const FLAT = 0.78; // of their height is left for states when letters are large, so that all still is on one screen

export class Unrolled {
  constructor() {
    this.still = document.createElement("canvas");
    this.flow = new Flow();
  }

  // Where everything stands, in css pixels. first, count: the steps in view.
  arrange(data, { width, first, count, quantity }) {
    const left = width < 520 ? 42 : 78;
    const column = (width - left - RIGHT) / count;
    const gap = Math.min(16, column < 6 ? column * 0.08 : column * 0.24);
    const [least, most, tall] = data.backward ? [1.4, 9, 96] : [2.6, 14, 172]; // of the first screen, the way back takes its part
    const flat = enlarged() > 1 ? FLAT : 1;
    const unit = flat * Math.max(least, Math.min(most, tall / data.units));
    const shown = data.byKey.get(quantity);
    const lane = quantity === data.lane ? null : data.lane;
    const ghost = ghostOf(data);
    const rows = [];
    let y = TOP;
    const add = (name, height, space, phase, label) => {
      rows.push({ name, y, height, phase, label });
      y += height + space;
    };
    const below = data.backward ? 4 : 13;
    if (data.speaks) add("output", 3 * 14, ghost || data.right.length ? 4 : below, "output", data.says);
    else add("output", 0, 0, "output", "");
    if (data.right.length) add("right", 16, ghost ? 4 : below, "output", "right");
    if (ghost && data.speaks) add("was", 16, below, "output", "was");
    if (data.backward) Flow.rows(data, add, left < 60, column);
    add("main", unit * data.units, lane ? 12 : 10, shown.phase, shown.symbol);
    if (lane) add("lane", Math.max(data.backward ? 0.7 : 1, unit * 0.42) * data.units, 10, "cell", data.byKey.get(lane).symbol);
    if (ghost) add("change", 28, 8, "hidden", "change");
    for (const gate of data.gates) add(`gate ${gate}`, legible(10) - 1, 1, "gates", data.byKey.get(gate).symbol);
    if (data.gates.length) y += 5;
    add("input", 20, 6, "input", "input");
    add("steps", legible(12), 4, "input", "t");
    if (count < data.steps) add("map", 22, 4, "input", "");
    Object.assign(this, { data, ghost, left, column, gap, rows, width, first, count, quantity, height: y });
    this.row = Object.fromEntries(rows.map((row) => [row.name, row]));
    return this.height;
  }

  x(time) {
    return this.left + (time - this.first) * this.column;
  }

  // The still picture with everything lit.
  paint(ratio, colours) {
    this.colours = colours;
    const [across, down] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (this.still.width !== across || this.still.height !== down) Object.assign(this.still, { width: across, height: down });
    this.ratio = ratio;
    const context = this.still.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    context.imageSmoothingEnabled = false;
    this.paintLabels(context);
    const last = Math.min(this.first + this.count, this.data.steps);
    for (let time = this.first; time < last; time++) this.paintColumn(context, time);
    if (this.row.map) this.paintMap(context);
    if (this.data.backward) this.flow.paint(this, ratio);
  }

  paintLabels(context) {
    const { muted, font } = this.colours;
    const { gates } = this.data.palette;
    context.textBaseline = "middle";
    context.textAlign = "right";
    const room = this.left - 12;
    for (const { name, y, height, label } of this.rows) {
      const gate = name.startsWith("gate");
      const small = this.noteOf(name);
      context.font = `${gate ? "bold " : ""}${legible(gate ? 10 : Flow.has(name) && !small ? 11 : 12)}px ${font}`;
      context.fillStyle = gate ? gates[label] : muted;
      const words = gate && this.data.held[label] ? `held ${label}` : label;
      if (words) context.fillText(words, this.left - 10, y + height / 2 - (small ? 7 : 0), room);
      if (!small) continue;
      context.font = `${legible(10)}px ${font}`;
      context.fillText(small, this.left - 10, y + height / 2 + 7, room);
    }
  }

  // What stands in small under a row's label.
  noteOf(name) {
    if (name === "change") return scaleOfChange(this.data);
    if (name === "loss") return this.data.backward.highest ? `0 to ${short(this.data.backward.highest, 2)}` : "none";
    const state = name === "main" || name === "lane";
    return state && showsBoth(this.ghost, this.column - this.gap) ? "now | was" : null;
  }

  paintColumn(context, time) {
    const { data, ghost, colours, column, gap, row } = this;
    const x = this.x(time) + gap;
    const inner = column - gap;
    const middle = x + inner / 2;
    const bars = (key, { y, height }) => {
      paintBoth(context, { data, ghost, key, time, x, y, inner, height });
    };
    bars(this.quantity, row.main);
    if (row.lane) bars(data.lane, row.lane);
    for (const gate of data.gates) {
      const { y, height } = row[`gate ${gate}`];
      context.fillStyle = data.colour(data.openness(gate, time), "gate", 1);
      context.fillRect(x, y, inner, height);
    }
    paintOutput(context, { data, time, x, inner, colours, ...row.output });
    if (row.loss) this.flow.paintLoss(context, { data, time, x, inner, colours, ...row.loss });
    if (row.right) paintRight(context, { data, time, x, inner, colours, ...row.right });
    if (row.was) paintWas(context, { data, ghost, time, x, inner, colours, ...row.was });
    if (ghost) {
      paintChange(context, { data, time, x, inner, colours, ...row.change });
    }
    for (const { y, height } of [row.input, row.read].filter(Boolean)) paintToken(context, { data, time, middle, inner, column, y, height, colours });
    paintNumber(context, { time, middle, column, colours, ...row.steps });
    this.paintArrows(context, time, x, middle);
  }

  // State to state, from the column before; input to gates or state, state to output.
  paintArrows(context, time, x, middle) {
    const { data, row, gap, colours } = this;
    context.strokeStyle = colours.muted;
    context.fillStyle = colours.muted;
    context.lineWidth = 1.2;
    for (const lane of this.carried()) this.recurrent(context, x, lane);
    if (this.column < 12) return;
    const upward = (from, to) => {
      context.beginPath();
      context.moveTo(middle, from);
      context.lineTo(middle, to);
      context.stroke();
      head(context, middle, to, 0, -1, 3);
    };
    if (this.quantity === "h" && data.speaks && !row.loss) upward(row.main.y - 1, bottom(row.was ?? row.right ?? row.output) + 3);
    if (gap >= 3) upward(row.input.y + 1, row.input.y - 5);
  }

  // The rows that go on to the next step: states do, gates and candidates do not.
  carried() {
    const isState = this.quantity === "h" || this.quantity === this.data.lane;
    return [isState ? this.row.main : null, this.row.lane].filter(Boolean);
  }

  recurrent(context, x, { y, height }) {
    const { gap } = this;
    if (gap < 1.5) return;
    const level = y + height / 2;
    context.beginPath();
    context.moveTo(x - gap, level);
    context.lineTo(x - 1, level);
    context.stroke();
    if (gap >= 4) head(context, x - 0.5, level, 1, 0, Math.min(4, gap * 0.5));
  }

  paintMap(context) {
    const { data, row, left, colours } = this;
    const { y, height } = row.map;
    const width = this.width - left - RIGHT;
    context.imageSmoothingEnabled = true;
    context.drawImage(data.picture(this.quantity), 0, 0, data.steps, data.units, left, y, width, height);
    context.strokeStyle = colours.accent;
    context.lineWidth = 2;
    context.strokeRect(left + (this.first / data.steps) * width, y, (this.count / data.steps) * width, height);
  }

  // One frame. step, share, back: see timeline.js; hover, pin: { time, unit } or null.
  draw(context, { step, share, back = null, playing, hover, pin }) {
    const { width, height, left, ratio, row } = this;
    const part = (x, y, w, h) => {
      const right = Math.min(x + w, width);
      if (right <= x || h <= 0) return;
      context.drawImage(this.still, x * ratio, y * ratio, (right - x) * ratio, h * ratio, x, y, right - x, h);
    };
    context.clearRect(0, 0, width, height);
    const start = this.x(step);
    const complete = back !== null || (share >= 1 && step === this.data.steps - 1);
    if (complete) {
      part(0, 0, width, height);
    } else {
      context.globalAlpha = FAINT;
      part(left, 0, width - left, height);
      context.globalAlpha = 1;
      part(0, 0, left, height);
      const body = row.map ? row.map.y : height;
      if (start > left) part(left, 0, start - left, body);
      if (row.map) part(left, row.map.y, width - left, row.map.height);
      this.drawStep(context, part, step, share);
    }
    if (row.loss) this.flow.draw(context, back);
    if (hover) this.drawPoint(context, hover, 1.5, true);
    if (pin) this.drawPoint(context, pin, 2.5, false);
    const atEnd = complete && !playing && (!row.loss || back >= this.data.steps);
    if (!atEnd && !(back > this.data.steps - 1)) this.drawPlayhead(context, step);
  }

  // The step that is being computed: what its phases have reached by now is lit, the latest is framed.
  drawStep(context, part, step, share) {
    const { data, column } = this;
    const x = this.x(step);
    if (x < this.left - 1 || x > this.width || share <= 0) return;
    const phase = Math.min(data.phases.length - 1, Math.floor(share * data.phases.length));
    for (const row of this.rows) {
      const at = data.phases.findIndex(({ key }) => key === row.phase);
      if (at > phase || row.name === "map") continue;
      part(x, row.y - 6, column + 0.5, row.height + 9);
      if (share < 1 && at === phase && row.name !== "steps") {
        context.strokeStyle = this.colours.accent;
        context.lineWidth = 2;
        context.strokeRect(x + this.gap, row.y - 1, column - this.gap, row.height + 2);
      }
    }
    if (share >= 1) part(x, 0, column + 0.5, this.row.steps.y + this.row.steps.height);
    else if (phase === 0 && step > 0) {
      context.strokeStyle = context.fillStyle = this.colours.accent;
      context.lineWidth = 2.5;
      for (const lane of this.carried()) this.recurrent(context, x + this.gap, lane);
    }
  }

  drawPlayhead(context, step) {
    const x = this.x(step) + this.gap / 2;
    if (x < this.left - this.gap || x > this.width - RIGHT) return;
    context.strokeStyle = this.colours.accent;
    context.lineWidth = 1.5;
    const bottom = this.row.steps.y + this.row.steps.height;
    context.strokeRect(x, 2, Math.max(2, this.column - this.gap / 2), bottom - 2);
  }

  // A unit lights up at every step; the point itself is framed.
  drawPoint(context, { time, unit, other = null }, line, dashed) {
    const { ink } = this.colours;
    const lanes = unit === null ? [] : [this.row.main, this.row.lane].filter(Boolean);
    for (const { y, height } of lanes) {
      const tall = height / this.data.units;
      const top = y + unit * tall;
      const right = this.width - RIGHT + 3;
      // Lines around the row and heads at its ends: nothing covers the row itself.
      context.setLineDash(dashed ? [4, 3] : []);
      context.lineWidth = 1;
      context.strokeStyle = context.fillStyle = ink;
      for (const level of [top - 1, top + tall + 1]) {
        context.beginPath();
        context.moveTo(this.left, level);
        context.lineTo(right, level);
        context.stroke();
      }
      context.setLineDash([]);
      head(context, this.left - 1, top + tall / 2, 1, 0, 6);
      head(context, right, top + tall / 2, -1, 0, 6);
      if (time === null || !this.inView(time)) continue;
      context.strokeStyle = this.colours.accent;
      context.lineWidth = line;
      context.strokeRect(this.x(time) + this.gap - 1, top - 1.5, this.column - this.gap + 2, tall + 3);
    }
    if (time !== null) this.drawStepOutline(context, time, []);
    if (other !== null) this.drawStepOutline(context, other, [4, 3]); // the second of a pair of steps
  }

  drawStepOutline(context, time, dash) {
    if (!this.inView(time)) return;
    context.setLineDash(dash);
    context.strokeStyle = this.colours.ink;
    context.globalAlpha = dash.length ? 0.8 : 0.5;
    context.lineWidth = 1;
    context.strokeRect(this.x(time) + this.gap / 2, this.row.output.y - 2, this.column - this.gap / 2,
      this.row.steps.y - this.row.output.y);
    context.globalAlpha = 1;
    context.setLineDash([]);
  }

  inView(time) {
    return time >= this.first && time < this.first + this.count;
  }

  // What is at a place: { time, unit } and key, gate or output; or null. unit is null outside the states.
  at(x, y) {
    const { data } = this;
    const time = this.first + Math.floor((x - this.left) / this.column);
    const row = this.rows.find((one) => y >= one.y - 1 && y < one.y + one.height + 1);
    if (!row || x < this.left || time < 0 || time >= data.steps || row.name === "map") return null;
    if (row.name === "main" || row.name === "lane") {
      const key = row.name === "main" ? this.quantity : data.lane;
      const unit = Math.max(0, Math.min(data.units - 1, Math.floor(((y - row.y) / row.height) * data.units)));
      return { time, unit, key };
    }
    if (row.name.startsWith("gate")) return { time, unit: null, gate: row.name.slice(5) };
    if (row.name === "output" || row.name === "right") return { time, unit: null, output: true };
    if (row.name === "was") return { time, unit: null, was: true };
    if (row.name === "change") return { time, unit: null, moved: true };
    if (Flow.has(row.name)) return this.flow.at(x, row.name);
    return { time, unit: null };
  }

  // The scales in the picture, for the legend.
  scales() {
    const { data } = this;
    return [...scalesOf(data, this.quantity), ...(data.backward ? [scale(data)] : [])];
  }

  // The step under a place in the map of the whole sequence, or null.
  inMap(x, y) {
    const { map } = this.row;
    if (!map || y < map.y - 4 || y > map.y + map.height + 4) return null;
    return this.stepAcross(x);
  }

  // The step at a place across the map, whatever the height: for dragging.
  stepAcross(x) {
    return Math.floor(((x - this.left) / (this.width - this.left - RIGHT)) * this.data.steps);
  }
}

function bottom({ y, height }) {
  return y + height;
}
