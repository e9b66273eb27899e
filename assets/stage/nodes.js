// The nodes of the wiring: gates, operators, linear layers and the output, each with the number of the chosen unit and
// with the plate of all units.

import { paintFitting } from "./fit.js";
import { ghostOf } from "./ghost.js";
import { cellIn, gridIn } from "./grid.js";
import { lock } from "./lock.js";
import { legible } from "./presenting.js";
import { write } from "./symbols.js";
import { percent, short } from "./trace.js";

const LARGE = 14.5; // letters that are enlarged are at most that high
const CLOSER = 1.3; // how much wider than its room a number may be, whatever font there is: its digits stand closer then
const GHOST = 0.34; // the height of the ghost's strip, of the plate's

export class Nodes {
  constructor() {
    this.pixels = document.createElement("canvas"); // all plates, one pixel a unit, each where `corner` says
    this.labels = new Map(); // node -> the number that stands on it
  }

  // zoom: how many times larger than laid out the wiring is drawn
  arrange(data, layout, zoom) {
    const plates = Object.entries(layout.places).filter(([, { plate }]) => plate);
    this.grids = new Map();
    let [across, down] = [1, 0];
    for (const [key, { plate }] of plates) {
      const grid = { ...gridIn(plate, data.units), corner: down };
      this.grids.set(key, grid);
      across = Math.max(across, grid.across);
      down += 2 * grid.down; // once for the ghost
    }
    Object.assign(this.pixels, { width: across, height: down });
    Object.assign(this, { data, layout, zoom, image: new ImageData(across, down) });
  }

  // What the next nodes show.
  begin(step, unit, colours) {
    this.labels.clear();
    Object.assign(this, { step, unit, colours });
    this.paintPixels();
  }

  // The vectors of all plates at once: for each alone, every one would be brought to the screen's memory by itself.
  paintPixels() {
    const { data, step, image } = this;
    const ghost = ghostOf(data) !== null;
    for (const [key, { corner, across, down }] of this.grids) {
      const { scale, limit } = data.lineOf(key);
      const fill = (top, value) => {
        for (let unit = 0; unit < data.units; unit++) {
          const at = (top + Math.floor(unit / across)) * image.width + (unit % across);
          data.pixel(image.data, 4 * at, value(unit), scale, limit);
        }
      };
      fill(corner, (unit) => data.line(key, step, unit));
      if (ghost && this.ghostValue(key, 0) !== undefined) fill(corner + down, (unit) => this.ghostValue(key, unit));
    }
    this.pixels.getContext("2d").putImageData(image, 0, 0);
  }

  paint(context, key, place, alpha, lit, marked) {
    const { colours } = this;
    const operation = this.data.byLine.get(key);
    const gate = this.data.palette.gates[key];
    context.lineWidth = lit || marked ? 2.5 : place.kind === "card" ? 1.6 : 1.2;
    context.strokeStyle = lit || marked ? colours.accent : gate ?? colours.muted;
    context.fillStyle = colours.background;
    if (place.kind === "token") {
      context.globalAlpha = alpha;
      this.paintToken(context, place, lit);
      return;
    }
    if (place.kind !== "source") {
      // Opaque, so that no line shines through; faint afterwards.
      context.beginPath();
      if (place.kind === "circle") context.arc(place.x, place.y, place.w / 2, 0, 2 * Math.PI);
      else context.roundRect(place.x - place.w / 2, place.y - place.h / 2, place.w, place.h, place.kind === "pill" ? place.h / 2 : 6);
      context.fill();
      context.globalAlpha = alpha;
      context.stroke();
    }
    this.paintPlate(context, key, place, alpha, lit);
    const value = this.data.line(key, this.step, this.unit);
    if (place.kind === "card") this.paintCard(context, key, place, operation, value, gate);
    else if (place.kind === "linear") this.paintLinear(context, key, place, operation, value);
    else {
      if (place.kind !== "source") this.paintOperator(context, place, operation.operator);
      this.paintCaption(context, key, place, value);
    }
  }

