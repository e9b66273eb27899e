// Inside the cell: its wiring at the current step, the arithmetic of one unit, and the lanes of all gates over time.

import { Arithmetic, resting } from "./arithmetic.js";
import { Lanes } from "./lanes.js";
import { scale } from "./presenting.js";
import { elements } from "./symbols.js";
import { percent, written } from "./trace.js";
import { reachedBy, Wiring } from "./wiring.js";

const BESIDE = 1000; // from this width on the lanes stand beside the wiring
const NARROW = 560; // below it the wiring takes its narrow form
const SHARE = { page: 0.56, presented: 0.6 }; // of the width, for the wiring
const ARITHMETIC = { wide: 46, narrow: 92 }; // the height that is kept free for it

export class Inside {
  pace = 3500; // milliseconds a step at speed 1: there is more to follow than in the other pictures
  says = ["h", "c"]; // of the pinned unit, in words: all other numbers stand in the picture

  constructor() {
    this.wiring = new Wiring();
    this.lanes = new Lanes();
    this.arithmetic = new Arithmetic();
    this.aside = this.arithmetic.element;
    this.chosen = null; // a node whose arithmetic is kept in sight
    this.under = null; // the node under the pointer
  }

  arrange(data, { width, first, count }) {
    const beside = width >= BESIDE;
    const narrow = width < NARROW;
    const left = beside ? Math.round(width * (scale() > 1 ? SHARE.presented : SHARE.page)) : width;
    const height = this.wiring.arrange(data, { x: 0, y: 0, width: left }, narrow);
    const words = narrow ? ARITHMETIC.narrow : ARITHMETIC.wide;
    const box = beside ? { x: left + 18, y: 0, width: width - left - 18, height: height + words } : { x: 0, y: height + words + 12, width, height: null };
    const lanes = this.lanes.arrange(data, box, { first, count });
    Object.assign(this.aside.style, { top: `${height}px`, width: `${left}px`, height: `${words}px` });
    if (this.data !== data && !data.byLine.has(this.chosen)) this.chosen = null;
    Object.assign(this, { data, width, first, count, height: beside ? height + words : box.y + lanes });
    return this.height;
  }

  paint(ratio, colours) {
    Object.assign(this, { colours, drawn: null });
    this.wiring.paint(ratio, colours);
    this.lanes.paint(ratio, colours);
  }

  draw(context, { step, share, playing, hover, pin }) {
    const { data, wiring } = this;
    const within = (point) => (point && point.unit !== null ? Math.min(point.unit, data.units - 1) : null);
    this.unit = within(pin) ?? within(hover) ?? 0;
    this.step = step;
    const marked = this.under ?? this.chosen;
    const reached = reachedBy(share, data.wiring);
    // While an operation is computed only its lines move: the lanes stay as they were drawn.
    const { x0, y0 } = this.lanes;
    const lanes = JSON.stringify([step, reached, this.unit, pin, hover]);
    if (lanes !== this.drawn) {
      this.drawn = lanes;
      context.clearRect(0, 0, this.width, this.height);
      this.lanes.draw(context, { step, share, known: (key) => wiring.rankOf(key) <= reached, unit: this.unit, pin, hover });
    } else if (x0) context.clearRect(0, 0, x0, this.height);
    else context.clearRect(0, 0, this.width, y0);
    wiring.draw(context, { step, share, unit: this.unit, marked });
    const lit = wiring.lit(share);
    const keys = marked && data.byLine.has(marked) ? [marked] : lit.length ? lit : resting(data);
    const pointed = this.under !== null || (hover !== null && within(pin) === null);
    this.arithmetic.show(data, keys, step, this.unit, !playing && !pointed);
  }

  // Which of the trace's phases a share of the step has reached: the words follow the lit operations.
  phase(share, data) {
    const reached = reachedBy(share, data.wiring);
    const at = (key) => Math.max(0, data.phases.findIndex((phase) => phase.key === key));
    if (reached <= 0) return 0;
    if (reached >= data.wiring.last) return data.phases.length - 1;
    const updated = data.byLine.get(data.lane ?? "h").rank;
    if (reached < updated) return at("gates");
    return at(data.lane && reached === updated ? "cell" : "hidden");
  }

  // What the legend must explain: { symbol, name, scale, limit } each.
  scales() {
    const { data } = this;
    const h = data.byKey.get("h");
    const c = data.lane ? [data.byKey.get(data.lane)] : [];
    const gates = data.gates.length ? [{ symbol: data.gates.join(" "), name: "gates", scale: "gate", limit: 1 }] : [];
    const { limit } = data.byLine.get(data.byLine.has("h_pre") ? "h_pre" : "n_pre" in data.arrays ? "n_pre" : "i_pre");
    return [h, ...c, ...gates, { symbol: "sums", name: "W x + b, W h + b", scale: "signed", limit }];
  }

  at(x, y) {
    const found = this.wiring.at(x, y);
    if (!found) {
      const point = this.lanes.at(x, y);
      return point && { ...point, seek: true };
    }
    const { key, unit } = found;
    const point = { time: this.step, unit, key, words: this.words(key, unit) };
    if (unit !== null || !this.data.byLine.has(key)) return point;
    return { ...point, node: key, act: () => { this.chosen = this.chosen === key ? null : key; } };
  }

  // The pointer is over what `at` returned, or over nothing.
  over(point) {
    this.under = point?.node ?? null;
  }

  // What the tip says: a line with the number, and in small what it is.
  words(key, unit) {
    const { data, step } = this;
    const t = step + 1;
    if (key === "x") return [`x at t = ${t}: reads ${data.tokens[step]}`, `the input of this step${data.one_hot ? ": 1 for this character, 0 for all others" : ""}`];
    if (key === "output") {
      const likely = data.outputs[step].map((token, rank) => `${token} ${percent(data.probability(step, rank))}`);
      return [`${data.says}, after t = ${t}: ${likely.join("   ")}`, `${Number.isNaN(data.probability(step, 0)) ? "" : "probabilities, "}read from h`];
    }
    const shown = unit ?? this.unit;
    const { symbol } = data.lineOf(key);
    const ghost = this.wiring.nodes.ghostValue(key, shown);
    const held = data.isHeld(key, step, shown) ? "; held" : "";
    const was = ghost === undefined ? "" : `; was ${written(ghost)} (${data.ghost.label})`;
    return [
      fragment(...elements(symbol), ` of unit ${shown} at t = ${t}: ${written(data.line(key, step, shown))}${held}`),
      `${this.meaning(key)}${was}; click ${unit === null ? "keeps its arithmetic" : "pins the unit"}`,
    ];
  }

  meaning(key) {
    const { data } = this;
    if (key.endsWith("'")) return `${data.byKey.get(key[0]).name} of the step before`;
    if (data.byKey.has(key)) return data.byKey.get(key).name;
    const { operator } = data.byLine.get(key);
    return { W: "weights times what comes in, plus bias", "+": "sum, unit by unit", "⊙": "product, unit by unit", "1−": "one minus the gate",
      tanh: "squashed into −1 to 1" }[operator];
  }

  inMap(x, y) {
    return this.lanes.inMap(x, y);
  }

  stepAcross(x) {
    return this.lanes.stepAcross(x);
  }

  // ── For those who look in from outside: where things are, and what stands there ──

  get labels() {
    return this.wiring.nodes.labels;
  }

  place(key, unit) {
    return this.wiring.place(key, unit);
  }
}

function fragment(...parts) {
  const element = document.createDocumentFragment();
  element.append(...parts);
  return element;
}
