// What every stage component on a page shares: the playhead, what the pointer is over, and the pin.
// A point is { time, unit }, both from 0; time or unit may be null where only the other is known.

const moment = { playhead: null, hover: null, pin: null };
const listeners = new Set();

export function now() {
  return moment;
}

export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

// Tell all listeners but only of what did change: set({ hover: { time: 3, unit: 5 } }).
export function set(change) {
  const changed = Object.keys(change).filter((key) => !same(moment[key], change[key]));
  if (!changed.length) return;
  for (const key of changed) moment[key] = change[key];
  for (const listener of [...listeners]) listener(moment, changed);
}

function same(a, b) {
  if (a === b) return true;
  if (!a || !b || typeof a !== "object" || typeof b !== "object") return false;
  return a.time === b.time && a.unit === b.unit;
}