  text(context, words, x, y, { size = 12, weight = 400, align = "center", colour = this.colours.ink, font = this.colours.font, room } = {}) {
    context.font = `${weight} ${this.large(size)}px ${font}`;
    context.textAlign = align;
    context.textBaseline = "middle";
    context.fillStyle = colour;
    context.fillText(words, x, y, room);
  }

  // Letters as the mode wants them, as far as the boxes have room for them.
  large(size) {
    return Math.max(size, Math.min(LARGE, legible(size, this.zoom)));
  }

  get decimals() {
    return this.layout.narrow ? 2 : 3;
  }

  paintOperator(context, { x, y, w }, operator) {
    context.fillStyle = context.strokeStyle = this.colours.ink;
    if (operator === "⊙") {
      context.beginPath();
      context.arc(x, y, 2.8, 0, 2 * Math.PI);
      context.fill();
    } else if (operator === "+") {
      const arm = w * 0.25;
      context.lineWidth = 1.8;
      context.beginPath();
      for (const [dx, dy] of [[arm, 0], [0, arm]]) {
        context.moveTo(x - dx, y - dy);
        context.lineTo(x + dx, y + dy);
      }
      context.stroke();
    } else this.text(context, operator, x, y + 0.5, { size: operator === "1−" ? 10 : 11, weight: 600 });
  }

  // Plate, letter and number, what it was, and the name.
  paintCard(context, key, { x, y, w, h, plate }, { operator }, value, colour = this.colours.ink) {
    const { narrow } = this.layout;
    const { muted } = this.colours;
    const ghost = this.ghostValue(key);
    const held = this.heldHere(key);
    const size = this.large(narrow ? 11 : 13);
    const edge = narrow ? 4 : 10;
    const room = w - 2 * edge - size;
    let row = plate.y + plate.h / 2 + (ghost === undefined ? 0 : plate.h * GHOST + 2) + (narrow ? 8 : 10);
    this.text(context, key, x - w / 2 + edge, row, { size, weight: 700, align: "left", colour });
    if (held) lock(context, x - w / 2 + edge + size * (narrow ? 1 : 1.3), row - 1, size * 0.8, colour);
    this.number(context, key, value, x + w / 2 - edge, row, { size, room: held && !narrow ? room - size : room, align: "right" });
    if (ghost !== undefined) {
      row += narrow ? 11 : 13;
      this.text(context, `was ${short(ghost, this.decimals)}`, x + w / 2 - edge, row, { size: narrow ? 9 : 10.5, align: "right", colour: muted });
    }
    const { name } = this.data.byKey.get(key);
    const bottom = { size: narrow ? 9 : 10.5, colour: muted, room: w - 6 };
    const says = { null: name, this: `${name}: held` }[held] ?? `${held} held`;
    const words = narrow ? (held === "this" ? "held" : held ?? name.split(" ")[0]) : `${operator}  ${says}`;
    this.text(context, words, x, y + h / 2 - (narrow ? 7 : 8), bottom);
  }

  // The chosen unit's number, with as many decimals as there is room for.
  number(context, key, value, x, y, { size, room = Infinity, align = "center", weight = 700 }) {
    context.font = `${weight} ${this.large(size)}px ${this.colours.font}`;
    let { decimals } = this;
    while (decimals > 0 && context.measureText(short(value, decimals)).width > CLOSER * room) decimals -= 1;
    const label = short(value, decimals);
    this.labels.set(key, label);
    this.text(context, label, x, y, { size, weight, align, room });
  }

  // "this" where the chosen unit is held, the number of units where only others are, null for a free gate.
  heldHere(key) {
    const { data, step, unit } = this;
    if (data.isHeld(key, step, unit)) return "this";
    const others = (data.held[key] ?? []).filter((one) => data.isHeld(key, step, one)).length;
    return others ? `${others} of ${data.units}` : null;
  }

  paintLinear(context, key, { x, y, w, h, plate }, { inputs }, value) {
    const { narrow } = this.layout;
    const roomy = plate.w > 60;
    const size = this.large(narrow ? 9 : roomy ? 11.5 : 9.5);
    const edge = Math.min(0.85 * size, 8.7); // of the middle of the letters from that of the box's border
    const what = { x: "x", rh: "(r⊙h)" }[inputs[0]] ?? "h";
    const words = narrow || size > w / 4 ? `W${what}+b` : `W ${what} + b`;
    this.text(context, words, x, y - h / 2 + edge, { size: narrow ? 8.5 : size, colour: this.colours.muted, room: w - 2 });
    this.number(context, key, value, x, y + h / 2 - edge, { size: roomy ? 13 : size + 1, room: w - 3, weight: 600 });
  }

