// The player's page around its canvas: buttons, choices, clock, words. Built once; what they do is the player's.

import * as link from "./link.js";
import { make } from "./make.js";
import { drawingOf, pictureOf } from "./picture.js";
import { download, menu, standalone } from "./save.js";
import { plain } from "./symbols.js";
import { VIEWS } from "./views.js";

const KEPT = ["t", "pin", "view", "show", "span", "speed", "repeat", "operation"]; // what the player keeps in the address
const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const ICONS = {
  start: "M3 2h2v12H3zM14 2v12L6 8z",
  back: "M10 2v12L3 8zM11 2h2v12h-2z",
  play: "M4 2l10 6-10 6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  forward: "M6 2v12l7-6zM3 2h2v12H3z",
  end: "M11 2h2v12h-2zM2 2v12l8-6z",
  save: "M7 1h2v6h3l-4 5-4-5h3zM2 13h12v2H2z",
  loop: "M4 4h7V2l4 3-4 3V6H4v3H2V6a2 2 0 0 1 2-2zm8 8H5v2l-4-3 4-3v2h7V7h2v3a2 2 0 0 1-2 2z",
};

// Puts everything into player.element and leaves the parts that change on the player.
export function build(player) {
  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  };
  const button = (name, title, act) => {
    const element = make("button", { type: "button", title, onclick: act });
    element.setAttribute("aria-label", title);
    if (ICONS[name]) element.append(icon(name));
    return element;
  };
  const { timeline } = player;
  player.icon = icon;
  player.play = make("button", { type: "button", className: "play", onclick: () => timeline.toggle() });
  player.loop = button("loop", "Loop", () => {
    timeline.loop = !timeline.loop;
    player.loop.setAttribute("aria-pressed", String(timeline.loop));
  });
  player.loop.setAttribute("aria-pressed", "false");
  player.scrub = make("input", { type: "range", className: "scrub", min: 0, step: 1 });
  player.scrub.setAttribute("aria-label", "Time step");
  player.scrub.oninput = () => {
    timeline.pause();
    timeline.seek(Number(player.scrub.value));
  };
  const way = (text) => make("span", { textContent: text });
  player.ways = make("span", { className: "ways", hidden: true }, way("forward →"), way("← backward"));
  player.ways.setAttribute("aria-hidden", "true"); // the slider says where it stands
  player.clock = make("span", { className: "clock" });
  const choice = (title, change) => {
    const select = make("select", { title, onchange: () => change(select.value) });
    select.setAttribute("aria-label", title);
    return select;
  };
  const speed = player.speed = choice("Speed", (value) => { timeline.speed = Number(value); });
  for (const value of SPEEDS) speed.add(new Option({ 0.25: "¼×", 0.5: "½×" }[value] ?? `${value}×`, value, value === 1, value === 1));
  player.shown = choice("Show", (value) => player.show(value));
  player.counts = choice("Steps in view", (value) => player.showCount(value === "all" ? null : Number(value)));
  player.counts.className = "counts";
  player.operation = choice("Operation whose arithmetic is shown; auto: what is computed just now, at rest the new state", (key) => player.choose(key || null));
  player.operation.className = "operation";
  player.unitNumber = make("output");
  player.unitNumber.setAttribute("aria-live", "off"); // it follows the pointer; a unit that is pinned is said in words
  const beside = (text, title, by) => {
    const one = make("button", { type: "button", title, textContent: text, onclick: () => player.pinBeside(by) });
    one.setAttribute("aria-label", title);
    return one;
  };
  player.unitChoice = make("span", { className: "group unit" }, make("span", { textContent: "unit" }),
    beside("‹", "The unit before (up arrow)", -1), player.unitNumber, beside("›", "The next unit (down arrow)", 1));
  player.viewButtons = VIEWS.map(({ name, label, title }) => {
    const one = make("button", { type: "button", title, textContent: label, value: name });
    one.setAttribute("aria-label", title);
    one.onclick = () => (name === "cell" && player.view === "cell" ? player.views.back() : player.views.open(name));
    return one;
  });
  const views = make("span", { className: "group views" }, ...player.viewButtons);
  views.setAttribute("role", "group");
  views.setAttribute("aria-label", "View");
  const saves = menu(button("save", "Save as a file"), [
    { label: "Picture (PNG)", act: async () => download(`${nameOf(player)}.png`, await pictureOf(player)) },
    { label: "Drawing (SVG)", act: async () => download(`${nameOf(player)}.svg`, drawingOf(player), "image/svg+xml") },
    ...(player.base ? [{ label: "Player (HTML)", act: () => savePlayer(player) }] : []),
  ]);
  const bar = make("div", { className: "bar" },
    make("span", { className: "group" },
      button("start", "Jump to the start (Home)", () => player.jump(0)),
      button("back", "One step back (left arrow)", () => timeline.by(-1)),
      player.play,
      button("forward", "One step on (right arrow)", () => timeline.by(1)),
      button("end", "Jump to the end (End)", () => player.jump(timeline.end)),
      player.loop),
    make("span", { className: "track" }, player.scrub, player.ways), player.clock, player.unitChoice, player.operation, player.shown, speed, player.counts, make("span", { className: "group last" }, views, saves));
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Playback");
  player.canvas = make("canvas");
  player.canvas.setAttribute("role", "img");
  player.tip = make("div", { className: "tip", hidden: true });
  const asides = Object.values(player.views.all).flatMap(({ aside }) => (aside ? [aside] : []));
  player.picture = make("div", { className: "picture" }, player.canvas, ...asides, player.tip);
  player.readout = make("div", { className: "readout" });
  player.spoken = make("div", { className: "hidden" });
  player.spoken.setAttribute("aria-live", "polite");
  player.legend = make("div", { className: "legend" });
  player.element.append(bar, make("div", { className: "words" }, player.readout, player.legend), player.picture, player.spoken);
  player.element.tabIndex = 0;
  player.element.setAttribute("role", "group");
}

