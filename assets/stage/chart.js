// The chart: any plotly figure, shown in place. Zoom stays, nothing blinks, and steps, unit and pin are shared
// with the player. What a sweep that Python computed puts into it: sweep.js.

import { changesOf } from "./changes.js";
import { enlarge } from "./enlarge.js";
import { inPlace, prepare } from "./inplace.js";
import { keyed } from "./keyed.js";
import { make } from "./make.js";
import { Marks, place } from "./marks.js";
import { disown, now, set, subscribe } from "./moment.js";
import { decode } from "./payload.js";
import { scale } from "./presenting.js";
import { csv, download } from "./save.js";
import "./prose.js"; // every page has a chart
import { Sweeping } from "./sweep.js";
import { tableOf } from "./table.js";
import { themeOf } from "./theme.js";
import { until } from "./until.js";

const CONFIG = { displaylogo: false, displayModeBar: false, doubleClick: "reset", responsive: false };
const STILL = 5; // pixels that a pointer may move between press and release and still have clicked
const LETTER = 8; // pixels that a letter of a saved figure's caption is wide, at most
const LONGEST = 1000; // milliseconds that plotly.js waits for a player
const REST = 300; // milliseconds after which plotly draws what was moved in place, or is out of view
const whenIdle = window.requestIdleCallback ?? setTimeout; // Safari has no other
let plotly = null; // a promise, made once

export default keyed((root, base) => new Chart(root, base));

function load(base) {
  plotly ??= read(new URL("vendor/plotly/plotly-cartesian.min.js", base).href);
  return plotly;
}

