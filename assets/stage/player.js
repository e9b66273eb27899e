// The player: plays one recorded trace. It draws what it was given and computes nothing.

import { listen, over } from "./hands.js";
import { keyed } from "./keyed.js";
import * as link from "./link.js";
import { look } from "./look.js";
import { disown, now, own, subscribe } from "./moment.js";
import * as playing from "./playing.js";
import { scale } from "./presenting.js";
import { luminance, reducedMotion, themeOf } from "./theme.js";
import { Timeline } from "./timeline.js";
import { build, offerCounts, offerOperations, showChoices, showStep, showView } from "./toolbar.js";
import { Recorded } from "./trace.js";
import { Views } from "./views.js";
import { legend, scalesOf, sentence } from "./words.js";

const MONO = "ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace";

// base: where the app's assets are, undefined in a page that was saved and has none.
export default keyed((root, base) => new Player(root, base));

class Player {
  constructor(root, base) {
    this.root = root;
    this.base = base;
    this.element = root.querySelector(".rnnviz-player");
    this.timeline = new Timeline(() => this.moved());
    this.views = new Views(() => this.opened());
    this.wanted = link.read("show") ?? "h";
    this.count = link.readWhole("span"); // steps in view; null: all
    this.first = 0;
    build(this);
    listen(this);
    this.unsubscribe = subscribe((moment, changed) => this.shared(changed));
    // The width is taken from the observer: asking the element for it would lay out the whole page each time.
    this.width = 0;
    this.resizer = new ResizeObserver(([entry]) => {
      if (entry.contentRect.width === this.width) return;
      this.width = entry.contentRect.width;
      this.arrange();
    });
    this.resizer.observe(this.picture);
    window.rnnvizPlayer = this; // for all that waits for it or asks it, tests and benchmarks too
  }

  // ── What Python sent, again and again, to the same player ──

  update(bytes, { setStateValue }) {
    this.setStateValue = setStateValue;
    const arrived = bytes !== this.bytes;
    const before = this.data;
    if (arrived) {
      this.bytes = bytes;
      this.data = new Recorded(bytes);
      this.timeline.resize(this.data.steps, this.data.backward !== null);
      this.views.offer(this.data);
      if (!before) this.restore();
      else if (this.pinned) {
        own(this, { pin: this.within(this.pinned) });
        this.keepPin();
      }
      this.offerQuantities();
      offerCounts(this);
      offerOperations(this);
    }
    this.applyTheme(arrived);
    this.arrange();
    this.moved();
    if (!arrived) return;
    this.element.dataset.trace = this.data.fingerprint;
    const asked = this.base && this.data.look; // a saved page opens as it was saved
    if (asked) setTimeout(() => this.destroyed || look(this, asked, before !== undefined), 0); // once Streamlit has done with this call
  }

  // The first trace: take step and pin from the address.
  restore() {
    const { end } = this.timeline;
    const t = link.readWhole("t");
    this.timeline.position = t !== null && t <= end ? t : end;
    const pin = /^([0-9]{1,6})\.([0-9]{1,6})$/.exec(link.read("pin") ?? "");
    if (pin && Number(pin[1]) >= 1) this.pinned = { time: Number(pin[1]) - 1, unit: Number(pin[2]) };
    own(this, { pin: this.within(this.pinned), playhead: this.timeline.reached });
    if (link.read("pin") !== null) this.keepPin();
    playing.restore(this);
  }

  // What is shown: the quantity asked for, or h where this cell has none of that name.
  get quantity() {
    return this.data.byKey.has(this.wanted) ? this.wanted : "h";
  }

  // A pin beyond the trace stands on its last step or unit; Python does the same.
  within(pin) {
    if (!pin) return null;
    return { time: Math.min(pin.time, this.data.steps - 1), unit: Math.min(pin.unit, this.data.units - 1) };
  }

