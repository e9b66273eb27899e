// The backward pass in the unrolled picture: from each loss down into its state, and from state to state to the left.
// Width and colour say the logarithm of the norm. Columns too narrow for arrows show a band of cells instead.
//
// Painted once into a still; a frame shows it faintly, and over it what the gradient has reached by now.

import { head } from "./arrow.js";
import { colour, isBeyond, of, onlyLoss, share } from "./gradient.js";
import { readable } from "./letters.js";
import { short } from "./trace.js";

const NARROWEST = 15; // columns below this width have no room for an arrow
const FAINT = 0.16;
const LANDED = 0.65; // the share of a step after which the arrow has come to the state before, and its own loss joins
const ROWS = { loss: "loss", own: "own", carried: "carried", total: "total", cell: "cell" };

export class Flow {
  constructor() {
    this.still = document.createElement("canvas");
  }

  // The rows between output and state, by `add` of the unrolled picture. narrow: whether its margin is.
  static rows(data, add, narrow, column) {
    const only = onlyLoss(data);
    add("loss", 26, 3, "output", only ?? (narrow ? "loss" : "loss Lₜ"));
    add("own", 18, 1, "own", narrow ? "∂Lₜ" : "∂Lₜ/∂hₜ");
    add("carried", 28, 2, "carried", narrow ? "←" : "flow ←");
    add("total", 11, data.backward.cell ? 3 : 8, "total", narrow ? "∂L/∂h" : "‖∂L/∂h‖₂");
    if (data.backward.cell) add("cell", 11, 8, "cell", narrow ? "∂L/∂c" : "‖∂L/∂c‖₂");
    if (column >= 5) add("read", 16, 7, "input", narrow ? "t reads" : "step t reads"); // those at the foot are far away
  }

  static has(name) {
    return name in ROWS;
  }

