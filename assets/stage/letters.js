// The letters: the whole text in lines, each character on the colour of one unit's value just after it was read.
//
// The letters of one unit are painted once into a still; a frame copies what is read by now.

import { head } from "./arrow.js";
import { paintFitting } from "./fit.js";
import { ghostOf } from "./ghost.js";
import { legible } from "./presenting.js";
import { rgb } from "./theme.js";

const TOP = 6;
const CAPTION = 24;
const LINE = 19; // of the words below the caption
const ROOM = 14; // between the strip of units and the text
const UNDERLINE = 6; // the ghost's colour
const FAINT = 0.22;

export class Letters {
  constructor() {
    this.still = document.createElement("canvas");
  }

  // Where everything stands, in css pixels.
  arrange(data, { width, quantity }) {
    const cell = Math.max(20, Math.min(34, (width - 2) / data.steps));
    const size = cell * 1.25;
    const box = Math.round(size * 1.25);
    const bar = Math.round(cell * 0.9);
    const letter = { width: cell, size, box, bar, bars: box + (data.ghost ? UNDERLINE + 4 : 3) };
    const words = width < 640 ? 3 : 2;
    const strip = { ...unitStrip(data.units, width), y: TOP + CAPTION + words * LINE };
    const top = strip.y + strip.rows * strip.size + ROOM;
    const pitch = letter.bars + letter.bar + 12;
    const lines = wrapped(data.tokens, Math.max(1, Math.floor((width - 2) / cell)));
    this.places = lines.flatMap(({ first, after }, line) =>
      Array.from({ length: after - first }, (_, k) => ({ x: 1 + k * cell, y: top + line * pitch })));
    Object.assign(this, { data, ghost: ghostOf(data), width, quantity, lines, letter, strip, words, top, pitch });
    this.height = top + lines.length * pitch;
    return this.height;
  }

  paint(ratio, colours) {
    Object.assign(this, { ratio, colours, painted: null, drawn: null });
    const [across, down] = [Math.round(this.width * ratio), Math.round(this.height * ratio)];
    if (this.still.width !== across || this.still.height !== down) Object.assign(this.still, { width: across, height: down });
  }

  // One frame. step, share: see timeline.js; hover, pin: { time, unit } or null.
  draw(context, { step, share, hover, pin }) {
    const { data } = this;
    const within = (point) => (point && point.unit !== null ? Math.min(point.unit, data.units - 1) : null);
    this.unit = within(pin) ?? within(hover) ?? 0;
    const phase = data.phases.findIndex(({ key }) => key === data.byKey.get(this.quantity).phase);
    const reached = share >= 1 || (share > 0 && Math.floor(share * data.phases.length) >= phase);
    this.known = reached ? step : step - 1; // the latest step whose value is there: -1 for none
    // Within a step nothing moves: a frame that would show the same is not drawn again.
    const shows = JSON.stringify([step, share > 0, this.known, this.unit, hover, pin]);
    if (shows === this.drawn) return;
    this.drawn = shows;
    if (this.painted !== this.unit) this.paintLetters();
    context.clearRect(0, 0, this.width, this.height);
    this.drawCaption(context);
    this.drawStrip(context);
    this.drawText(context);
    if (share > 0) this.frame(context, step, this.colours.accent, 3, 1.5);
    context.setLineDash([4, 3]);
    for (const time of [hover?.time, hover?.other]) if (time in this.places) this.frame(context, time, this.colours.ink, 1.5, 0);
    context.setLineDash([]);
    if (pin && pin.time < data.steps) this.drawPin(context, pin.time);
  }

  // ── The text ──

  paintLetters() {
    const context = this.still.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.clearRect(0, 0, this.width, this.height);
    for (let time = 0; time < this.data.steps; time++) this.paintLetter(context, time);
    this.painted = this.unit;
  }

