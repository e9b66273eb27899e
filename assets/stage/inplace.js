// Moves what plotly.js has drawn, where nothing but the numbers of a figure changed: lines, the bands between them,
// points, their words, bars, the cells of a heatmap. It takes a millisecond or two where plotly takes twenty, for axes,
// legend and layout stay as they are. What it cannot move it leaves to plotly, and with it all of the figure.

import { cells, known } from "./cells.js";

const MOVES = { scatter: ["x", "y", "customdata"], bar: ["x", "y", "customdata"], heatmap: ["z", "customdata"] };
const FAR = 1e5; // pixels beyond which no point is put: paths do not take all that numbers can be
// A trace's points, or words -> { i, node, look } as one last stood there, with this look: a new one is its copy. Words
// have says, too: the numbers in them, for when their point is gone nothing else tells.
const models = new WeakMap();

// changes: [which trace, { attribute: its new numbers }], each trace once. True if the figure shows all of them now.
export function inPlace(plot, changes) {
  if (!plot.calcdata) return false;
  const acts = changes.map(([at, values]) => mover(plot, at, values));
  if (!acts.every(Boolean)) return false;
  // What plotly knows of the numbers first: the label under the pointer and the saved table are made of that, and bands
  // lie between two traces.
  for (const [at, values] of changes) for (const one of [plot.data[at], plot._fullData[at]]) Object.assign(one, values);
  for (const act of acts) act();
  return true;
}

// Has plotly draw, out of sight, a point of each trace in which none has stood yet: one that is to begin is its copy.
export async function prepare(Plotly, plot) {
  const bare = plot._fullData.flatMap((full, k) => {
    const group = full.type === "scatter" && full.mode?.includes("markers") && plot.calcdata[k]?.[0]?.node3?.node();
    const nodes = group && alike(full.marker) && new Nodes(group, "points", "point", full.marker);
    return nodes && !nodes.model ? [{ full, nodes }] : [];
  });
  if (!bare.length) return;
  const spare = document.createElement("div");
  const one = (colours) => (typeof colours === "object" ? colours[0] : colours);
  const traces = bare.map(({ full: { marker } }) => ({
    type: "scatter", mode: "markers", x: [0], y: [0],
    marker: { ...marker, color: one(marker.color), line: { ...marker.line, color: one(marker.line.color) } },
  }));
  try {
    await Plotly.newPlot(spare, traces, { width: 100, height: 100, showlegend: false }, { staticPlot: true });
    spare.querySelectorAll(".point").forEach((node, k) => bare[k].nodes.keep(0, node));
  } finally {
    Plotly.purge(spare);
  }
}

// What shows the numbers of one trace; null where plotly must.
function mover(plot, at, values) {
  const [full, calculated] = [plot._fullData[at], plot.calcdata[at]];
  if (!Object.keys(values).every((name) => MOVES[full.type]?.includes(name))) return null;
  if (full.visible === "legendonly") return () => {}; // plotly draws it from its numbers when it is shown again
  if (full.error_x?.visible || full.error_y?.visible) return null;
  if (full.type === "heatmap") return cells(plot, full, calculated[0], values.z ?? full.z, ["x", "y"].map((letter) => axisOf(plot, full, letter)));
  return full.type === "bar" ? bars(plot, full, calculated, values) : scatter(plot, full, calculated, values);
}

function scatter(plot, full, calculated, values) {
  const [x, y] = ["x", "y"].map((letter) => ({ numbers: values[letter] ?? full[letter] ?? [], axis: axisOf(plot, full, letter), moves: values[letter] }));
  const places = Array.from({ length: Math.min(x.numbers.length, y.numbers.length) }, (_, i) => [put(x, i), put(y, i)]);
  const group = calculated[0]?.node3?.node();
  if (!group) return places.some(stands) ? null : () => {};
  if (!places.length || full.stackgroup || [x, y].some(({ axis, moves }) => moves && (axis.autorange || !/linear|log/.test(axis.type)))) return null;
  const row = ({ x, y, customdata }) => (i) => ({ x: x?.[i], y: y?.[i], customdata: customdata?.[i] });
  const cuts = !plot._fullLayout._plots[full.xaxis + full.yaxis].layerClipId;
  const trace = { full, group, places, x, y, cuts, was: row(full), now: row({ ...full, ...values }) };
  const acts = [line, points, words].map((act) => act(trace, calculated));
  const bands = [[full._prevtrace, full], [full, full._nexttrace]].filter(([, above]) => above?.fill && above.fill !== "none");
  acts.push(...bands.map(([below, above]) => band(plot, below, above)));
  if (!acts.every(Boolean)) return null;
  return () => {
    for (const act of acts) act();
    calculated.length = places.length;
    places.forEach((_, i) => {
      const [across, up] = [x, y].map((one) => number(one, i));
      const both = Number.isFinite(across) && Number.isFinite(up);
      Object.assign((calculated[i] ??= { i }), both ? { x: across, y: up } : { x: undefined, y: undefined });
    });
  };
}