// What a file is called: by the lesson, which is the last part of the address.
function nameOf({ base }) {
  const lesson = base ? window.location.pathname.split("/").at(-1) : "";
  return [lesson || "rnnviz", "player"].join("-");
}

// The player as a page of its own, which opens as it stands.
async function savePlayer(player) {
  player.keepStep();
  const opening = new URLSearchParams();
  for (const name of KEPT) if (link.read(name) !== null) opening.set(name, link.read(name));
  const { bytes, data, base } = player;
  download(`${nameOf(player)}.html`, await standalone({ bytes, title: data.title, opening: String(opening) }, base), "text/html");
}

// The numbers of steps that can be in view of this trace. A choice that it is too short for falls back to all.
export function offerCounts(player) {
  const { steps } = player.data;
  const smaller = [160, 80, 40, 20, 10, 5].filter((n) => n < steps);
  player.counts.replaceChildren(new Option(`all ${steps} steps`, "all"), ...smaller.map((n) => new Option(`${n} steps`, n)));
  if (player.count !== null && !smaller.includes(player.count)) player.count = null;
  player.counts.value = player.count ?? "all";
  player.windowed = smaller.length > 0;
  player.scrub.max = player.timeline.end;
  player.ways.hidden = !player.timeline.backward;
  player.element.classList.toggle("both", player.timeline.backward);
}

// The operations of this trace's cell, to choose one whose arithmetic stays; and none.
export function offerOperations(player) {
  const { byKey, wiring } = player.data;
  const named = ({ key, symbol }) => plain(symbol) + (byKey.has(key) ? `, ${byKey.get(key).name}` : "");
  const operations = wiring?.operations ?? [];
  player.operation.replaceChildren(new Option("auto", ""), ...operations.map((one) => new Option(named(one), one.key)));
}

// Which view is open, and what can be chosen in it.
export function showView(player) {
  const { view, views } = player;
  for (const button of player.viewButtons) {
    button.setAttribute("aria-pressed", String(button.value === view));
    button.hidden = !views.offers(button.value);
  }
  for (const [name, { aside }] of Object.entries(views.all)) if (aside) aside.hidden = name !== view;
  player.shown.hidden = view === "cell";
  player.counts.hidden = !player.windowed || !["unrolled", "cell"].includes(view);
  player.unitChoice.hidden = !["cell", "letters"].includes(view);
  player.operation.hidden = view !== "cell";
}

// The unit whose numbers a view shows, where it shows one, and the operation that was chosen in it.
export function showChoices(player) {
  const { unit, chosen = null } = player.current;
  if (player.operation.value !== (chosen ?? "")) player.operation.value = chosen ?? "";
  const text = unit === undefined ? "" : String(unit);
  if (player.unitNumber.textContent !== text) player.unitNumber.textContent = text;
}

export function showStep(player) {
  const { timeline } = player;
  const label = timeline.playing ? "Pause" : "Play";
  if (player.play.dataset.state !== label) {
    player.play.dataset.state = label;
    player.play.replaceChildren(player.icon(timeline.playing ? "pause" : "play"), label);
    player.play.title = `${label} (Space)`;
  }
  const { backward, isBack, steps } = timeline;
  const step = Math.ceil(timeline.reached); // how many are complete or begun, or on the way back, where the gradient is
  const way = isBack ? "backward, the gradient has reached " : backward ? "forward, " : "";
  player.scrub.value = Math.ceil(timeline.position);
  player.scrub.setAttribute("aria-valuetext", `${way}step ${step} of ${steps}`);
  player.clock.textContent = `${isBack ? "← " : backward ? "→ " : ""}t = ${step} of ${steps}`;
}