  paintLetter(context, time) {
    const { data, ghost, colours, letter, quantity, unit } = this;
    const { x, y } = this.places[time];
    const { scale, limit } = data.byKey.get(quantity);
    const background = data.colour(data.value(quantity, time, unit), scale, limit);
    context.fillStyle = background;
    context.fillRect(x + 0.5, y, letter.width - 1, letter.box);
    context.fillStyle = readable(background);
    context.textAlign = "center";
    context.textBaseline = "middle";
    const font = (size) => `600 ${size}px ${colours.mono}`;
    paintFitting(context, data.tokens[time], x + letter.width / 2, y + letter.box / 2 + 1, { room: letter.width - 2, size: letter.size, font });
    if (ghost) {
      context.fillStyle = data.colour(ghost.value(quantity, time, unit), scale, limit);
      context.fillRect(x + 0.5, y + letter.box + 1, letter.width - 1, UNDERLINE);
    }
    this.paintBar(context, time);
  }

  // A bar for the value, from the middle for what has a sign and from the bottom for gates; beside it, in outline,
  // the ghost's.
  paintBar(context, time) {
    const { data, ghost, colours, letter, quantity, unit } = this;
    const { scale, limit } = data.byKey.get(quantity);
    const { x, y } = this.places[time];
    const top = y + letter.bars;
    const signed = scale === "signed";
    const zero = signed ? top + letter.bar / 2 : top + letter.bar;
    const reach = signed ? letter.bar / 2 : letter.bar;
    context.strokeStyle = colours.muted;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x + 1, zero);
    context.lineTo(x + letter.width - 1, zero);
    context.stroke();
    // A value beyond the scale ends in an arrow.
    const draw = (value, left, wide, outlined) => {
      if (Number.isNaN(value)) return;
      const share = Math.max(signed ? -1 : 0, Math.min(1, value / limit));
      if (outlined) context.strokeRect(left, zero, wide, -share * reach);
      else context.fillRect(left, zero, wide, -share * reach);
      if (Math.abs(value) > limit) head(context, left + wide / 2, zero - share * (reach + 3), 0, -share, 4);
    };
    const inner = letter.width - 6;
    context.fillStyle = context.strokeStyle = colours.ink;
    draw(data.value(quantity, time, unit), x + 3, ghost ? inner * 0.55 : inner, false);
    if (ghost) draw(ghost.value(quantity, time, unit), x + 3 + inner * 0.65, inner * 0.35, true);
  }

  // What is read is lit, the rest faint; what is being read has no colour before its value is there.
  drawText(context) {
    const { width, ratio, known, data } = this;
    const part = (x, y, w, h) => context.drawImage(this.still, x * ratio, y * ratio, w * ratio, h * ratio, x, y, w, h);
    if (known < data.steps - 1) {
      context.globalAlpha = FAINT;
      part(0, this.top - 4, width, this.height - this.top + 4);
      context.globalAlpha = 1;
    }
    this.lines.forEach(({ first, after }, line) => {
      const lit = Math.min(after, known + 1) - first;
      if (lit <= 0) return;
      const y = this.top + line * this.pitch - 2;
      const across = Math.min(width, 1 + lit * this.letter.width);
      context.clearRect(0, y, across, this.pitch);
      part(0, y, across, this.pitch);
    });
  }

  frame(context, time, colour, line, room) {
    const { x, y } = this.places[time];
    const { letter } = this;
    context.strokeStyle = colour;
    context.lineWidth = line;
    context.strokeRect(x - room + 0.5, y - room, letter.width + 2 * room - 1, letter.bars + letter.bar + 2 + 2 * room);
  }

  drawPin(context, time) {
    this.frame(context, time, this.colours.ink, 2, -1.5);
    context.fillStyle = this.colours.ink;
    const { x, y } = this.places[time];
    head(context, x + this.letter.width / 2, y + 2, 0, 1, 8);
  }

  // ── Which unit ──

  drawCaption(context) {
    const { data, ghost, colours, quantity, unit, known, strip, width } = this;
    const { symbol, name, scale, limit, beyond } = data.byKey.get(quantity);
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillStyle = colours.ink;
    context.font = `600 16px ${colours.font}`;
    const caption = `${symbol}, ${name} of unit ${unit}`;
    const after = 1 + context.measureText(caption).width;
    context.fillText(caption, 1, TOP + CAPTION / 2);
    context.fillStyle = colours.muted;
    context.font = `${legible(13)}px ${colours.font}`;
    const choose = "up/down arrows or a click below choose another unit";
    const lines = [
      `bars from ${scale === "signed" ? `−${limit}` : 0} to ${limit}${beyond ? ", an arrow is beyond" : ""}${ghost ? `; underlined and in outline: ${ghost.label}` : ""}`,
      `all ${data.units} units ${known >= 0 ? `at t = ${known + 1}` : "before the first step"}`,
    ];
    if (this.words === 3) lines.unshift(choose);
    else context.fillText(` — ${choose}`, after, TOP + CAPTION / 2 + 1);
    lines.forEach((line, k) => context.fillText(line, 1, strip.y - (lines.length - k - 0.5) * LINE, width - 2));
  }

  // All units as they are now: click one to look at the text through it.
  drawStrip(context) {
    const { data, colours, strip, quantity, known } = this;
    const { scale, limit } = data.byKey.get(quantity);
    const start = data.arrays[`start ${quantity}`];
    context.font = `${Math.min(legible(12), strip.size * 0.5)}px ${colours.font}`;
    context.textAlign = "center";
    for (let unit = 0; unit < data.units; unit++) {
      const [x, y] = [1 + (unit % strip.across) * strip.size, strip.y + Math.floor(unit / strip.across) * strip.size];
      const value = known >= 0 ? data.value(quantity, known, unit) : start?.values[unit] ?? NaN;
      const background = data.colour(value, scale, limit);
      context.fillStyle = background;
      context.fillRect(x, y, strip.size - 1, strip.size - 1);
      context.fillStyle = readable(background);
      context.fillText(String(unit), x + (strip.size - 1) / 2, y + strip.size / 2);
    }
    const [x, y] = [1 + (this.unit % strip.across) * strip.size, strip.y + Math.floor(this.unit / strip.across) * strip.size];
    context.strokeStyle = colours.accent;
    context.lineWidth = 3;
    context.strokeRect(x - 0.5, y - 0.5, strip.size, strip.size);
  }

  // What is at a place: { time, unit, key }, time null in the strip before the first step; or null.
  at(x, y) {
    const { data, strip, quantity } = this;
    const column = Math.floor((x - 1) / strip.size);
    const row = Math.floor((y - strip.y) / strip.size);
    if (row >= 0 && row < strip.rows && column >= 0 && column < strip.across) {
      const unit = row * strip.across + column;
      return unit < data.units ? { time: this.known >= 0 ? this.known : null, unit, key: quantity } : null;
    }
    const line = this.lines[Math.floor((y - this.top) / this.pitch)];
    if (y < this.top || !line) return null;
    const time = line.first + Math.floor((x - 1) / this.letter.width);
    return x >= 1 && time < line.after ? { time, unit: this.unit, key: quantity } : null;
  }

  inMap() {
    return null;
  }

  // The scales in the picture, for the legend.
  scales() {
    return [this.data.byKey.get(this.quantity)];
  }
}