function line({ full, group, places, x, y }) {
  if (!full.mode.includes("lines")) return () => {};
  if (full.line.shape !== "linear" || full.connectgaps) return null;
  const [drawn, d] = [group.querySelectorAll(":scope > .lines > .js-line"), path(places.map((_, i) => [put(x, i, true), put(y, i, true)]))];
  if (!drawn.length) return d ? null : () => {};
  return () => drawn.forEach((one, k) => one.setAttribute("d", k ? "" : d));
}

// What is filled between a line and the one before it.
function band(plot, below, above) {
  const group = below && plot.calcdata[below.index][0]?.node3?.node();
  const fills = group?.querySelectorAll(":scope > .fills .js-fill");
  if (above.fill !== "tonexty" || fills?.length !== 1) return null;
  return () => {
    const [there, back] = [above, below].map((full) => {
      const [x, y] = ["x", "y"].map((letter) => ({ numbers: full[letter], axis: axisOf(plot, full, letter) }));
      return Array.from(y.numbers, (_, i) => [put(x, i, true), put(y, i, true)]).filter(stands);
    });
    fills[0].setAttribute("d", `${path([...there, ...back.reverse()])}Z`);
  };
}

function points(trace, calculated) {
  const { full, group, places, x, y } = trace;
  if (!full.mode.includes("markers")) return () => {};
  const { marker } = full;
  const nodes = new Nodes(group, "points", "point", marker);
  if (!(alike(marker) && nodes.model) && places.some((place, i) => stands(place) && !nodes.has(i))) return null;
  // An arrow is drawn in its direction: it is turned by so much as that changed since.
  const were = calculated.map((one) => [x.axis.c2p(one.x), y.axis.c2p(one.y)]);
  return () => places.forEach((place, i) => {
    const node = nodes.at(i, stands(place), (made) => colour(marker, made, i));
    if (!node) return;
    const turned = marker.angleref === "previous" ? `rotate(${turn(node, direction(were, i), direction(places, i))})` : "";
    node.setAttribute("transform", `translate(${place})${turned}`);
    within(trace, node, place);
  });
}

// Whether all points of a trace look the same, but for colours that say themselves what they are.
function alike({ line, gradient, ...marker }) {
  const many = (one) => Array.isArray(one) || ArrayBuffer.isView(one);
  const said = (colours) => typeof colours !== "object" || Array.from(colours).every((one) => /^#[\da-f]{6}$/i.test(one));
  const others = [marker, line].flatMap(({ color, ...rest }) => Object.values(rest));
  return marker.angleref !== "previous" && (gradient?.type ?? "none") === "none" && !others.some(many) && said(marker.color) && said(line.color);
}

// Gives a point that begins to stand its own colours, as plotly does.
function colour({ symbol, color, line }, node, i) {
  const open = /-open/.test(symbol);
  if (typeof color === "object") node.style[open ? "stroke" : "fill"] = color[i];
  if (typeof line.color === "object" && !open && line.width) node.style.stroke = line.color[i];
}

// Degrees by which a node is turned that plotly drew in one direction and that shows another now.
function turn(node, before, now) {
  const d = node.getAttribute("d");
  if (node.drawn?.d !== d) node.drawn = { d, before };
  return ((now - node.drawn.before) * 180) / Math.PI || 0; // what follows a gap has no direction
}

function direction(places, i) {
  return i ? Math.atan2(places[i][1] - places[i - 1][1], places[i][0] - places[i - 1][0]) : 0;
}

function words(trace) {
  const { full, group, places, was, now } = trace;
  if (!full.mode.includes("text")) return () => {};
  const { text, texttemplate, textposition, textfont } = full;
  const nodes = new Nodes(group, "text", "textpoint", [text, texttemplate, textposition, textfont]);
  const [said, template] = [text, texttemplate].map((texts) => (i) => (typeof texts === "object" ? texts?.[i] : texts) || "");
  const same = nodes.model && [text, texttemplate, textposition, ...Object.values(textfont)].every((one) => typeof one !== "object");
  if (nodes.nodes.size) nodes.model.says = numbersOf(template(nodes.model.i), was(nodes.model.i));
  const changes = new Map();
  for (const [i, place] of places.entries()) {
    if (!stands(place) || !(template(i) || said(i))) continue;
    const [before, after] = [nodes.has(i) ? numbersOf(template(i), was(i)) : same && nodes.model.says, numbersOf(template(i), now(i))];
    if (!before || !after) return null;
    changes.set(i, before.map((one, k) => [one, after[k]]));
  }
  return () => places.forEach((place, i) => {
    const node = nodes.at(i, changes.has(i));
    if (!node) return;
    for (const one of node.querySelectorAll("text, tspan.line")) ["x", "y"].forEach((name, k) => one.setAttribute(name, place[k]));
    replace(node, changes.get(i));
    within(trace, node, place);
  });
}

// Numbers in an element's words, [before, after] from left to right: each is looked for behind the one before it.
function replace(node, numbers) {
  const texts = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  let [text, from] = [texts.nextNode(), 0];
  for (const [before, after] of numbers) {
    while (text && text.data.indexOf(before, from) < 0) [text, from] = [texts.nextNode(), 0];
    if (!text) return;
    const at = text.data.indexOf(before, from);
    if (before !== after) text.replaceData(at, before.length, after);
    from = at + after.length;
  }
}

// The numbers that a template writes, in order; null where it writes others than d3-format's f, g and % of what is not
// negative.
function numbersOf(template, row) {
  const found = [];
  for (const [, name, at, format] of template.matchAll(/%\{(\w+)(?:\[(\d+)\])?(?::([^}]*))?\}/g)) {
    const value = at === undefined ? row[name] : row[name]?.[at];
    const [, digits, kind] = /^\.(\d)([fg%])$/.exec(format) ?? [];
    if (!kind || !(value >= 0)) return null;
    if (kind === "g") found.push(value.toPrecision(digits));
    else found.push(kind === "%" ? `${(100 * value).toFixed(digits)}%` : value.toFixed(digits));
  }
  return found;
}

