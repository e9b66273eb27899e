// The switch of presentation mode, and its keys. A key presses the page's own button where there is one, so that what
// follows is the same as after a click.

import { watchRuns } from "./fading.js";
import { make } from "./make.js";
import { now } from "./moment.js";
import { tellOfPicture } from "./opening.js";
import { decode } from "./payload.js";
import { begin, present, presenting } from "./presenting.js";

const INSTANCES = new WeakMap();
let there = 0; // instances
let told = null; // the page that opened last, by the name that the server gave it
const FIELDS = "input:not([type=range]):not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";
const PRESSED = "button, a, input, summary, [role=button], [role=radio], [role=option], [role=tab]";
const TO_STAGE = [" ", "ArrowLeft", "ArrowRight", "Home", "End"];
const KEYS = [["n b", "next, previous example"], ["r", "reveal, hide the answer"], ["Space", "play"], ["← →", "step"], ["c", "controls"], ["?", "keys"], ["p Esc", "leave"]];
const NEXT = 3000; // milliseconds in which another lesson must begin, or the mode ends: home is not presented
const FIRST = 7000; // milliseconds that the keys are named when the mode begins, once a tab
const NAMED = "rnnviz-keys-named";
const FOLDED = "rnnviz-folded"; // the answer of the prediction is put away

export default function mount({ parentElement: root, data }, base) {
  const { awaits } = decode(data);
  if (awaits && awaits !== told) tellOfPicture((told = awaits), base);
  if (!INSTANCES.has(root)) {
    INSTANCES.set(root, new Presenter(root));
    there += 1;
  }
  return () => {
    INSTANCES.get(root)?.destroy();
    if (INSTANCES.delete(root)) there -= 1;
    setTimeout(() => there || present(false), NEXT);
  };
}

class Presenter {
  constructor(root) {
    const element = root.querySelector(".rnnviz-presenter");
    this.switch = make("button", { type: "button", className: "switch", title: "Presentation mode (p): the stage large, the prose away", onclick: () => this.turn(!presenting()) });
    this.drawer = make("button", { type: "button", className: "drawer", textContent: "Controls", title: "Show or hide the controls (c)", onclick: () => this.openControls() });
    this.revealer = make("button", { type: "button", className: "reveal", textContent: "Reveal", title: "Show what was measured (r)", onclick: () => this.reveal() });
    this.line = make("div", { className: "keys", hidden: true });
    this.line.setAttribute("role", "status");
    element.replaceChildren(this.revealer, this.drawer, this.switch, this.line);
    this.onkeydown = (event) => this.press(event);
    window.addEventListener("keydown", this.onkeydown, true);
    // The page is drawn again and again under way; headings that have lost their prose go with it.
    this.observer = new MutationObserver(() => {
      clearTimeout(this.tidying);
      this.tidying = setTimeout(() => this.tidy(), 200);
    });
    begin();
    watchRuns();
    this.show(presenting());
  }

  turn(on) {
    present(on);
    this.show(on);
    window.scrollTo({ top: 0 });
    document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
  }

  show(on) {
    this.switch.textContent = on ? "Leave" : "Present";
    this.switch.setAttribute("aria-pressed", String(on));
    if (!on) document.documentElement.classList.remove("rnnviz-controls", FOLDED);
    this.showDrawer();
    this.observer.disconnect();
    const page = document.querySelector("[data-testid=stMainBlockContainer]");
    if (on && page) this.observer.observe(page, { childList: true, subtree: true });
    this.tidy();
    if (on && firstInTab()) this.say(this.keys(), FIRST);
    else if (!on) this.hush();
  }

  openControls() {
    document.documentElement.classList.toggle("rnnviz-controls");
    this.showDrawer();
  }

  showDrawer() {
    this.drawer.setAttribute("aria-expanded", String(document.documentElement.classList.contains("rnnviz-controls")));
  }

  keys() {
    return KEYS.flatMap(([key, does]) => [make("kbd", { textContent: key }), ` ${does} `]);
  }

  // A line at the foot of the window, for a while or until it is hushed.
  say(parts, milliseconds) {
    clearTimeout(this.hushing);
    this.line.replaceChildren(...parts);
    this.line.hidden = false;
    if (milliseconds) this.hushing = setTimeout(() => this.hush(), milliseconds);
  }

  hush() {
    clearTimeout(this.hushing);
    this.line.hidden = true;
  }

  // ── Keys: heard before anyone else, since Streamlit has keys of its own ──