  paintToken(context, { x, y }, lit) {
    const { data, colours, layout } = this;
    context.fillStyle = colours.background;
    context.fillRect(x - 13, y - 11, 26, 22);
    Object.assign(context, { fillStyle: lit ? colours.accent : colours.ink, textAlign: "center", textBaseline: "middle" });
    paintFitting(context, data.tokens[this.step], x, y + 1, { room: 33, size: 22, font: (size) => `700 ${size}px ${colours.mono}` });
    context.fillStyle = colours.muted;
    context.textAlign = "right";
    context.textBaseline = "middle";
    const font = (size) => `${size}px ${colours.font}`;
    const size = this.large(12);
    const end = write(context, "x_t", 0, 0, { size, font, draw: false });
    context.textAlign = "left";
    write(context, "x_t", x - 18 - end, y, { size, font });
    if (!layout.narrow) this.text(context, `t = ${this.step + 1}`, x + 18, y, { size: 12, align: "left", colour: colours.muted });
  }

  // ── Plates ──

  paintPlate(context, key, { plate, kind }, alpha, lit) {
    const { data, colours } = this;
    const grid = this.grids.get(key);
    const [w, h] = [grid.across * grid.size, grid.down * grid.size];
    context.globalAlpha = 1;
    context.fillStyle = colours.background;
    context.fillRect(grid.x - 1.5, grid.y - 1.5, w + 3, h + 3);
    context.globalAlpha = alpha;
    this.fillGrid(context, grid, grid.corner, grid.size);
    const framed = lit && kind !== "card" && kind !== "linear";
    context.strokeStyle = framed ? colours.accent : colours.muted;
    context.lineWidth = framed ? 2 : 0.8;
    context.strokeRect(grid.x - 0.4, grid.y - 0.4, w + 0.8, h + 0.8);
    if (this.ghostValue(key) !== undefined && plate.w > 25) {
      const tall = grid.size * GHOST;
      const below = { ...grid, y: grid.y + h + 2 };
      context.globalAlpha = 1;
      context.fillStyle = colours.background;
      if (kind !== "card") context.fillRect(below.x - 1, below.y - 1, w + 2, tall * grid.down + 2);
      context.globalAlpha = alpha;
      this.fillGrid(context, below, grid.corner + grid.down, tall);
    }
    if (this.unit >= data.units) return;
    const [cx, cy] = cellIn(grid, this.unit);
    context.strokeStyle = colours.accent;
    context.lineWidth = 1.6;
    context.strokeRect(cx - 0.5, cy - 0.5, grid.size + 1, grid.size + 1);
  }

  // The vector that stands in `pixels` from row `top` on, enlarged to cells `tall` high.
  fillGrid(context, { x, y, across, down, size }, top, tall) {
    context.drawImage(this.pixels, 0, top, across, down, x, y, across * size, down * tall);
  }

  // The ghost's number on a line; undefined where it has none.
  ghostValue(key, unit = this.unit) {
    const ghost = ghostOf(this.data);
    if (!ghost) return undefined;
    if (!key.endsWith("'")) return ghost.arrays[key] && ghost.value(key, this.step, unit);
    return this.step > 0 ? ghost.value(key[0], this.step - 1, unit) : undefined;
  }

