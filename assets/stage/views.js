// The pictures that the player can show of one trace, and which of them it shows.

import { Folded } from "./folded.js";
import { Inside } from "./inside.js";
import { Letters } from "./letters.js";
import * as link from "./link.js";
import { Unrolled } from "./unrolled.js";

export const VIEWS = [
  { name: "unrolled", label: "Unrolled", title: "Unrolled over time: the cell once a step" },
  { name: "folded", label: "Folded", title: "Folded: the one cell, fed with its own state" },
  { name: "cell", label: "Inside", title: "Inside the cell at this step (Enter; Escape goes back)" },
  { name: "letters", label: "Letters", title: "Letters: the text through the eyes of one unit" },
];
const PACE = 900; // milliseconds a step at speed 1, where a view names no other

export class Views {
  // changed: called when another view is opened.
  constructor(changed) {
    this.changed = changed;
    this.all = { unrolled: new Unrolled(), folded: new Folded(), cell: new Inside(), letters: new Letters() };
    this.asked = null; // what was opened, null before anything was
    this.before = "unrolled";
    this.own = "unrolled"; // what the page opens with
  }

  // A trace: what the page opens with, and whether there is a cell to look into.
  offer({ view, wiring }) {
    this.own = view;
    this.wired = wiring !== null;
    if (this.asked !== null) return;
    const linked = link.read("view");
    this.asked = VIEWS.some(({ name }) => name === linked) ? linked : view;
  }

  offers(name) {
    return name !== "cell" || this.wired;
  }

  get name() {
    return this.offers(this.asked) ? this.asked : "unrolled";
  }

  get current() {
    return this.all[this.name];
  }

  get pace() {
    return this.current.pace ?? PACE;
  }

  open(name) {
    if (!this.offers(name) || name === this.name) return;
    this.before = this.name;
    this.asked = name;
    link.keep(this, "view", name === this.own ? null : name);
    this.changed();
  }

  // Out of the cell, to where one came from.
  back() {
    this.open(this.before === "cell" ? "unrolled" : this.before);
  }

  release() {
    link.release(this);
  }
}
