// What every stage component on a page shares: the playhead, what the pointer is over, and the pin.
// A point is { time, unit }, both from 0; time or unit may be null where only the other is known. A hover over a pair of
// steps has the second of them as `other`.

const moment = { playhead: null, hover: null, pin: null };
const owners = new Map(); // key -> who set it last, by name
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

// Like set, and remembered as this owner's: `disown` takes back only what nobody else has set since.
export function own(owner, change) {
  for (const key of Object.keys(change)) owners.set(key, owner);
  set(change);
}

export function disown(owner) {
  const left = [...owners].filter(([, one]) => one === owner).map(([key]) => key);
  for (const key of left) owners.delete(key);
  set(Object.fromEntries(left.map((key) => [key, null])));
}

function same(a, b) {
  if (a === b) return true;
  if (!a || !b || typeof a !== "object" || typeof b !== "object") return false;
  return a.time === b.time && a.unit === b.unit && a.other === b.other;
}
