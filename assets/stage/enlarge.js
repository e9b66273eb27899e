// A plotly figure drawn k times larger, in place: its letters, margins, marks and lines, and with them its height.

const LEAST = 18.6; // letters of a figure that is enlarged are at least that high, and so its exponents 13 (plotly: 70 %)
const EDGES = new Set(["t", "r", "b", "l", "pad"]);
const LENGTHS = { colorbar: ["thickness", "xpad", "ypad"], annotation: ["xshift", "yshift", "ax", "ay", "standoff", "arrowwidth"], title: ["standoff"] };

export function enlarge({ data, layout }, k) {
  const beside = Math.max(k, LEAST / 13); // what stands beside the plot grows as its letters do
  const { margin } = layout;
  layout.height = k * layout.height + (beside - k) * (margin.t + margin.b);
  layout.margin = Object.fromEntries(Object.entries(margin).map(([edge, value]) => [edge, (beside / k) * value]));
  layout.hoverlabel = { font: { size: 13 } }; // plotly's own, which follows no other font
  for (const one of [...data, layout]) walk(one, "", k);
}

function walk(node, name, k) {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === "number") node[key] = sized(name, key, value, k);
    else if (Array.isArray(value) && name === "marker" && key === "size") node[key] = value.map((one) => one * k);
    else if (Array.isArray(value)) value.forEach((one) => isObject(one) && walk(one, key.replace(/s$/, ""), k));
    else if (isObject(value) && value.bdata === undefined && !ArrayBuffer.isView(value)) walk(value, key, k);
  }
}

function sized(name, key, value, k) {
  if (/font$/i.test(name) && key === "size") return Math.max(value * k, LEAST);
  if ((name === "marker" && key === "size") || (name === "line" && key === "width")) return value * k;
  if (name === "margin" && EDGES.has(key)) return value * k;
  return LENGTHS[name]?.includes(key) ? value * k : value;
}

function isObject(value) {
  return value !== null && typeof value === "object";
}
