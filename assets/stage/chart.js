// The chart: any plotly figure, shown in place. Zoom stays, nothing blinks, and step, unit and pin are shared
// with the player. Frames of a sweep that Python computed are scrubbed here, without the server.

import * as link from "./link.js";
import { disown, now, own, set, subscribe } from "./moment.js";
import { decode } from "./payload.js";
import { themeOf } from "./theme.js";

const INSTANCES = new WeakMap();
const CONFIG = { displaylogo: false, displayModeBar: false, doubleClick: "reset", responsive: false };
let plotly = null; // a promise, made once

export default function mount({ parentElement: root, data, setStateValue }, base) {
  let chart = INSTANCES.get(root);
  if (!chart) {
    chart = new Chart(root, base);
    INSTANCES.set(root, chart);
  }
  chart.update(data, setStateValue);
  return () => {
    chart.destroy();
    INSTANCES.delete(root);
  };
}

function load(base) {
  plotly ??= new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = new URL("vendor/plotly/plotly-cartesian.min.js", base).href;
    script.onload = () => done(window.Plotly);
    script.onerror = () => {
      plotly = null;
      failed(new Error("plotly.js could not be loaded"));
    };
    document.head.append(script);
  });
  return plotly;
}

class Chart {
  constructor(root, base) {
    this.root = root;
    this.element = root.querySelector(".rnnviz-chart");
    this.base = base;
    this.build();
    this.unsubscribe = subscribe((moment, changed) => this.shared(changed));
    this.width = 0; // from the observer: asking the element would lay out the whole page at each repaint
    this.resizer = new ResizeObserver(([entry]) => this.resize(entry.contentRect.width));
    this.resizer.observe(this.frame);
    // What is out of sight is painted when it comes into sight, so that what is in sight never waits for it.
    this.sight = new IntersectionObserver((entries) => this.seen(entries.at(-1).isIntersecting), {
      root: scroller(this.element), rootMargin: "400px 0px",
    });
    this.sight.observe(this.element);
  }

  build() {
    const make = (tag, className, ...children) => {
      const element = Object.assign(document.createElement(tag), { className });
      element.append(...children);
      return element;
    };
    const save = (format) => {
      const button = make("button", "save", format.toUpperCase());
      button.type = "button";
      button.disabled = true; // until there is something to save
      button.title = `Save this figure as ${format.toUpperCase()}`;
      button.setAttribute("aria-label", button.title);
      button.onclick = () => this.save(format);
      return button;
    };
    this.caption = make("div", "caption");
    this.saves = make("span", "saves", save("png"), save("svg"));
    this.slider = make("div", "sweep");
    this.plot = make("div", "plot");
    this.marks = { playhead: make("div", "mark playhead"), row: make("div", "mark row"), hover: make("div", "mark hover"),
      pinrow: make("div", "mark row pinned"), pin: make("div", "mark pin") };
    this.overlay = make("div", "overlay", ...Object.values(this.marks));
    this.labels = make("canvas", "labels");
    this.labels.hidden = true; // until it has its size: an empty canvas is 300 pixels wide
    this.frame = make("div", "frame", this.plot, this.overlay, this.labels);
    this.element.append(make("div", "head", this.caption, this.saves), this.slider, this.frame);
    this.element.setAttribute("role", "figure");
  }

  update(bytes, setStateValue) {
    this.setStateValue = setStateValue;
    const arrived = bytes !== this.bytes;
    // Without new data it is the theme that changed. Asking for it lays out the page, so data is not kept waiting.
    if (arrived && this.theme) setTimeout(() => this.checkTheme(), 0);
    else this.theme = themeOf(this.root);
    if (arrived) {
      this.bytes = bytes;
      this.header = decode(bytes);
      this.figure = JSON.parse(this.header.figure);
      this.caption.textContent = this.header.caption;
      this.element.setAttribute("aria-label", `${this.header.caption} ${this.header.alt}`);
      this.frame.style.minHeight = `${this.figure.layout.height}px`;
      this.offerSweep();
    }
    this.stale = true;
    if (this.inSight) this.paint();
  }

  checkTheme() {
    if (this.destroyed) return;
    const theme = themeOf(this.root);
    if (JSON.stringify(theme) === JSON.stringify(this.theme)) return;
    this.theme = theme;
    this.stale = true;
    if (this.inSight) this.paint();
  }

