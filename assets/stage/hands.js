// What a person does with pointer and keyboard, and what the player does then.

import { now, set } from "./moment.js";
import { scale } from "./presenting.js";
import { says } from "./tip.js";

export function listen(player) {
  const { canvas } = player;
  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / scale(), (event.clientY - box.top) / scale()];
  };
  let dragging = false;
  let pressed = [0, 0]; // a click's own place is in whole pixels, a press's is not: what is clicked is what was pointed at
  canvas.onpointermove = (event) => {
    const [x, y] = place(event);
    if (dragging) player.centre(player.current.stepAcross(x));
    else over(player, player.current.at(x, y), x, y);
  };
  canvas.onpointerleave = () => over(player, null);
  canvas.onpointerdown = (event) => {
    pressed = place(event);
    const step = player.current.inMap(...pressed);
    if (step === null) return;
    dragging = true;
    canvas.setPointerCapture(event.pointerId);
    player.centre(step);
  };
  canvas.onpointerup = canvas.onpointercancel = () => setTimeout(() => { dragging = false; }, 0);
  canvas.onclick = () => {
    const point = dragging ? null : player.current.at(...pressed);
    if (point) click(player, point);
  };
  canvas.addEventListener("wheel", (event) => {
    if (player.count === null || Math.abs(event.deltaX) <= Math.abs(event.deltaY)) return;
    event.preventDefault();
    player.scroll(player.first + Math.sign(event.deltaX) * Math.max(1, Math.round(player.count / 12)));
  }, { passive: false });
  player.element.onkeydown = (event) => press(player, event);
}

// A unit is pinned; a step is jumped to, and opened; a part of a view that does something by itself does it.
function click(player, point) {
  const time = point.time ?? player.timeline.step;
  if (point.act) {
    point.act();
    player.request();
  } else if (point.gradient) {
    player.jump(player.timeline.end - time - 1);
  } else if (point.unit === null) {
    player.goTo(time + 1);
    player.views.open("cell");
  } else {
    if (point.seek) player.goTo(time + 1);
    player.pin({ time, unit: point.unit });
  }
}

// The pointer is over what a view's `at` returned, or over nothing.
export function over(player, point, x, y) {
  const { canvas, tip } = player;
  canvas.style.cursor = point && point.unit !== null ? "crosshair" : "pointer";
  tip.hidden = !point;
  player.current.over?.(point);
  set({ hover: point && (point.unit !== null || point.gradient) ? { time: point.time, unit: point.unit, other: point.other } : null });
  player.request();
  if (!point) return;
  const [number, small] = point.words ?? says(player.data, point);
  const opens = point.unit === null && !point.gradient && player.view !== "cell" && player.views.offers("cell") ? "; click to look inside the cell" : "";
  tip.replaceChildren(number, Object.assign(document.createElement("small"), { textContent: small + opens }));
  const room = player.width - tip.offsetWidth - 4;
  tip.style.left = `${Math.max(0, Math.min(x * scale() + 14, room))}px`;
  tip.style.top = `${y * scale() + 18}px`;
}

// Into the cell, at the step of the number that is pinned.
function lookInside(player) {
  const { pin } = now();
  if (pin && player.view !== "cell") player.goTo(pin.time + 1);
  player.views.open("cell");
}

function press(player, event) {
  const target = event.composedPath()[0];
  const theirs = { " ": ["BUTTON", "SELECT"], Enter: ["BUTTON", "SELECT", "INPUT"], default: ["SELECT", "INPUT"] };
  if ((theirs[event.key] ?? theirs.default).includes(target.tagName)) return;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { timeline, views } = player;
  const act = {
    " ": () => timeline.toggle(),
    ArrowRight: () => timeline.by(1),
    ArrowLeft: () => timeline.by(-1),
    Home: () => player.jump(0),
    End: () => player.jump(timeline.end),
    ArrowDown: () => player.pinBeside(1),
    ArrowUp: () => player.pinBeside(-1),
    Enter: () => lookInside(player),
    Escape: () => (views.name === "cell" ? views.back() : player.pin(null)),
  }[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}
