// A sweep: a control whose whole range Python computed at once. It is scrubbed and played here, without the server;
// where it stands is shared by its name, so that all charts that follow it move together.

import * as link from "./link.js";
import { make } from "./make.js";
import { now, own, set } from "./moment.js";
import { running } from "./running.js";

const REST = 300; // milliseconds without a move after which Python and the address are told
const LOOK = 50; // milliseconds between two looks whether the script has run
const TRIES = 100;
const LONGEST = 10; // seconds: a sweep of more values goes faster, up to the screen's own pace
const FASTEST = 60;
const PLAY = "M4 2l10 6-10 6z";
const PAUSE = "M3 2h4v12H3zM9 2h4v12H9z";

export class Sweeping {
  // chart: who shows the figure. repaint: called when the sweep stands at another value.
  constructor(chart, repaint) {
    this.chart = chart;
    this.repaint = repaint;
    this.element = make("div", { className: "sweep", hidden: true });
  }

  // What Python sent, decoded; its sweep may be null.
  offer({ sweep, arrays }) {
    Object.assign(this, { sweep, arrays });
    this.element.hidden = !sweep?.slider || sweep.fixed === "hide";
    if (!sweep) {
      this.pause();
      return;
    }
    this.key = `sweep:${sweep.name}`;
    if (sweep.slider) this.build();
    const first = this.told === undefined;
    this.told ??= sweep.start;
    const range = `${sweep.name} ${sweep.values.join()}`;
    if (this.swept !== undefined && this.swept !== range && !sweep.fixed) {
      // Another sweep or other values, such as the steps of another text: what was chosen among the old ones means
      // nothing now. The first chart to hear of it says so for all.
      this.pause();
      if (sweep.slider) this.later(() => this.sweep && this.rested());
      if (sweep.slider) for (const name of [this.swept.split(" ")[0], sweep.name]) link.keep(this, name, null);
      if (now().swept !== range) own(this, { [this.key]: nearest(sweep.values, sweep.start), swept: range });
    }
    this.swept = range;
    // Where the page itself moves it, once: all charts of this name are told so, one after the other.
    if (sweep.move && sweep.move[1] > (now().moved ?? 0)) {
      this.pause();
      set({ moved: sweep.move[1] });
      own(this, { [this.key]: nearest(sweep.values, sweep.move[0]) });
    }
    if (now()[this.key] === undefined || now()[this.key] === null) {
      const asked = link.read(sweep.name)?.trim();
      const wanted = asked ? Number(asked) : NaN;
      const known = wanted >= sweep.values[0] && wanted <= sweep.values.at(-1);
      own(this, { [this.key]: nearest(sweep.values, known ? wanted : sweep.start) });
    }
    // Python has not seen the link, which another chart of this name may have read before.
    if (first && sweep.slider && sweep.values[this.index] !== sweep.start) this.later(() => this.rested());
    this.show();
  }

  // Which of the values it stands at.
  get index() {
    return Math.min(now()[this.key], this.sweep.values.length - 1);
  }

  build() {
    const { sweep } = this;
    if (!this.range) {
      this.label = make("span", {});
      this.range = make("input", { type: "range", min: 0, step: 1 });
      this.number = make("output");
      this.range.oninput = () => {
        this.pause();
        set({ [this.key]: Number(this.range.value) });
      };
      this.button = make("button", { type: "button", className: "play", onclick: () => this.toggle() });
      this.icon = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      this.icon.setAttribute("viewBox", "0 0 16 16");
      this.icon.setAttribute("aria-hidden", "true");
      this.icon.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
      this.button.append(this.icon);
      this.element.append(this.button, make("label", {}, this.label, this.range, this.number));
    }
    this.label.textContent = sweep.label;
    this.range.max = sweep.values.length - 1;
    this.range.disabled = sweep.fixed === "lock";
    this.range.title = this.range.disabled ? "The link fixes this" : "";
    this.button.hidden = !sweep.play || this.range.disabled;
  }

  show() {
    const { sweep } = this;
    if (!sweep.slider) return;
    const text = String(sweep.values[this.index]);
    this.range.value = this.index;
    this.range.setAttribute("aria-valuetext", `${text} ${sweep.unit}`.trim());
    this.number.textContent = `${text} ${sweep.unit}`.trim();
    const does = this.playing ? "Pause" : "Play";
    if (this.button.title === does) return;
    this.button.title = does;
    this.button.setAttribute("aria-label", `${does}: ${sweep.label}`);
    this.icon.firstChild.setAttribute("d", this.playing ? PAUSE : PLAY);
  }

