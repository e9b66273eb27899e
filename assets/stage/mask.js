// The mask: gates that are dragged, and what passes of two vectors. It multiplies and adds what it was given.

import { numberIn } from "./arithmetic.js";
import { keyed } from "./keyed.js";
import * as link from "./link.js";
import { make } from "./make.js";
import { decode } from "./payload.js";
import { elements, plain } from "./symbols.js";
import { place, table, themeOf } from "./theme.js";
import { written } from "./trace.js";

const MODES = { one: "One gate", ends: "Both ends of one gate", two: "Two gates" };
const KEYS = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -100, End: 100 };
const PRESETS = [["All open", 100], ["Half", 50], ["All shut", 0], ["The network's own", null]];

export default keyed((root) => new Mask(root));

class Mask {
  constructor(root) {
    this.root = root;
    this.element = root.querySelector(".rnnviz-mask");
    this.chosen = 0; // the entry whose arithmetic is written out
  }

  // ── What Python sent; called with the same bytes when the theme has changed ──

  update(bytes) {
    if (bytes !== this.bytes) {
      this.bytes = bytes;
      const first = !this.data;
      this.data = decode(bytes);
      if (first) this.restore();
      if (!this.data.modes.includes(this.mode)) this.mode = this.data.modes[0];
      this.build();
    }
    const theme = themeOf(this.root).name;
    if (theme !== this.theme || this.palette !== this.data.palettes[theme]) {
      this.theme = theme;
      this.palette = this.data.palettes[theme];
      this.tables = { signed: table(this.palette.signed), gate: table(this.palette.gate) };
      this.element.style.setProperty("--rnnviz-accent", this.palette.accent);
      this.element.style.setProperty("--rnnviz-muted", this.palette.muted);
      this.colourLegend();
    }
    this.paint();
  }

  // The address says the mode and, for each gate, percentages or n for the network's own.
  restore() {
    const { entries, modes, gates } = this.data;
    this.mode = modes[0];
    this.set = gates.map(() => entries.map(() => null)); // percent; null: the network's own
    const [mode, ...values] = (link.read("mask") ?? "").split("-");
    const wanted = entries.length * (mode === "two" ? 2 : 1);
    if (!modes.includes(mode) || values.length !== wanted || !values.every((one) => /^(n|[0-9]{1,2}|100)$/.test(one))) {
      if (link.read("mask") !== null) link.keep(this, "mask", null);
      return;
    }
    this.mode = mode;
    values.forEach((one, k) => { this.set[Math.floor(k / entries.length)][k % entries.length] = one === "n" ? null : Number(one); });
    this.keep();
  }

  keep() {
    const shown = this.set.slice(0, this.mode === "two" ? 2 : 1).flat();
    const untouched = this.mode === this.data.modes[0] && shown.every((one) => one === null);
    const text = untouched ? null : [this.mode, ...shown.map((one) => one ?? "n")].join("-");
    if (text !== link.read("mask")) link.keep(this, "mask", text);
  }