// What plotly drew for each point, by the point's number, which d3 keeps with the element.
class Nodes {
  // look: all that decides what they look like, for a theme or a larger screen may have changed it
  constructor(group, holder, kind, look) {
    this.look = JSON.stringify(look);
    this.holder = group.querySelector(`:scope > .${holder}`);
    this.nodes = new Map([...this.holder.querySelectorAll(`:scope > .${kind}`)].map((node) => [node.__data__.i, node]));
    const [first] = this.nodes;
    if (first) this.keep(...first);
    const model = models.get(this.holder);
    this.model = model?.look === this.look ? model : null;
  }

  keep(i, node) {
    models.set(this.holder, { i, node: node.cloneNode(true), look: this.look });
  }

  has(i) {
    return this.nodes.has(i);
  }

  // The element of a point, which begins to stand there or goes; null where none stands.
  // made: told of an element that is new.
  at(i, stands, made) {
    const node = this.nodes.get(i);
    if (!stands) node?.remove();
    if (!stands) return null;
    return node ?? this.add(i, made);
  }

  // Among the others in the order of their numbers, as plotly has them: the last lies on top.
  add(i, made) {
    const [, next] = [...this.nodes].find(([k]) => k > i) ?? [];
    const node = this.holder.insertBefore(this.model.node.cloneNode(true), next ?? null);
    node.__data__ = { i };
    made?.(node);
    return node;
  }
}

// Bars that begin at 0, each from there to its value.
function bars(plot, full, calculated, values) {
  const [letter, place, end] = full.orientation === "h" ? ["x", "y", /H[^V]*/] : ["y", "x", /V[^H]*/];
  const axis = axisOf(plot, full, letter);
  const nodes = calculated[0]?.node3?.node().querySelectorAll(":scope > .points > .point > path") ?? [];
  if (values[place] || axis.autorange || axis.type !== "linear" || full.texttemplate || full.text) return null;
  if (!/overlay|group/.test(plot._fullLayout.barmode) || nodes.length !== calculated.length || calculated.some(({ s0 }) => s0 !== 0)) return null;
  const numbers = values[letter] ?? full[letter];
  if (numbers.length !== calculated.length) return null;
  return () => nodes.forEach((node, i) => {
    const value = known(numbers[i]);
    node.setAttribute("d", node.getAttribute("d").replace(end, end.source[0] + axis.c2p(value ?? 0).toFixed(2)));
    Object.assign(calculated[i], { s: value, s1: value, [letter]: value });
  });
}

// ── Places ──

function axisOf(plot, full, letter) {
  return plot._fullLayout[`${letter}axis${full[`${letter}axis`].slice(1)}`];
}

function number({ numbers, axis }, i) {
  return typeof numbers[i] === "string" ? axis.d2c(numbers[i]) : numbers[i];
}

// The pixel of a number. On a log axis, lines go down to what is not above 0, as far as one sees; nothing stands there.
function put({ numbers, axis }, i, joined = false) {
  const value = number({ numbers, axis }, i);
  if (!Number.isFinite(value)) return NaN;
  const pixel = axis.c2p(value);
  return Number.isFinite(pixel) || !joined ? Math.min(FAR, Math.max(-FAR, pixel)) : FAR * Math.sign(axis.c2p(value, true));
}

function stands([left, top]) {
  return !Number.isNaN(left) && !Number.isNaN(top);
}

// Straight lines, with gaps where no point is; a point alone is no line.
function path(places) {
  let [d, run] = ["", []];
  const end = () => {
    if (run.length > 1) d += `M${run.join("L")}`;
    run = [];
  };
  for (const place of places) {
    if (stands(place)) run.push(`${place[0].toFixed(2)},${place[1].toFixed(2)}`);
    else end();
  }
  end();
  return d;
}

// Where one trace may stand beyond the axes, plotly cuts none there: what is beyond them is not shown.
function within({ cuts, x: { axis: across }, y: { axis: up } }, node, [left, top]) {
  if (cuts) return;
  const shown = left >= 0 && left <= across._length && top >= 0 && top <= up._length;
  if (shown) node.removeAttribute("display");
  else node.setAttribute("display", "none");
}