  // picture: the unrolled picture, arranged.
  paint(picture, ratio) {
    this.picture = picture;
    const { still } = this;
    const { data, row, first, count } = picture;
    this.top = row.own.y - 1;
    this.height = (row.cell ?? row.total).y + (row.cell ?? row.total).height + 1 - this.top;
    const [across, down] = [Math.round(picture.width * ratio), Math.round(this.height * ratio)];
    if (still.width !== across || still.height !== down) Object.assign(still, { width: across, height: down });
    this.ratio = ratio;
    const context = still.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, -this.top * ratio);
    context.clearRect(0, this.top, picture.width, this.height);
    const last = Math.min(first + count, data.steps - 1);
    for (let time = first; time <= last; time++) this.paintCarried(context, time);
    for (let time = first; time < Math.min(first + count, data.steps); time++) {
      this.paintOwn(context, time);
      for (const name of ["total", "cell"]) if (row[name]) this.paintMark(context, name, time);
    }
  }

  // The middle of a column; of the state before the first, where the picture begins.
  middle(time) {
    const { column, gap } = this.picture;
    return time < 0 ? this.picture.x(0) + Math.min(2, gap / 2) : this.picture.x(time) + (column + gap) / 2;
  }

  // The loss of a step: a bar over the largest, and its number where there is room.
  paintLoss(context, { data, time, x, inner, y, height, colours }) {
    const loss = of(data, "loss", time);
    context.fillStyle = colours.muted;
    context.fillRect(x, y + height - 1, inner, 1);
    if (Number.isNaN(loss)) return;
    const tall = Math.min(1, loss / (data.backward.highest || 1)) * (height - 1);
    for (const [colour, alpha] of [[colours.background, 1], [colours.muted, 0.45]]) { // opaque: the step under way is drawn twice
      Object.assign(context, { fillStyle: colour, globalAlpha: alpha });
      context.fillRect(x, y + height - tall, inner, tall);
    }
    Object.assign(context, { fillStyle: colours.muted, globalAlpha: 1 });
    if (!Number.isFinite(loss)) head(context, x + inner / 2, y, 0, -1, Math.min(6, inner));
    if (inner < 21) return;
    context.fillStyle = colours.ink;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = `${inner < 28 ? 10 : 11}px ${colours.font}`;
    context.fillText(Number.isFinite(loss) ? short(loss, inner < 28 ? 1 : 2) : "∞", x + inner / 2, y + height / 2 + 1);
  }

  // From the loss of a step down into its state.
  paintOwn(context, time) {
    const { data, row, column, gap } = this.picture;
    if (Number.isNaN(of(data, "loss", time))) return;
    const log = of(data, "own", time);
    const { y, height } = row.own;
    const inner = column - gap;
    const x = this.middle(time);
    const thick = inner < 8 ? inner : Math.min(inner * 0.6, this.thickness(log, height * 0.75));
    if (log === -Infinity) this.zero(context, x, y + height / 2);
    else if (column < NARROWEST) {
      const tall = this.thickness(log, height);
      this.fill(context, log, () => context.rect(x - inner / 2, y + height - tall, inner, tall));
      this.beyond(context, log, x, y + height - tall / 2);
    } else {
      this.fill(context, log, () => arrow(context, [x, y + 1], [x, y + height], thick, Math.min(8, thick * 0.5 + 4)));
      this.beyond(context, log, x, y + height / 2);
    }
  }

  // From a step to the state of the step before.
  paintCarried(context, time) {
    const { data, row, column } = this.picture;
    const log = of(data, "carried", time);
    const { y, height } = row.carried;
    const [from, to, level] = [this.middle(time), this.middle(time - 1), y + height / 2];
    const centre = (from + to) / 2;
    if (log === -Infinity) this.zero(context, centre, level);
    else if (column < NARROWEST) {
      const tall = this.thickness(log, height);
      const space = column >= 4 ? 1 : 0;
      this.fill(context, log, () => context.rect(to + space / 2, level - tall / 2, from - to - space, tall), column >= 4);
      this.beyond(context, log, centre, level);
    } else {
      const thick = this.thickness(log, height * 0.62);
      this.fill(context, log, () => arrow(context, [from - 2, level], [to + 2, level], thick, Math.min(column * 0.4, thick * 0.5 + 5)));
      this.beyond(context, log, centre, level);
    }
  }

  // The whole gradient of a column, as a coloured cell.
  paintMark(context, name, time) {
    const { data, row, column, gap } = this.picture;
    const log = of(data, name, time);
    const { y, height } = row[name];
    if (log === -Infinity) this.zero(context, this.middle(time), y + height / 2);
    else {
      this.fill(context, log, () => context.rect(this.picture.x(time) + gap, y, column - gap, height), column >= 6);
      this.beyond(context, log, this.middle(time), y + height / 2);
    }
  }

  thickness(log, most) {
    return Number.isNaN(log) ? most : 2 + share(this.picture.data, log) * (most - 2);
  }

  // With a thin line around it: the smallest norms are as pale as the page.
  fill(context, log, path, outlined = true) {
    const { data, colours } = this.picture;
    context.beginPath();
    path();
    context.fillStyle = colour(data, log);
    if (Number.isNaN(log)) context.globalAlpha = 0.3;
    context.fill();
    context.globalAlpha = 1;
    if (!outlined) return;
    context.strokeStyle = colours.muted;
    context.lineWidth = 0.7;
    context.stroke();
  }

  beyond(context, log, x, y) {
    const { data, column } = this.picture;
    if (!isBeyond(data, log)) return;
    context.fillStyle = readable(colour(data, log));
    const size = Math.min(7, column * 0.7);
    head(context, x, y - size / 2, 0, -1, size);
  }

  zero(context, x, y) {
    const { column, colours } = this.picture;
    const radius = Math.min(4, Math.max(1, column * 0.35));
    context.strokeStyle = colours.muted;
    context.lineWidth = radius < 2.5 ? 0.8 : 1.2;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.moveTo(x - radius * 1.1, y + radius * 1.1);
    context.lineTo(x + radius * 1.1, y - radius * 1.1);
    context.stroke();
  }

  // One frame. back: how far the gradient has come (see timeline.js), null before it sets out.
  draw(context, back) {
    const { data, row, left, width } = this.picture;
    const part = (x, y, end, below) => {
      const [from, to] = [Math.max(left, x), Math.min(width, end)];
      if (to <= from || below <= y) return;
      const { ratio } = this;
      context.clearRect(from, y, to - from, below - y);
      context.drawImage(this.still, from * ratio, (y - this.top) * ratio, (to - from) * ratio, (below - y) * ratio, from, y, to - from, below - y);
    };
    context.clearRect(0 + left, this.top, width - left, this.height);
    context.globalAlpha = FAINT;
    context.drawImage(this.still, left * this.ratio, 0, (width - left) * this.ratio, this.height * this.ratio, left, this.top, width - left, this.height);
    context.globalAlpha = 1;
    if (back === null) return;
    const whole = Math.floor(back);
    const reached = data.steps - 1 - whole; // from 0; −1 is the state before the first
    const on = back - whole;
    const end = this.top + this.height;
    const along = Math.min(1, on / LANDED);
    const gone = this.middle(reached) + along * (this.middle(reached - 1) - this.middle(reached));
    const bounds = (name) => [row[name].y - 1, row[name].y + row[name].height + 1];
    part(Math.max(left, reached < 0 ? left : this.picture.x(reached)), this.top, width, bounds("own")[1]);
    part(Math.max(left, reached < 0 ? left : this.picture.x(reached)), bounds("total")[0], width, end);
    part(reached < 0 ? left : gone, ...[bounds("carried")[0]], width, bounds("carried")[1]);
    if (on <= LANDED || reached <= 0) return;
    const [top, foot] = bounds("own");
    part(this.picture.x(reached - 1), top, this.picture.x(reached), top + ((on - LANDED) / (1 - LANDED)) * (foot - top));
  }

  // What is under a place in one of the rows: like the unrolled picture's `at`, with the name of the number.
  at(x, name) {
    const { data, first, column, gap, count } = this.picture;
    const nearest = first + Math.floor((x - this.picture.x(first)) / column);
    if (name !== "carried") return nearest < data.steps ? { time: nearest, unit: null, gradient: name } : null;
    const time = Math.min(data.steps - 1, first + Math.ceil((x - this.picture.x(first) - (column + gap) / 2) / column), first + count);
    return { time, unit: null, gradient: name, other: time - 1 };
  }
}

// An arrow as one outline: a shaft, and a head that is wider than it.
function arrow(context, [x0, y0], [x1, y1], thick, long) {
  const length = Math.hypot(x1 - x0, y1 - y0);
  const [dx, dy] = [(x1 - x0) / length, (y1 - y0) / length];
  const neck = Math.max(0, length - long);
  const [half, wide] = [thick / 2, thick / 2 + 4];
  const points = [[0, half], [neck, half], [neck, wide], [length, 0], [neck, -wide], [neck, -half], [0, -half]];
  points.forEach(([along, aside], k) => {
    const [x, y] = [x0 + along * dx - aside * dy, y0 + along * dy + aside * dx];
    if (k) context.lineTo(x, y);
    else context.moveTo(x, y);
  });
  context.closePath();
}