  keepSoon() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.keep(), 300);
  }

  // ── The arithmetic ──

  gate(which, k) {
    const percent = this.set[which][k];
    return percent === null ? this.data.gates[which].values[k] : percent / 100;
  }

  // What is multiplied with v: the other end of the gate, or the second gate.
  second(k) {
    return this.mode === "two" ? this.gate(1, k) : 1 - this.gate(0, k);
  }

  numbers(k) {
    const u = this.data.u.values[k];
    const v = this.data.v.values[k];
    const gate = this.gate(0, k);
    const kept = gate * u;
    if (this.mode === "one") return { u, gate, kept };
    const second = this.second(k);
    const added = second * v;
    return { u, gate, kept, v, second, added, sum: kept + added };
  }

  // ── The page ──

  build() {
    const { data } = this;
    const [gate, other] = data.gates;
    const second = this.mode === "two" ? other : { symbol: `1−${gate.symbol}`, name: "what the gate leaves" };
    this.cells = {};
    const bar = make("div", { className: "bar" });
    const modes = make("span", { className: "group" });
    modes.setAttribute("role", "group");
    modes.setAttribute("aria-label", "How the gates are used");
    for (const mode of data.modes) {
      const button = make("button", { type: "button", textContent: MODES[mode], onclick: () => this.choose(mode) });
      button.setAttribute("aria-pressed", String(mode === this.mode));
      modes.append(button);
    }
    const presets = make("span", { className: "group" });
    presets.setAttribute("role", "group");
    presets.setAttribute("aria-label", "Set all gates");
    for (const [label, percent] of PRESETS) {
      presets.append(make("button", { type: "button", textContent: label, onclick: () => this.setAll(percent) }));
    }
    if (data.modes.length > 1) bar.append(modes);
    bar.append(presets);
    const lines = make("div", { className: "lines" });
    const kept = { symbol: `${gate.symbol} ⊙ ${data.u.symbol}`, name: "what passes" };
    lines.append(this.panel("u", data.u), sign("⊙"), this.sliders(0, gate), sign("="), this.panel("kept", kept, "u"));
    this.arithmetic = make("div", { className: "arithmetic" });
    if (this.mode !== "one") {
      const added = { symbol: `${bracketed(second.symbol)} ⊙ ${data.v.symbol}`, name: "what passes" };
      const middle = this.mode === "two" ? this.sliders(1, other) : this.openness("second", second);
      lines.append(this.panel("v", data.v), sign("⊙"), middle, sign("="), this.panel("added", added, "v"));
      const total = { symbol: `${kept.symbol} + ${added.symbol}`, name: "the sum" };
      lines.append(this.arithmetic, sign("="), this.panel("sum", total));
    } else lines.append(this.arithmetic);
    this.legend = make("div", { className: "legend" });
    this.spoken = make("div", { className: "hidden" });
    this.spoken.setAttribute("aria-live", "polite");
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", data.title);
    this.element.replaceChildren(bar, lines, this.legend, this.spoken);
    if (this.palette) this.colourLegend();
  }

  // A vector as bars from a zero line, each with its number. ghost: the vector whose bars stay as outlines.
  panel(key, row, ghost) {
    this.cells[key] = [];
    const places = this.data.entries.map((label, k) => {
      const fill = make("i", { className: "fill" });
      const outline = make("i", { className: "ghost" });
      const number = make("b");
      const well = make("span", { className: "well" }, ...(ghost ? [outline] : []), fill);
      this.cells[key].push({ fill, outline: ghost ? outline : null, ghost, number });
      return make("span", { className: "entry", onpointerdown: () => this.look(k) }, well, number, make("small", { textContent: label }));
    });
    return titled(row, places);
  }

  // A gate that is computed and cannot be dragged.
  openness(key, row) {
    this.cells[key] = [];
    const places = this.data.entries.map((label) => {
      const fill = make("i", { className: "fill" });
      const number = make("b");
      this.cells[key].push({ fill, gate: true, number });
      return make("span", { className: "entry" }, make("span", { className: "well gate" }, fill), number, make("small", { textContent: label }));
    });
    return titled(row, places);
  }

  sliders(which, row) {
    const key = which ? "second" : "gate";
    this.cells[key] = [];
    const places = this.data.entries.map((label, k) => {
      const fill = make("i", { className: "fill" });
      const slider = make("span", { className: "well gate slider", tabIndex: 0 }, fill, make("i", { className: "handle" }));
      slider.setAttribute("role", "slider");
      slider.setAttribute("aria-orientation", "vertical");
      slider.setAttribute("aria-valuemin", "0");
      slider.setAttribute("aria-valuemax", "1");
      slider.setAttribute("aria-label", `${row.name} ${plain(row.symbol)}, ${label}`);
      const follow = (event) => {
        const box = slider.getBoundingClientRect();
        const zoom = box.height / slider.offsetHeight; // not 1 when it is presented
        const share = ((box.bottom - event.clientY) / zoom - slider.clientTop) / slider.clientHeight;
        this.move(which, k, Math.round(100 * share));
      };
      slider.onpointerdown = (event) => {
        if (event.button !== 0) return;
        event.preventDefault();
        slider.focus();
        slider.setPointerCapture(event.pointerId);
        follow(event);
      };
      slider.onpointermove = (event) => { if (slider.hasPointerCapture(event.pointerId)) follow(event); };
      slider.onfocus = () => this.look(k);
      slider.onkeydown = (event) => {
        if (event.ctrlKey || event.altKey || event.metaKey || !(event.key in KEYS)) return;
        event.preventDefault();
        event.stopPropagation();
        this.move(which, k, Math.round(100 * this.gate(which, k)) + KEYS[event.key]);
      };
      const number = make("b");
      this.cells[key].push({ fill, gate: true, number, slider });
      return make("span", { className: "entry" }, slider, number, make("small", { textContent: label }));
    });
    return titled(row, places);
  }

  choose(mode) {
    this.mode = mode;
    this.build();
    this.paint();
    this.keep();
    this.element.querySelector(".bar [aria-pressed=true]").focus();
  }

  setAll(percent) {
    for (const which of this.mode === "two" ? [0, 1] : [0]) this.set[which].fill(percent);
    this.paint();
    this.keep();
  }

  move(which, k, percent) {
    this.set[which][k] = Math.max(0, Math.min(100, percent));
    this.chosen = k;
    this.paint();
    this.keepSoon();
  }

  look(k) {
    if (k === this.chosen) return;
    this.chosen = k;
    this.paint();
  }

  paint() {
    const { data } = this;
    const all = data.entries.map((_, k) => this.numbers(k));
    for (const [key, cells] of Object.entries(this.cells)) {
      cells.forEach((cell, k) => {
        const value = all[k][key];
        const [r, g, b] = this.colour(cell.gate ? "gate" : "signed", value);
        cell.fill.style.background = `rgb(${r} ${g} ${b})`;
        const text = written(value);
        if (cell.number.textContent !== text) cell.number.textContent = text;
        stretch(cell.fill, value, cell.gate ? null : data.limit);
        if (cell.outline) stretch(cell.outline, all[k][cell.ghost], data.limit);
        cell.number.parentElement.classList.toggle("chosen", k === this.chosen);
        if (cell.slider) {
          cell.slider.setAttribute("aria-valuenow", String(Number(value.toFixed(4)))); // ARIA takes no exponent
          cell.slider.setAttribute("aria-valuetext", text);
          cell.slider.style.setProperty("--share", value);
        }
      });
    }
    this.write(all[this.chosen]);
  }

  // The chosen entry's line of arithmetic, and whether all is as in the network.
  write(n) {
    const { data, mode } = this;
    const product = (gate, value) => `${numberIn(gate)} · ${numberIn(value)}`;
    const line = mode === "one"
      ? `${product(n.gate, n.u)} = ${written(n.kept)}`
      : `${product(n.gate, n.u)} + ${product(n.second, n.v)} = ${written(n.sum)}`;
    const own = this.set.slice(0, mode === "two" ? 2 : 1).flat().every((one) => one === null);
    const last = mode === data.modes[data.modes.length - 1];
    const parts = [make("span", { className: "of", textContent: data.entries[this.chosen] }), make("span", { className: "line", textContent: line })];
    if (own && last && mode !== "one") {
      parts.push(make("small", {}, "These are the network's own gates: the sum is its ", symbol(data.result.symbol), "."));
    }
    this.arithmetic.replaceChildren(...parts);
    clearTimeout(this.speaking);
    this.speaking = setTimeout(() => { this.spoken.textContent = `${data.entries[this.chosen]}: ${line}`; }, 400);
  }

  colour(scale, value) {
    const at = 3 * place(value, scale === "signed", scale === "signed" ? this.data.limit : 1);
    return this.tables[scale].slice(at, at + 3);
  }

  colourLegend() {
    const { limit } = this.data;
    const end = Number.isInteger(limit) ? limit : limit.toPrecision(3);
    const scale = (stops, from, to, name) => {
      const strip = make("i", {});
      strip.style.background = `linear-gradient(90deg, ${stops.join(", ")})`;
      return make("span", { className: "scale" }, from, strip, to, make("em", { textContent: name }));
    };
    this.legend.replaceChildren(
      scale(this.palette.signed, `−${end}`, `+${end}`, "values"),
      scale(this.palette.gate, "0 shut", "1 open", "gates"),
      make("span", { textContent: "dashed: the bar before its gate" }));
  }

  destroy() {
    clearTimeout(this.resting);
    clearTimeout(this.speaking);
    link.release(this);
  }
}

function sign(text) {
  return make("span", { className: "sign", textContent: text });
}

function symbol(text) {
  return make("span", { className: "symbol" }, ...elements(text));
}

function bracketed(text) {
  return text.includes("−") ? `(${text})` : text;
}

function titled(row, places) {
  const panel = make("div", { className: "panel" },
    make("div", { className: "name" }, symbol(row.symbol), make("em", { textContent: row.name })),
    make("div", { className: "entries" }, ...places));
  panel.setAttribute("role", "group");
  panel.setAttribute("aria-label", `${row.name}: ${plain(row.symbol)}`);
  return panel;
}

// A bar from zero: upwards for what is positive. limit: where the scale ends; null for a gate, from 0 at the foot to 1.
function stretch(bar, value, limit) {
  if (limit === null) {
    bar.style.bottom = "0";
    bar.style.height = `${100 * value}%`;
    return;
  }
  const half = (50 * Math.min(Math.abs(value), limit)) / limit;
  bar.style.bottom = `${value < 0 ? 50 - half : 50}%`;
  bar.style.height = `${half}%`;
}