// The steps of each line: { first, after }. A line breaks after ↵, and after a space where a word would not fit.
export function wrapped(tokens, across) {
  const lines = [];
  let first = 0;
  let breakable = 0; // just after the last space of this line
  for (let time = 0; time < tokens.length; time++) {
    if (time - first === across) {
      const after = breakable > first ? breakable : time;
      lines.push({ first, after });
      first = after;
    }
    if (tokens[time] === "␣") breakable = time + 1;
    if (tokens[time] === "↵") {
      lines.push({ first, after: time + 1 });
      first = time + 1;
    }
  }
  if (first < tokens.length) lines.push({ first, after: tokens.length });
  return lines;
}

// The strip of units: as few rows as cells that a finger can hit allow.
function unitStrip(units, width) {
  const rows = Math.ceil(units / Math.max(1, Math.floor((width - 2) / legible(20, 0.5))));
  const across = Math.ceil(units / rows);
  return { rows, across, size: Math.min(28, Math.floor((width - 2) / across)) };
}

// Black or white, whichever stands out more from a background: a contrast of at least 4.5 on any.
export function readable(background) {
  const [r, g, b] = rgb(background).map((v) => (v <= 10.31 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  const light = 0.2126 * r + 0.7152 * g + 0.0722 * b; // relative luminance (WCAG 2)
  return light > 0.179 ? "#000000" : "#ffffff";
}
