// The wiring of the cell at one step: every operation a node, every line with the vector that it carries.
//
// What a frame has in common with the one before is painted into a still; it is painted anew when the step, the
// chosen unit or the operations that have their value change.

import { head } from "./arrow.js";
import { along, cellIn } from "./grid.js";
import { Nodes } from "./nodes.js";
import { layoutOf } from "./places.js";
import { scale as enlarged } from "./presenting.js";

const FAINT = 0.2;
const WIDEST = 1.25; // how far the picture is enlarged where there is room
const TALLEST = 0.58; // of the window, when it is presented: all of it is on one screen
const CORNER = 7;

// The latest rank that has its value: those of a step share its time evenly. -1 before the first step.
export function reachedBy(share, { last }) {
  return share <= 0 ? -1 : Math.min(last, Math.floor(share * (last + 1)));
}

export class Wiring {
  constructor() {
    this.still = document.createElement("canvas");
    this.nodes = new Nodes();
  }

  // box: { x, y, width }. Returns the height.
  arrange(data, { x, y, width }, narrow) {
    const layout = layoutOf(data, narrow);
    const presented = enlarged() > 1 ? (TALLEST * window.innerHeight) / enlarged() / layout.height : WIDEST;
    const scale = Math.min(width / layout.width, WIDEST, presented);
    Object.assign(this, { data, layout, scale, left: x + (width - layout.width * scale) / 2, top: y, painted: null });
    this.last = data.wiring.last;
    this.rank = new Map(data.wiring.operations.map(({ key, rank }) => [key, rank]));
    this.nodes.arrange(data, layout, scale);
    this.height = layout.height * scale;
    return this.height;
  }

  paint(ratio, colours) {
    const [across, down] = [this.layout.width, this.layout.height].map((size) => Math.ceil(size * this.scale * ratio));
    if (this.still.width !== across || this.still.height !== down) Object.assign(this.still, { width: across, height: down });
    Object.assign(this, { ratio, colours, painted: null });
  }

  rankOf(key) {
    return key === "output" ? this.last : this.rank.get(key) ?? 0;
  }

  // The operations that are computed just now.
  lit(share) {
    if (share >= 1 || share <= 0) return [];
    const rank = reachedBy(share, this.data.wiring);
    return this.data.wiring.operations.filter((operation) => operation.rank === rank).map(({ key }) => key);
  }

  // One frame. marked: a node that is chosen or under the pointer.
  draw(context, { step, share, unit, marked }) {
    const reached = reachedBy(share, this.data.wiring);
    const playing = share < 1 && share > 0;
    const shows = [step, reached, playing, unit, marked].join();
    if (shows !== this.painted) {
      this.painted = shows;
      this.paintStill(step, reached, playing, unit, marked);
    }
    const { width, height } = this.still;
    context.drawImage(this.still, 0, 0, width, height, this.left, this.top, width / this.ratio, height / this.ratio);
    if (playing) this.drawPulse(context, reached, (share * (this.last + 1)) % 1);
  }

  // A dot runs along each line to what is being computed.
  drawPulse(context, reached, done) {
    context.save();
    context.translate(this.left, this.top);
    context.scale(this.scale, this.scale);
    context.fillStyle = this.colours.accent;
    for (const edge of this.layout.edges) {
      if (!edge.to || this.rankOf(edge.to) !== reached) continue;
      const [x, y] = along(this.trimmed(edge), Math.min(1, done * 1.15));
      context.beginPath();
      context.arc(x, y, 4, 0, 2 * Math.PI);
      context.fill();
    }
    context.restore();
  }

  // ── The still ──