  seen(inSight) {
    this.inSight = inSight;
    if (inSight && this.stale) this.paint();
  }

  // ── The figure ──

  async paint() {
    this.stale = false;
    const Plotly = await load(this.base).catch((error) => {
      this.plot.textContent = `${error.message}. Reload the page to try again.`;
      return null;
    });
    if (!Plotly || this.destroyed) return;
    const { theme } = this;
    const { dark, line } = this.header;
    const recoloured = theme.name === "dark" ? recolour(this.figure, dark) : structuredClone(this.figure);
    const { layout, data } = recoloured;
    const inTheme = (colour) => (theme.name === "dark" ? dark[colour] : colour);
    const ruled = inTheme(line);
    this.element.style.setProperty("--rnnviz-accent", inTheme(this.header.accent));
    Object.assign(layout, {
      uirevision: "kept", autosize: true, paper_bgcolor: theme.background, plot_bgcolor: theme.background,
      width: this.width || this.frame.clientWidth, font: { ...layout.font, family: theme.font, color: theme.text, size: 13 },
    });
    for (const name of Object.keys(layout)) {
      if (/^[xy]axis/.test(name)) layout[name] = { gridcolor: ruled, zerolinecolor: ruled, linecolor: ruled, ...layout[name] };
    }
    if (layout.meta?.labels) Object.assign(layout.xaxis, { showticklabels: false, ticks: "" });
    this.setFrame(data);
    await Plotly.react(this.plot, data, layout, CONFIG);
    if (this.destroyed) {
      Plotly.purge(this.plot);
      return;
    }
    if (!this.wired) this.wire();
    this.plot.dataset.painted = String(Number(this.plot.dataset.painted ?? 0) + 1);
    this.mark();
  }

  wire() {
    this.wired = true;
    for (const button of this.saves.children) button.disabled = false;
    this.plot.on("plotly_hover", ({ points }) => {
      this.hovered = true;
      set({ hover: this.point(points[0]) });
    });
    this.plot.on("plotly_unhover", () => {
      this.hovered = false;
      set({ hover: null });
      this.mark();
    });
    this.plot.on("plotly_click", ({ points }) => this.clicked(this.point(points[0])));
    this.plot.on("plotly_relayout", () => this.mark());
  }

  resize(width) {
    this.width = width;
    if (!this.wired || !width || width === this.plot._fullLayout?.width) return;
    window.Plotly.relayout(this.plot, { width }).then(() => this.mark());
  }

  // ── Step and unit, shared with the stage ──

  // Figures say in layout.meta which axis is the time step (from 1, as formulas count) and which the unit (from 0).
  point({ x, y }) {
    const meta = this.figure.layout.meta ?? {};
    const value = { x, y };
    const time = meta.time ? Math.round(value[meta.time]) - 1 : null;
    const unit = meta.unit ? Math.round(value[meta.unit]) : null;
    return time === null && unit === null ? null : { time, unit };
  }

  clicked(point) {
    if (!point) return;
    if (point.unit === null) {
      set({ seek: point.time + 1 });
      set({ seek: null });
      return;
    }
    const { pin, playhead } = now();
    const time = point.time ?? pin?.time ?? Math.max(0, Math.ceil(playhead ?? 1) - 1);
    set({ pin: pin && pin.time === time && pin.unit === point.unit ? null : { time, unit: point.unit } });
  }

  shared(changed) {
    const sweep = this.header?.sweep;
    if (sweep && changed.includes(`sweep:${sweep.name}`)) this.scrubbed();
    if (["playhead", "hover", "pin"].some((key) => changed.includes(key))) this.mark();
  }