  // ── Where it stands has changed, here or in another chart ──

  shared(changed) {
    if (!this.sweep || !changed.includes(this.key) || now()[this.key] === null) return;
    this.show();
    this.repaint();
    if (!this.sweep.slider) return;
    clearTimeout(this.resting);
    if (!this.playing) this.resting = setTimeout(() => this.rested(), REST);
  }

  rested() {
    const { sweep } = this;
    const value = sweep.values[this.index];
    link.keep(this, sweep.name, value === sweep.start ? null : String(value));
    this.onceIdle(() => {
      if (value !== this.told) this.chart.setStateValue("value", value);
      this.told = value;
    });
  }

  // ── Playing ──

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  // From where it stands to the end, or from the beginning where that is the end.
  play() {
    const last = this.sweep.values.length - 1;
    if (!last) return;
    if (this.index === last) set({ [this.key]: 0 });
    const from = this.index;
    const pace = Math.min(FASTEST, Math.max(this.sweep.pace, last / LONGEST));
    let start = null;
    const tick = (time) => {
      start ??= time;
      const index = Math.min(last, from + Math.floor(((time - start) / 1000) * pace));
      if (index === last) this.pause();
      else this.playing = requestAnimationFrame(tick);
      set({ [this.key]: index });
    };
    clearTimeout(this.resting);
    this.playing = requestAnimationFrame(tick);
    this.show();
  }

  pause() {
    if (!this.playing) return;
    cancelAnimationFrame(this.playing);
    this.playing = null;
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.rested(), REST);
    this.show();
  }

  // ── Into the figure ──

  // What the figure shows at this value: of which traces, { attribute: value }.
  frame() {
    const traces = new Map();
    for (const { trace, attribute, array } of this.sweep?.targets ?? []) {
      const { shape, values } = this.arrays[array];
      const size = shape.slice(1).reduce((product, n) => product * n, 1);
      const frame = values.subarray(this.index * size, (this.index + 1) * size);
      if (!traces.has(trace)) traces.set(trace, {});
      traces.get(trace)[attribute] = shaped(frame, shape, attribute);
    }
    return traces;
  }

  // Put it into the traces, in place.
  fill(traces) {
    for (const [trace, values] of this.frame()) {
      for (const [attribute, value] of Object.entries(values)) assign(traces[trace], attribute.split("."), value);
    }
  }

  // Once Streamlit has done with its call of the component.
  later(act) {
    setTimeout(() => this.chart.destroyed || act(), 0);
  }

  // Once the script has run and all of its page stands there. What is sent goes with the values of all controls; one
  // that the script has just set, further down the page, would still say its old value, and so take it back.
  onceIdle(act, tries = TRIES) {
    clearTimeout(this.waiting);
    if (running() && tries) this.waiting = setTimeout(() => this.onceIdle(act, tries - 1), LOOK);
    else act();
  }

  destroy() {
    clearTimeout(this.resting);
    clearTimeout(this.waiting);
    cancelAnimationFrame(this.playing);
    link.release(this);
  }
}

// One frame as plotly takes it: a number, a list or rows. Coordinates are lists even where they are one number; text is
// written with as many digits as float32 holds, and nothing where there is no number.
function shaped(frame, shape, attribute) {
  if (attribute === "text") {
    const texts = Array.from(frame, (value) => (Number.isNaN(value) ? "" : String(Number(value.toPrecision(6)))));
    return shape.length === 1 ? texts[0] : texts;
  }
  if (shape.length === 1 && !["x", "y", "z"].includes(attribute)) return frame[0];
  if (shape.length <= 2) return frame;
  return Array.from({ length: shape[1] }, (_, k) => frame.subarray(k * shape[2], (k + 1) * shape[2]));
}

// Set an attribute such as marker.size, of a copy of what holds it: plotly compares the old with the new.
function assign(holder, [name, ...rest], value) {
  if (!rest.length) {
    holder[name] = value;
    return;
  }
  holder[name] = { ...holder[name] };
  assign(holder[name], rest, value);
}

function nearest(values, wanted) {
  let best = 0;
  values.forEach((value, k) => {
    if (Math.abs(value - wanted) < Math.abs(values[best] - wanted)) best = k;
  });
  return best;
}