  paintStill(step, reached, playing, unit, marked) {
    const context = this.still.getContext("2d");
    const { layout } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.still.width, this.still.height);
    context.setTransform(this.ratio * this.scale, 0, 0, this.ratio * this.scale, 0, 0);
    context.imageSmoothingEnabled = false;
    this.nodes.begin(step, unit, this.colours);
    const has = (key) => reached >= this.rankOf(key) || (reached < 0 && key.endsWith("'"));
    const now = (key) => playing && this.rankOf(key) === reached;
    const lines = (edges) => {
      for (const edge of edges) {
        context.globalAlpha = has(edge.from) ? 1 : FAINT;
        this.paintEdge(context, edge, edge.to !== "" && now(edge.to));
      }
    };
    // The input's lines last: where they cross the state's, they pass over them with a little room on both sides.
    const [input, others] = [layout.edges.filter(({ from }) => from === "x"), layout.edges.filter(({ from }) => from !== "x")];
    lines(others.sort((a, b) => Number(b.thick) - Number(a.thick)));
    context.globalAlpha = 1;
    context.strokeStyle = this.colours.background;
    context.lineWidth = 6;
    for (const edge of input) this.strokeEdge(context, this.trimmed(edge));
    lines(input);
    for (const [key, place] of Object.entries(layout.places)) {
      context.globalAlpha = 1;
      this.nodes.paint(context, key, place, has(key) ? 1 : FAINT, now(key), key === marked);
    }
    context.globalAlpha = has("output") ? 1 : FAINT;
    this.nodes.paintOutput(context, layout.panel, now("output"));
    context.globalAlpha = 1;
  }

  strokeEdge(context, line) {
    context.beginPath();
    context.moveTo(...line[0]);
    for (let k = 1; k < line.length - 1; k++) context.arcTo(...line[k], ...line[k + 1], CORNER);
    context.lineTo(...line.at(-1));
    context.stroke();
  }

  paintEdge(context, edge, lit) {
    const { colours, layout } = this;
    const line = this.trimmed(edge);
    context.strokeStyle = context.fillStyle = lit ? colours.accent : colours.muted;
    context.lineWidth = edge.thick ? 5 : lit ? 2.4 : 1.4;
    this.strokeEdge(context, line);
    const [[px, py], [x, y]] = line.slice(-2);
    const long = Math.hypot(x - px, y - py) || 1;
    head(context, x, y, (x - px) / long, (y - py) / long, edge.thick ? 11 : layout.narrow ? 5 : 6.5);
  }

  // The line up to the border of its target.
  trimmed({ points, to }) {
    const { w = 0, h = 0 } = this.layout.places[to] ?? {};
    const [[px, py], [x, y]] = points.slice(-2);
    const [dx, dy] = [Math.sign(x - px), Math.sign(y - py)];
    return [...points.slice(0, -1), [x - dx * (w / 2 + 1), y - dy * (h / 2 + 1)]];
  }

  // ── Where things are ──

  // In css pixels of the canvas: the middle of a unit's cell on a line, or of the node without a unit.
  place(key, unit = null) {
    const { x, y } = this.layout.places[key];
    const grid = this.nodes.grids.get(key);
    const [cx, cy] = unit === null ? [x, y] : cellIn(grid, unit).map((edge) => edge + grid.size / 2);
    return [this.left + cx * this.scale, this.top + cy * this.scale];
  }

  // The line whose plate is at a place, and the unit: { key, unit }; a node: { key, unit: null }; or null.
  at(x, y) {
    const [px, py] = [(x - this.left) / this.scale, (y - this.top) / this.scale];
    for (const [key, grid] of this.nodes.grids) {
      const [column, row] = [Math.floor((px - grid.x) / grid.size), Math.floor((py - grid.y) / grid.size)];
      if (column < 0 || row < 0 || column >= grid.across || row >= grid.down) continue;
      const unit = row * grid.across + column;
      if (unit < this.data.units) return { key, unit };
    }
    for (const [key, { x: cx, y: cy, w = 0, h = 0 }] of Object.entries(this.layout.places)) {
      if (Math.abs(px - cx) <= w / 2 + 2 && Math.abs(py - cy) <= h / 2 + 2) return { key, unit: null };
    }
    const { panel } = this.layout;
    if (this.data.speaks && px >= panel.x && px <= panel.x + panel.w && py >= panel.y && py <= panel.y + panel.h) return { key: "output", unit: null };
    return null;
  }
}