  // Lines over the plot: moved by style, so that following the playhead costs next to nothing.
  mark() {
    const full = this.plot._fullLayout;
    const meta = this.figure?.layout.meta;
    if (!full?.xaxis || !meta) return;
    const { xaxis, yaxis } = full;
    const box = { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length };
    place(this.overlay, box);
    if (this.labelled !== this.figure || this.labelledAt !== `${xaxis.range} ${xaxis._length} ${full.font.color}`) {
      this.labelled = this.figure;
      this.labelledAt = `${xaxis.range} ${xaxis._length} ${full.font.color}`;
      this.label();
    }
    const { playhead, hover, pin } = now();
    const span = (axis, value) => {
      const [a, b] = [axis.l2p(value - 0.5), axis.l2p(value + 0.5)];
      return [Math.min(a, b), Math.abs(b - a)];
    };
    // The band that a step or a unit takes, and for both of them the one cell.
    const band = (time, unit) => {
      const result = { left: 0, top: 0, width: box.width, height: box.height };
      for (const [known, value] of [[meta.time, time], [meta.unit, unit]]) {
        if (!known || value === null || value === undefined) continue;
        if (known === "x") [result.left, result.width] = span(xaxis, value);
        else [result.top, result.height] = span(yaxis, value);
      }
      return result;
    };
    const show = (mark, shown, time, unit) => {
      mark.hidden = !shown;
      if (shown) place(mark, band(time, unit));
    };
    const step = playhead === null ? null : Math.ceil(playhead);
    show(this.marks.playhead, meta.time && step, step, null);
    const has = (point, key) => point && point[key] !== null && meta[key];
    show(this.marks.row, has(hover, "unit"), null, hover?.unit);
    show(this.marks.hover, has(hover, "time") && has(hover, "unit"), hover?.time + 1, hover?.unit);
    show(this.marks.pinrow, has(pin, "unit") && !this.hovered, null, pin?.unit); // else it would cross out the label
    show(this.marks.pin, has(pin, "time") && has(pin, "unit"), pin?.time + 1, pin?.unit);
  }

  // The label of each step, below the axis: one small canvas, at a tenth of the cost of as many tick labels.
  label() {
    const labels = this.figure?.layout.meta?.labels;
    const full = this.plot._fullLayout;
    this.labels.hidden = !labels;
    if (!labels || !full?.xaxis) return;
    const { xaxis, yaxis } = full;
    const box = { left: xaxis._offset, top: yaxis._offset + yaxis._length + 2, width: xaxis._length, height: 18 };
    const ratio = window.devicePixelRatio || 1;
    place(this.labels, box);
    this.labels.width = Math.round(box.width * ratio);
    this.labels.height = Math.round(box.height * ratio);
    const context = this.labels.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const column = Math.abs(xaxis.l2p(1) - xaxis.l2p(0));
    const every = column >= 5 ? 1 : Math.ceil(24 / column);
    context.fillStyle = full.font.color;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = every === 1 ? `${Math.max(7, Math.min(14, column))}px ui-monospace, 'DejaVu Sans Mono', monospace` : `11px ${full.font.family}`;
    const numbered = every > 1 && this.figure.layout.meta.time; // too narrow for all inputs: some steps by number
    labels.forEach((text, k) => {
      if ((k + 1) % every === 0) context.fillText(numbered ? String(k + 1) : text, xaxis.l2p(k + 1), box.height / 2);
    });
  }

  // A picture of the figure as it stands, with its caption, and its step labels as plotly's own.
  save(format) {
    const { data, layout, clientWidth: width, clientHeight: height } = this.plot;
    const labels = this.figure.layout.meta?.labels;
    const ticks = labels && { tickmode: "array", tickvals: labels.map((_, k) => k + 1), ticktext: labels, tickangle: 0, showticklabels: true };
    const figure = { data, layout: {
      ...layout,
      title: { text: this.caption.textContent, font: { size: 15 }, x: 0.01, xanchor: "left" },
      margin: { ...layout.margin, t: layout.margin.t + 40 },
      xaxis: { ...layout.xaxis, ...ticks },
    } };
    const size = { width, height: height + 40, scale: format === "png" ? 2 : 1 };
    window.Plotly.downloadImage(figure, { format, filename: this.header.name, ...size });
  }

  // ── The sweep ──