  // Called with the same data when the theme has changed. Asking for the theme lays out the page, so new data
  // is drawn in the colours known, and the theme looked at once the picture stands.
  applyTheme(arrived) {
    if (arrived && this.seen) setTimeout(() => this.destroyed || this.applyTheme(false), 0);
    else this.seen = themeOf(this.root);
    const theme = this.seen;
    const palette = this.data.palettes[theme.name];
    const key = JSON.stringify([theme, palette]);
    if (palette !== this.data.palette) this.data.setPalette(palette);
    if (key === this.themed) return;
    const repaint = this.themed !== undefined && !arrived;
    this.themed = key;
    this.theme = theme.name;
    const { muted } = palette;
    this.colours = { ink: theme.text, muted, accent: palette.accent, probability: palette.probability, font: theme.font, mono: MONO,
      background: theme.background };
    const onAccent = luminance(palette.accent) > 0.35 ? "#14161a" : "#ffffff";
    for (const [name, value] of [["accent", palette.accent], ["on-accent", onAccent], ["muted", muted]]) {
      this.element.style.setProperty(`--rnnviz-${name}`, value);
    }
    if (repaint) this.arrange();
  }

  offerQuantities() {
    const { quantities } = this.data;
    this.shown.replaceChildren(...quantities.map(({ key, symbol, name }) => new Option(`${symbol}, ${name}`, key)));
    this.shown.value = this.quantity;
  }

  // ── What a person does ──

  jump(position) {
    this.timeline.pause();
    this.timeline.seek(position);
  }

  // To a step, from 1: on the way back, to where the gradient has reached it.
  goTo(step) {
    this.jump(this.timeline.at(step));
  }

  show(quantity) {
    this.wanted = this.shown.value = quantity;
    link.keep(this, "show", quantity === "h" ? null : quantity);
    this.arrange();
    this.moved();
  }

  showCount(count) {
    this.count = count;
    link.keep(this, "span", count === null ? null : String(count));
    this.follow();
    this.arrange();
  }

  // The operation whose arithmetic stands in the cell; null for those that are lit.
  choose(key) {
    this.current.chosen = key;
    this.request();
  }

  // Another view was opened.
  opened() {
    over(this, null);
    this.arrange();
    this.moved();
  }

  // Click pins; a second click on the same place lets go.
  pin(point) {
    const { pin } = now();
    if (!point && !pin) return;
    this.setPin(point && pin && pin.time === point.time && pin.unit === point.unit ? null : point);
  }

  setPin(point) {
    this.pinned = point;
    this.keepPin();
    own(this, { pin: point });
    this.setStateValue("pin", point);
  }

  pinBeside(by) {
    const { pin } = now();
    const from = pin?.unit ?? this.current.unit;
    const unit = from === undefined ? 0 : (from + by + this.data.units) % this.data.units;
    this.pin({ time: pin?.time ?? this.timeline.step, unit });
  }

  keepPin() {
    const pin = this.within(this.pinned);
    link.keep(this, "pin", pin ? `${pin.time + 1}.${pin.unit}` : null);
  }

  shared(changed) {
    if (changed.includes("pin")) {
      const { pin } = now();
      if (pin !== this.pinned && JSON.stringify(pin) !== JSON.stringify(this.within(this.pinned))) {
        this.pinned = pin;
        this.keepPin();
        this.setStateValue("pin", pin);
      }
      this.tell();
    }
    if (changed.includes("seek") && now().seek !== null) this.goTo(now().seek);
    if (changed.includes("pin") || changed.includes("hover")) this.request();
    if (changed.includes("scale")) this.arrange();
  }

  // ── The window of steps in view ──

  scroll(first) {
    const count = this.count ?? this.data.steps;
    const bounded = Math.max(0, Math.min(first, this.data.steps - count));
    if (bounded === this.first) return;
    this.first = bounded;
    this.arrange();
  }

  centre(step) {
    this.scroll(Math.round(step - (this.count ?? this.data.steps) / 2));
  }

  // Keep the playhead in view: turn the page when it leaves it.
  follow() {
    const count = this.count ?? this.data.steps;
    const { step, isBack } = this.timeline;
    if (step < this.first || step >= this.first + count) this.scroll(step - Math.floor(isBack ? (count * 7) / 8 : count / 8));
    else this.scroll(this.first);
  }

  // ── Drawing ──

  get current() {
    return this.views.current;
  }

  get view() {
    return this.views.name;
  }