  // Symbol and number beside a plate; products have no symbol of their own.
  paintCaption(context, key, { plate, caption }, value) {
    const { colours } = this;
    const { narrow } = this.layout;
    const label = short(value, this.decimals);
    this.labels.set(key, label);
    const symbol = this.data.lineOf(key).symbol;
    const named = /^[a-z]_(t|\{t-1\})$/.test(symbol) ? symbol : null;
    const mini = plate.w < 45 && plate.h < 25;
    const size = this.large(narrow ? (mini ? 9 : 11) : mini ? 10.5 : 13);
    const font = (weight) => (one) => `${weight} ${one}px ${colours.font}`;
    context.textAlign = "left";
    const wide = (named ? write(context, named, 0, 0, { size, font: font(400), draw: false }) + 5 : 0)
      + write(context, label, 0, 0, { size, font: font(700), draw: false });
    const ghost = this.ghostValue(key);
    const down = ghost === undefined ? 0 : size * 0.95;
    const strip = ghost === undefined ? 0 : plate.h * GHOST + 3;
    const aside = plate.w / 2 + 5;
    const [x, y] = {
      above: [plate.x - wide / 2, plate.y - plate.h / 2 - size * 0.75 - down],
      below: [plate.x - wide / 2, plate.y + plate.h / 2 + size * 0.85 + strip],
      right: [plate.x + aside, plate.y - down / 2],
      left: [plate.x - aside - wide, plate.y - down / 2],
    }[caption];
    const from = Math.max(1, Math.min(x, this.layout.width - wide - 1));
    context.textBaseline = "middle";
    context.fillStyle = colours.ink;
    const at = named ? write(context, named, from, y, { size, font: font(400) }) + 5 : from;
    this.text(context, label, at, y, { size, weight: 700, align: "left" });
    if (ghost !== undefined) {
      this.text(context, `was ${short(ghost, this.decimals)}`, from + wide, y + size * 0.95, { size: size * 0.8, align: "right", colour: colours.muted });
    }
  }

  // ── The output ──

  paintOutput(context, { x, y, w, row, stacked, h }, lit) {
    const { data, colours, step } = this;
    if (!data.speaks) return;
    const { narrow } = this.layout;
    const ghost = ghostOf(data);
    this.text(context, Number.isNaN(data.probability(step, 0)) ? data.says : `likeliest ${data.says}`, stacked && narrow ? x + w : x, y + 5, { size: stacked && narrow ? 8 : 10, align: stacked && narrow ? "right" : "left", room: stacked ? w + 6 : undefined, colour: lit ? colours.accent : colours.muted });
    const tokens = data.outputs[step];
    const cell = stacked ? w : w / tokens.length;
    tokens.forEach((token, rank) => {
      const p = data.probability(step, rank);
      const [left, top] = stacked ? [x, y + 12 + rank * row] : [x + rank * cell, y + 12];
      context.fillStyle = colours.probability;
      context.fillRect(left, top + row - 5, (cell - 4) * p, 4);
      const middle = top + (row - 5) / 2;
      const lines = row > 22;
      this.text(context, token, left + 1, lines ? top + 6 : middle, { size: 14, weight: 600, align: "left", font: colours.mono });
      if (lines) this.text(context, percent(p), left + cell - 4, top + row - 12, { size: 9.5, align: "right" });
      else this.text(context, percent(p), left + cell - 5, middle, { size: 11, align: "right" });
    });
    if (lit) {
      context.strokeStyle = colours.accent;
      context.lineWidth = 2;
      context.strokeRect(x - 4, y - 3, w + 6, h + 4);
    }
    if (!ghost) return;
    const [token, chance] = [ghost.outputs[step][0], percent(ghost.probability(step, 0))];
    const foot = y + 12 + (stacked ? tokens.length : 1) * row;
    const small = { size: 10, align: "left", colour: colours.muted };
    if (!stacked) this.text(context, `${ghost.label}: ${token} ${chance}`, x, foot + 6, small);
    else {
      this.wrapped(context, ghost.label, x, foot + 5, w, small);
      this.text(context, token, x, foot + 17, { ...small, font: colours.mono });
      this.text(context, chance, x + w - 2, foot + 17, { ...small, size: narrow ? 9 : 10, align: "right" });
    }
  }

  // A line of words in the room there is, cut with … where it is too short.
  wrapped(context, words, x, y, w, style) {
    context.font = `${this.large(style.size)}px ${this.colours.font}`;
    let shown = words;
    while (shown.length > 1 && context.measureText(`${shown}:`).width > w) shown = `${shown.replace(/…$/, "").slice(0, -1)}…`;
    this.text(context, `${shown}:`, x, y, style);
  }
}