  press(event) {
    const target = event.composedPath()[0];
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || !(target instanceof Element) || target.matches(FIELDS)) return;
    const act = presenting() ? this.action(event.key, target) : event.key === "p" ? () => this.turn(true) : null;
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    act();
  }

  action(key, target) {
    const named = {
      n: () => this.preset(1), PageDown: () => this.preset(1), b: () => this.preset(-1), PageUp: () => this.preset(-1),
      r: () => this.reveal(), c: () => this.openControls(), p: () => this.turn(false),
      "?": () => (this.line.hidden ? this.say(this.keys()) : this.hush()),
    }[key];
    if (named) return named;
    if (key === "Escape") return opened() || now().pin ? null : () => this.turn(false);
    const elsewhere = !target.closest(PRESSED) && !target.closest(".rnnviz-player, [data-testid=stPopoverBody]");
    return TO_STAGE.includes(key) && elsewhere ? () => toStage(key) : null;
  }

  // The next example of the row that is in sight, or of the first row.
  preset(by) {
    const rows = all("[class*='-lesson-'][class*='presets']").filter(visible);
    const row = rows.filter(inSight).at(-1) ?? rows[0];
    const buttons = row ? Array.from(row.querySelectorAll("button")) : [];
    if (!buttons.length) return;
    const at = buttons.findIndex((one) => one.getAttribute("aria-checked") === "true" || one.getAttribute("aria-pressed") === "true" || one.dataset.testid?.endsWith("Active"));
    const next = at < 0 ? (by > 0 ? 0 : buttons.length - 1) : (at + by + buttons.length) % buttons.length;
    if (next !== at) buttons[next].click();
    this.say([`Example ${next + 1} of ${buttons.length}: ${buttons[next].textContent}`], 5000);
  }

  // Show the answer of the prediction, or put it away: it takes room that the pictures need.
  reveal() {
    const button = document.querySelector("[class*='-lesson-reveal'] button"); // it may stand for a while beside the answer
    if (answer()) document.documentElement.classList.toggle(FOLDED);
    else if (button) button.click();
    else this.say(["Nothing is left to reveal."], 3000);
    this.tidy();
  }

  tidy() {
    if (!presenting()) return;
    tidy();
    if (!answer()) document.documentElement.classList.remove(FOLDED); // what is asked next is to be seen
    const shown = answer() && !document.documentElement.classList.contains(FOLDED);
    const says = shown ? "Hide" : "Reveal";
    if (this.revealer.textContent === says) return; // a change would be observed, and tidied after
    this.revealer.textContent = says;
    this.revealer.title = shown ? "Put the answer away (r)" : "Show what was measured (r)";
  }

  destroy() {
    window.removeEventListener("keydown", this.onkeydown, true);
    this.observer.disconnect();
    clearTimeout(this.hushing);
    clearTimeout(this.tidying);
  }
}

// Whether this tab has not named the keys yet.
function firstInTab() {
  try {
    if (window.sessionStorage.getItem(NAMED)) return false;
    window.sessionStorage.setItem(NAMED, "1");
  } catch {
    // blocked: they are named each time
  }
  return true;
}

// What was measured, below the question; null until it was asked for.
function answer() {
  return document.querySelector("[class*='-lesson-predict'] > [data-testid=stElementContainer]");
}

// Mark each heading below which nothing is left to see.
function tidy() {
  for (const heading of all("[data-testid=stElementContainer]").filter((one) => one.querySelector(":scope > [data-testid=stMarkdown] h2"))) {
    heading.removeAttribute("data-rnnviz-bare");
    let next = heading.nextElementSibling;
    while (next && !visible(next)) next = next.nextElementSibling;
    heading.toggleAttribute("data-rnnviz-bare", !next || next.querySelector(":scope > [data-testid=stMarkdown] h2") !== null);
  }
}

// Play and step: the player, or where there is none, the slider that is in sight.
function toStage(key) {
  const player = window.rnnvizPlayer?.element;
  if (player) {
    player.dispatchEvent(new KeyboardEvent("keydown", { key, composed: true }));
    return;
  }
  const sweep = all(".rnnviz-chart .sweep").find((one) => visible(one) && inSight(one));
  const range = sweep?.querySelector("input[type=range]:not(:disabled)");
  if (!range) return;
  if (key === " ") sweep.querySelector(".play:not([hidden])")?.click();
  else {
    range.value = { ArrowLeft: Number(range.value) - 1, ArrowRight: Number(range.value) + 1, Home: range.min, End: range.max }[key];
    range.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function opened() {
  return all("[data-testid=stPopoverBody], [role=dialog], [role=listbox]").some(visible);
}

function all(selector) {
  return Array.from(document.querySelectorAll(selector));
}

function visible(element) {
  return element.getClientRects().length > 0;
}

function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < window.innerHeight;
}