  arrange() {
    if (!this.data || !this.colours) return;
    const k = scale(); // the views draw as always, on a canvas whose pixels are k times as large
    const width = this.width / k;
    if (!width) return;
    const count = Math.min(this.count ?? this.data.steps, this.data.steps);
    this.first = Math.max(0, Math.min(this.first, this.data.steps - count));
    const height = this.current.arrange(this.data, { width, first: this.first, count, quantity: this.quantity });
    const ratio = k * Math.min(window.devicePixelRatio || 1, 2);
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== across || this.canvas.height !== down) {
      Object.assign(this.canvas, { width: across, height: down });
      this.canvas.style.height = `${height * k}px`;
    }
    this.element.classList.toggle("presented", k > 1);
    for (const { aside } of Object.values(this.views.all)) if (aside) aside.style.zoom = k;
    this.ratio = ratio;
    this.current.paint(ratio, this.colours);
    this.timeline.pace = this.views.pace;
    showView(this);
    this.writeLegend();
    this.draw();
  }

  request() {
    if (this.waiting || !this.data) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = null;
      this.draw();
    });
  }

  draw() {
    if (!this.canvas.width || !this.ratio) return;
    const context = this.canvas.getContext("2d");
    context.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    context.imageSmoothingEnabled = false;
    const { timeline } = this;
    const smooth = timeline.playing && !reducedMotion();
    const share = smooth ? timeline.share : Math.ceil(timeline.share);
    const back = smooth || timeline.back === null ? timeline.back : Math.ceil(timeline.back);
    const { hover, pin } = now();
    this.current.draw(context, { step: timeline.step, share, back, playing: timeline.playing, hover, pin });
    showChoices(this);
    this.frames = (this.frames ?? 0) + 1;
  }

  // The playhead moved: picture, buttons, words.
  moved() {
    if (!this.data) return;
    const { timeline } = this;
    if (this.count !== null && timeline.position !== this.followed) this.follow();
    this.followed = timeline.position;
    own(this, { playhead: timeline.reached });
    if (timeline.playing) this.draw();
    else this.request();
    const told = `${Math.ceil(timeline.position)} ${timeline.playing} ${this.phase}`;
    if (timeline.playing && this.told === told) return;
    this.told = told;
    showStep(this);
    this.tell();
    if (!timeline.playing) {
      clearTimeout(this.resting);
      this.resting = setTimeout(() => this.keepStep(), 300);
    }
  }

  keepStep() {
    const { position, end } = this.timeline;
    const t = position < end ? String(Math.round(position)) : null;
    if (t !== link.read("t")) link.keep(this, "t", t);
  }

  // Which of the step's phases the picture has reached: the last, unless it is playing.
  get phase() {
    const { timeline, data } = this;
    const smooth = timeline.playing && !reducedMotion();
    const share = smooth ? timeline.share : 1;
    return this.current.phase?.(share, data) ?? Math.min(data.phases.length - 1, Math.floor(share * data.phases.length));
  }

  // The current step in words, seen below the picture and read out when playback rests.
  tell() {
    const { data, timeline } = this;
    const time = timeline.position === 0 ? null : timeline.step;
    const reached = timeline.isBack ? timeline.reached : null;
    const parts = sentence(data, { time, phase: this.phase, reached, drawn: this.view === "unrolled" }, this.within(now().pin), this.current.says);
    this.readout.replaceChildren(...parts);
    const words = parts.map((part) => part.textContent ?? part).join("").replace(".Pinned", ". Pinned");
    this.canvas.setAttribute("aria-label", data.title + (data.backward ? ". Forward, then the gradient of the loss backward" : ""));
    this.element.setAttribute("aria-label", `${data.title}. Space plays, left and right arrows step, up and down arrows `
      + "choose a unit, Enter opens the cell, Escape leaves it or lets go of the unit.");
    if (!timeline.playing && this.spoken.textContent !== words) this.spoken.textContent = words;
  }

  writeLegend() {
    const { data } = this;
    const scales = this.current.scales?.() ?? scalesOf(data, this.quantity);
    const shows = JSON.stringify([this.theme, scales]);
    if (shows === this.legendOf) return;
    this.legendOf = shows;
    this.legend.replaceChildren(...legend(scales, data.palettes[this.theme]));
  }

  destroy() {
    this.destroyed = true;
    this.timeline.destroy();
    clearTimeout(this.resting);
    cancelAnimationFrame(this.waiting);
    this.unsubscribe();
    this.resizer.disconnect();
    this.views.release();
    playing.forget(this);
    link.release(this);
    disown(this);
    if (window.rnnvizPlayer === this) delete window.rnnvizPlayer;
  }
}