  offerSweep() {
    const { sweep } = this.header;
    this.slider.hidden = !sweep?.slider;
    if (!sweep) return;
    if (sweep.slider && !this.range) {
      this.range = Object.assign(document.createElement("input"), { type: "range", min: 0, step: 1 });
      this.number = document.createElement("output");
      const label = document.createElement("label");
      label.append(document.createElement("span"), this.range, this.number);
      this.slider.append(label);
      this.range.oninput = () => set({ [`sweep:${this.header.sweep.name}`]: Number(this.range.value) });
    }
    if (sweep.slider) {
      this.slider.querySelector("span").textContent = sweep.label;
      this.range.max = sweep.values.length - 1;
    }
    const key = `sweep:${sweep.name}`;
    this.told ??= sweep.start;
    const range = sweep.values.join();
    if (this.swept !== undefined && this.swept !== range) {
      // Other values, such as the steps of another text: what was chosen among the old ones means nothing now.
      if (this.told !== sweep.start) setTimeout(() => this.destroyed || this.setStateValue("value", sweep.start), 0);
      this.told = sweep.start;
      if (sweep.slider) link.keep(this, sweep.name, null);
      own(this, { [key]: nearest(sweep.values, sweep.start) });
    }
    this.swept = range;
    if (now()[key] === undefined || now()[key] === null) {
      const asked = link.read(sweep.name)?.trim();
      const wanted = asked ? Number(asked) : NaN;
      const known = wanted >= sweep.values[0] && wanted <= sweep.values.at(-1);
      own(this, { [key]: nearest(sweep.values, known ? wanted : sweep.start) });
      if (known && sweep.slider) setTimeout(() => this.destroyed || this.rested(), 0); // Python has not seen the link
    }
    this.showSweep();
  }

  showSweep() {
    const { sweep } = this.header;
    if (!sweep.slider) return;
    const index = Math.min(now()[`sweep:${sweep.name}`], sweep.values.length - 1);
    const text = String(sweep.values[index]);
    this.range.value = index;
    this.range.setAttribute("aria-valuetext", text);
    this.number.textContent = `${text} ${sweep.unit}`.trim();
  }

  scrubbed() {
    this.showSweep();
    if (!this.pending) {
      this.pending = requestAnimationFrame(() => {
        this.pending = null;
        if (!this.wired) return;
        this.setFrame(this.plot.data);
        this.plot.layout.datarevision = (this.plot.layout.datarevision ?? 0) + 1;
        window.Plotly.react(this.plot, this.plot.data, this.plot.layout, CONFIG).then(() => this.mark());
      });
    }
    if (!this.header.sweep.slider) return;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rested(), 300);
  }

  rested() {
    const { sweep } = this.header;
    const value = sweep.values[now()[`sweep:${sweep.name}`]];
    link.keep(this, sweep.name, value === sweep.start ? null : String(value));
    if (value !== this.told) this.setStateValue("value", value);
    this.told = value;
  }

  setFrame(traces) {
    const { sweep, arrays } = this.header;
    if (!sweep) return;
    const index = Math.min(now()[`sweep:${sweep.name}`], sweep.values.length - 1);
    for (const { trace, attribute, array } of sweep.targets) {
      const { shape, values } = arrays[array];
      const size = shape.slice(1).reduce((product, n) => product * n, 1);
      const frame = values.subarray(index * size, (index + 1) * size);
      traces[trace][attribute] = shape.length === 2 ? frame : rows(frame, shape[1], shape[2]);
    }
  }

  destroy() {
    this.destroyed = true;
    clearTimeout(this.resting);
    cancelAnimationFrame(this.pending);
    this.unsubscribe();
    this.resizer.disconnect();
    this.sight.disconnect();
    link.release(this);
    disown(this);
    if (this.wired) window.Plotly.purge(this.plot);
  }
}

// What scrolls the element: a margin around what is in sight counts from there only.
function scroller(element) {
  for (let one = element.parentElement; one; one = one.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  }
  return null;
}

function rows(frame, count, length) {
  return Array.from({ length: count }, (_, k) => frame.subarray(k * length, (k + 1) * length));
}

function nearest(values, wanted) {
  let best = 0;
  values.forEach((value, k) => {
    if (Math.abs(value - wanted) < Math.abs(values[best] - wanted)) best = k;
  });
  return best;
}

function place(element, { left, top, width, height }) {
  Object.assign(element.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
}

// A copy of the figure with each light colour replaced by its dark counterpart.
function recolour(value, dark) {
  if (typeof value === "string") return dark[value] ?? value;
  if (Array.isArray(value)) return value.map((one) => recolour(one, dark));
  if (value === null || typeof value !== "object" || value.bdata !== undefined) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, recolour(one, dark)]));
}
