// Presentation mode: the stage large, prose away. It is the browser's own; what is drawn larger follows `scale`.

import * as link from "./link.js";
import { now, set } from "./moment.js";

const CLASS = "rnnviz-present";
const [WIDE, HIGH] = [820, 590]; // pixels of a window in which everything has the size that it has on a page
const LARGEST = 2.4;
const LEAST = 18; // pixels that letters are high which the last row must read
const owner = {};

export function presenting() {
  return document.documentElement.classList.contains(CLASS);
}

// How many times larger than on a page everything is drawn; 1 outside of the mode.
export function scale() {
  return now().scale ?? 1;
}

// The size of letters on a canvas that is itself drawn `zoom` times larger: as asked for, or as the mode needs it.
export function legible(size, zoom = 1) {
  const k = scale();
  return k > 1 ? Math.max(size, LEAST / (k * zoom)) : size;
}

// Enter or leave the mode, on this page and the pages that follow.
export function present(on) {
  document.documentElement.classList.toggle(CLASS, on);
  link.keep(owner, "present", on ? "1" : null);
  fit();
}

// A page begins: it is presented if the one before was, or if the link says so.
export function begin() {
  if (presenting() || link.read("present") === "1") present(true);
}

function fit() {
  const on = presenting();
  const room = Math.min(window.innerWidth / WIDE, window.innerHeight / HIGH, LARGEST);
  const k = on ? Math.max(1, Math.round(20 * room) / 20) : 1;
  document.documentElement.style.setProperty("--rnnviz-scale", String(k));
  set({ scale: k });
}

window.addEventListener("resize", () => presenting() && fit());
