// What of a figure is new where nothing but its numbers changed: that is moved in place (inplace.js).

const NUMBERS = ["x", "y", "z", "customdata"];
const TYPES = { i1: Int8Array, u1: Uint8Array, i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array, f4: Float32Array, f8: Float64Array };

// before, after: { header, figure } as they arrived. Which trace -> { attribute: its new numbers }; null where anything
// else changed, or numbers came or went.
export function changesOf(before, after) {
  if (bones(before) !== bones(after)) return null;
  const changes = new Map();
  for (const [k, trace] of after.figure.data.entries()) {
    const was = before.figure.data[k];
    const names = NUMBERS.filter((name) => JSON.stringify(trace[name]) !== JSON.stringify(was[name]));
    if (names.some((name) => trace[name] === undefined || was[name] === undefined)) return null;
    if (names.length) changes.set(k, Object.fromEntries(names.map((name) => [name, unpacked(trace[name])])));
  }
  return changes;
}

// All but the numbers, and but the labels of the steps, which the chart draws by itself.
function bones({ header: { sweep, dark, line, accent }, figure: { layout, data } }) {
  const { labels, ...meta } = layout.meta ?? {};
  const rest = (key, value) => (NUMBERS.includes(key) && typeof value === "object" ? undefined : value);
  return JSON.stringify([dark, line, accent, sweep?.targets, { ...layout, meta }, Boolean(labels), data], rest);
}

// Numbers as plotly.py packs them, or as they are.
function unpacked(numbers) {
  if (!numbers?.bdata) return numbers;
  const list = new TYPES[numbers.dtype](Uint8Array.from(atob(numbers.bdata), (letter) => letter.charCodeAt(0)).buffer);
  const columns = Number(String(numbers.shape ?? "").split(",")[1]);
  if (!columns) return list;
  return Array.from({ length: list.length / columns }, (_, k) => list.subarray(k * columns, (k + 1) * columns));
}