// It is fetched at once, and read when a player that is there has drawn: reading it takes a tenth of a second.
async function read(src) {
  document.head.append(make("link", { rel: "preload", as: "script", href: src }));
  await until(() => !window.rnnvizPlayer || window.rnnvizPlayer.frames, LONGEST);
  return new Promise((done, failed) => {
    const onerror = () => {
      plotly = null;
      failed(new Error("plotly.js could not be loaded"));
    };
    document.head.append(make("script", { src, onload: () => done(window.Plotly), onerror }));
  });
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
    this.view = new IntersectionObserver((entries) => {
      this.inView = entries.at(-1).isIntersecting;
    });
    this.view.observe(this.element);
  }

  build() {
    const save = (format) => {
      const button = make("button", { type: "button", className: "save", textContent: format.toUpperCase() });
      button.disabled = true; // until there is something to save
      button.title = format === "csv" ? "Save the numbers of this figure as CSV" : `Save this figure as ${format.toUpperCase()}`;
      button.setAttribute("aria-label", button.title);
      button.onclick = () => this.save(format);
      return button;
    };
    this.caption = make("div", { className: "caption" });
    this.saves = make("span", { className: "saves" }, save("png"), save("svg"), save("csv"));
    this.sweep = new Sweeping(this, () => this.follow());
    this.plot = make("div", { className: "plot" });
    this.marks = new Marks();
    this.labels = make("canvas", { className: "labels" });
    this.labels.hidden = true; // until it has its size: an empty canvas is 300 pixels wide
    this.frame = make("div", { className: "frame" }, this.plot, this.marks.element, this.labels);
    // Streamlit may put away a component while something beside it loads, and mount it again on what it left there.
    this.element.replaceChildren();
    this.element.append(make("div", { className: "head" }, this.caption, this.saves), this.sweep.element, this.frame);
    this.element.setAttribute("role", "figure");
  }

  update(bytes, { setStateValue }) {
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
      this.frame.style.minHeight = `${this.figure.layout.height * scale()}px`;
      this.sweep.offer(this.header);
    }
    this.stale = true;
    if (!this.inSight || (arrived && this.moved())) return;
    this.paint();
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

  // One after another: plotly loses a figure that is drawn for the second time before it was drawn for the first.
  async paint() {
    if (this.painting) return;
    this.painting = true;
    try {
      while (this.stale && !this.destroyed) await this.draw();
    } finally {
      this.painting = false;
    }
  }

  async draw() {
    this.stale = false;
    clearTimeout(this.later);
    const Plotly = await load(this.base).catch((error) => {
      this.plot.textContent = `${error.message}. Reload the page to try again.`;
      return null;
    });
    if (!Plotly || this.destroyed) return;
    const { theme, header, figure } = this;
    const { dark, line } = header;
    const recoloured = theme.name === "dark" ? recolour(this.figure, dark) : structuredClone(this.figure);
    const { layout, data } = recoloured;
    const inTheme = (colour) => (theme.name === "dark" ? dark[colour] : colour);
    const ruled = inTheme(line);
    this.element.style.setProperty("--rnnviz-accent", inTheme(this.header.accent));
    Object.assign(layout, {
      uirevision: "kept", autosize: true, paper_bgcolor: theme.background, plot_bgcolor: theme.background,
      width: this.width || this.frame.clientWidth, font: { ...layout.font, family: theme.font, color: theme.text, size: 13 },
    });
    if (scale() > 1) enlarge(recoloured, scale());
    for (const name of Object.keys(layout)) {
      if (/^[xy]axis/.test(name)) layout[name] = { gridcolor: ruled, zerolinecolor: ruled, linecolor: ruled, ...layout[name] };
    }
    if (layout.meta?.labels) Object.assign(layout.xaxis, { showticklabels: false, ticks: "" });
    this.sweep.fill(data);
    await Plotly.react(this.plot, data, layout, CONFIG);
    const { t, b } = this.plot._fullLayout._size;
    if (b < layout.margin.b - 1) { // the lines of a legend took so much room that plotly cut the margins
      layout.height += (t + b) * (layout.margin.b / b - 1);
      await Plotly.react(this.plot, data, layout, CONFIG);
    }
    if (this.destroyed) {
      Plotly.purge(this.plot);
      return;
    }
    if (!this.wired) this.wire();
    this.shown({ header, figure });
    if (header.sweep) whenIdle(() => this.prepare(Plotly));
  }

  async prepare(Plotly) {
    if (!this.destroyed) await prepare(Plotly, this.plot);
    this.plot.dataset.prepared = "";
  }

  // of: what arrived from Python and is shown now
  shown(of = this.drawn) {
    this.drawn = of;
    this.plot.dataset.painted = String(Number(this.plot.dataset.painted ?? 0) + 1);
    this.mark();
  }

  // Whether the figure shows its new numbers, because nothing else of it changed. Plotly draws it a little later.
  moved() {
    const { header, figure, drawn, plot } = this;
    const changes = drawn && !this.painting ? changesOf(drawn, { header, figure }) : null;
    if (!changes) return false;
    for (const [k, values] of this.sweep.frame()) changes.set(k, { ...changes.get(k), ...values });
    if (!inPlace(plot, [...changes])) return false;
    this.shown({ header, figure });
    this.soon();
    return true;
  }

  // Plotly draws it when nothing has changed for a while. The label under the pointer is of now.
  soon() {
    if (this.hovered) this.plot._fullLayout._rehover?.();
    this.stale = true;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.seen(this.inSight), REST);
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
    this.picks();
  }

  resize(width) {
    this.width = width;
    if (!this.wired || !width || width === this.plot._fullLayout?.width) return;
    window.Plotly.relayout(this.plot, { width }).then(() => this.mark());
  }

  // ── Step and unit, shared with the stage ──

  // Figures say in layout.meta which axis is the time step (from 1, as formulas count), which a second one (likewise),
  // and which the unit (from 0).
  point({ x, y }) {
    const meta = this.figure.layout.meta ?? {};
    const value = { x, y };
    const step = (axis) => (axis ? Math.round(value[axis]) - 1 : null);
    const [time, other] = [step(meta.time), step(meta.other)];
    const unit = meta.unit ? Math.round(value[meta.unit]) : null;
    return time === null && unit === null ? null : { time, unit, ...(other === null ? {} : { other }) };
  }

  clicked(point) {
    if (!point || this.figure.layout.meta.pick) return;
    if (point.unit === null) {
      set({ seek: point.time + 1 });
      set({ seek: null });
      return;
    }
    const { pin, playhead } = now();
    const time = point.time ?? pin?.time ?? Math.max(0, Math.ceil(playhead ?? 1) - 1);
    set({ pin: pin && pin.time === time && pin.unit === point.unit ? null : { time, unit: point.unit } });
  }

  // Where the figure says so, a click anywhere within its axes tells Python the place, in the axes' own values.
  picks() {
    let pressed = null;
    this.plot.addEventListener("pointerdown", (event) => {
      pressed = [event.clientX, event.clientY];
    }, true);
    this.onup = (event) => {
      const from = pressed;
      pressed = null;
      if (!from || !this.figure.layout.meta?.pick) return;
      if (Math.hypot(event.clientX - from[0], event.clientY - from[1]) > STILL) return; // it was dragged, to zoom
      const { xaxis, yaxis } = this.plot._fullLayout;
      const { left, top } = this.plot.getBoundingClientRect();
      const [across, down] = [from[0] - left - xaxis._offset, from[1] - top - yaxis._offset];
      if (across < 0 || across > xaxis._length || down < 0 || down > yaxis._length) return;
      this.setStateValue("point", { x: xaxis.p2d(across), y: yaxis.p2d(down) });
    };
    window.addEventListener("pointerup", this.onup, true); // plotly covers the page while a button is down
  }

  shared(changed) {
    this.sweep.shared(changed);
    if (["playhead", "hover", "pin"].some((key) => changed.includes(key))) this.mark();
    if (!changed.includes("scale") || !this.figure) return;
    this.frame.style.minHeight = `${this.figure.layout.height * scale()}px`;
    this.stale = true;
    if (this.inSight) this.paint();
  }

  // What the moment lights over the plot, and where the axis has moved, its labels.
  mark() {
    const full = this.plot._fullLayout;
    const meta = this.figure?.layout.meta;
    if (!full?.xaxis || !meta) return;
    this.marks.show(full, meta, this.hovered);
    const at = `${full.xaxis.range} ${full.xaxis._length} ${full.font.color}`;
    if (this.labelled === this.figure && this.labelledAt === at) return;
    Object.assign(this, { labelled: this.figure, labelledAt: at });
    this.label();
  }

  // The label of each step, below the axis: one small canvas, at a tenth of the cost of as many tick labels.
  label() {
    const labels = this.figure?.layout.meta?.labels;
    const full = this.plot._fullLayout;
    this.labels.hidden = !labels;
    if (!labels || !full?.xaxis) return;
    const { xaxis, yaxis } = full;
    const k = scale();
    const box = { left: xaxis._offset, top: yaxis._offset + yaxis._length + 2, width: xaxis._length, height: 18 * k };
    const ratio = window.devicePixelRatio || 1;
    place(this.labels, box);
    this.labels.width = Math.round(box.width * ratio);
    this.labels.height = Math.round(box.height * ratio);
    const context = this.labels.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const column = Math.abs(xaxis.l2p(1) - xaxis.l2p(0));
    const every = column >= 5 ? 1 : Math.ceil((24 * k) / column);
    context.fillStyle = full.font.color;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.font = every === 1 ? `${Math.max(7, Math.min(14 * k, column))}px ui-monospace, 'DejaVu Sans Mono', monospace` : `${11 * k}px ${full.font.family}`;
    const numbered = every > 1 && this.figure.layout.meta.time; // too narrow for all inputs: some steps by number
    labels.forEach((text, k) => {
      if ((k + 1) % every === 0) context.fillText(numbered ? String(k + 1) : text, xaxis.l2p(k + 1), box.height / 2);
    });
  }

  // A picture of the figure as it stands, with its caption, and its step labels as plotly's own; or its numbers.
  save(format) {
    if (format === "csv") {
      download(`${this.header.name}.csv`, csv(tableOf(this.plot._fullData, this.plot._fullLayout)), "text/csv");
      return;
    }
    const { data, layout, clientWidth: width, clientHeight: height } = this.plot;
    const labels = this.figure.layout.meta?.labels;
    const ticks = labels && { tickmode: "array", tickvals: labels.map((_, k) => k + 1), ticktext: labels, tickangle: 0, showticklabels: true };
    const lines = wrapped(this.caption.textContent, (width - 16) / LETTER);
    const above = 22 * lines.length + 26; // of the picture, for the caption and the link that leads to it
    const figure = { data, layout: {
      ...layout,
      title: {
        text: lines.map(escaped).join("<br>"), font: { size: 15 }, x: 0, xref: "container", xanchor: "left", y: 1, yref: "container", yanchor: "top", pad: { t: 10, l: 8 },
        subtitle: { text: escaped(address((width - 16) / (0.75 * LETTER))), font: { size: 11 } },
      },
      margin: { ...layout.margin, t: this.plot._fullLayout._size.t + above },
      xaxis: { ...layout.xaxis, ...ticks },
    } };
    const size = { width, height: height + above, scale: format === "png" ? 2 : 1 };
    window.Plotly.downloadImage(figure, { format, filename: this.header.name, ...size });
  }

  // The sweep stands at another value.
  follow() {
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      if (!this.wired) return;
      if (!this.inView || inPlace(this.plot, [...this.sweep.frame()])) {
        if (this.inView) this.shown();
        this.soon();
        return;
      }
      this.sweep.fill(this.plot.data);
      this.plot.layout.datarevision = (this.plot.layout.datarevision ?? 0) + 1;
      window.Plotly.react(this.plot, this.plot.data, this.plot.layout, CONFIG).then(() => this.shown());
    });
  }

  destroy() {
    this.destroyed = true;
    cancelAnimationFrame(this.pending);
    window.removeEventListener("pointerup", this.onup, true);
    this.sweep.destroy();
    this.unsubscribe();
    this.resizer.disconnect();
    this.sight.disconnect();
    this.view.disconnect();
    clearTimeout(this.later);
    disown(this.sweep);
    if (this.wired && !this.painting) window.Plotly.purge(this.plot); // else `draw` does, once plotly has finished
  }
}

// Where the page with these settings is, without the host, in at most so many letters.
function address(most) {
  const { pathname, search } = window.location;
  const whole = pathname + search;
  return whole.length > most ? `${whole.slice(0, Math.floor(most) - 1)}…` : whole;
}

// Words in lines of at most so many letters.
function wrapped(text, most) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const line = `${lines.at(-1)} ${word}`.trim();
    if (line.length <= most || !lines.at(-1)) lines[lines.length - 1] = line;
    else lines.push(word);
  }
  return lines;
}

function escaped(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

// What scrolls the element: a margin around what is in sight counts from there only.
function scroller(element) {
  for (let one = element.parentElement; one; one = one.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(one).overflowY)) return one;
  }
  return null;
}

// A copy of the figure with each light colour replaced by its dark counterpart.
function recolour(value, dark) {
  if (typeof value === "string") return dark[value] ?? value;
  if (Array.isArray(value)) return value.map((one) => recolour(one, dark));
  if (value === null || typeof value !== "object" || value.bdata !== undefined) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, recolour(one, dark)]));
}
