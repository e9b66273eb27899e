// Where the nodes of each cell stand, laid out by hand: in a wide box, and in a narrow one for a phone. Numbers are
// places in that box; the picture scales it as a whole. The lines between the nodes follow from the cell's wiring.
//
// A place is the node's centre, its size, and its plate: the grid of all units that shows the line's vector. `caption`
// is where the number of the chosen unit stands. Where a line must turn at a certain point, `via` says so.

const WIDE = { plate: [72, 18], mini: [40, 10], card: [92, 54], linear: [44, 44], radius: 11, pill: [44, 20], ghost: 20 };
const NARROW = { plate: [36, 36], mini: [22, 22], card: [50, 66], linear: [27, 52], radius: 9, pill: [34, 18], ghost: 26 };

class Table {
  constructor(measures, ghost) {
    this.measures = measures;
    this.ghost = ghost;
    this.places = {};
    this.via = {};
  }

  // What enters the cell: its plate alone.
  source(key, x, y, caption = "above") {
    this.places[key] = { kind: "source", x, y, plate: this.plateAt(x, y), caption };
  }

  // W x + b or W h + b: a box with plate and number.
  linear(key, x, y, [w, h] = this.measures.linear, plate = this.measures.mini) {
    this.places[key] = { kind: "linear", x, y, w, h, plate: { x, y: y + (h > 48 ? -2 : 0), w: plate[0], h: plate[1] } };
  }

  // An operator in a circle or a pill, and beside it the plate of what leaves it.
  operator(key, x, y, plate, caption, { size = this.measures.plate, kind = "circle" } = {}) {
    const [w, h] = kind === "pill" ? this.measures.pill : [2 * this.measures.radius, 2 * this.measures.radius];
    this.places[key] = { kind, x, y, w, h, plate: { x: plate[0], y: plate[1], w: size[0], h: size[1] }, caption };
  }

  // A gate, a candidate or Elman's state: plate, number and name in one card. It grows upwards for a ghost.
  card(key, x, y, [w, h] = this.measures.card, plate = this.measures.plate) {
    const more = this.ghost ? this.measures.ghost : 0;
    const top = y - h / 2 - more;
    this.places[key] = { kind: "card", x, y: y - more / 2, w, h: h + more, plate: { x, y: top + plate[1] / 2 + 4, w: plate[0], h: plate[1] } };
  }

  // A gate with what it is made of, from the bottom up: the two linear layers, their sum, the gate.
  column(key, x, { card, sum, plate, linear, apart, h, token, size }) {
    this.linear(`${key}_h`, x - apart, linear);
    this.linear(`${key}_x`, x + apart, linear);
    this.operator(`${key}_pre`, x, sum, [x, plate], "right", { size });
    this.card(key, x, card);
    this.fromState(`${key}_h`, x - apart, h);
    this.fromInput(`${key}_x`, x + apart, token);
  }

  fromState(key, x, path) {
    this.via[`h'>${key}`] = [...path, [x, path.at(-1)?.[1] ?? this.bus]];
  }

  fromInput(key, x, [at, bus]) {
    this.via[`x>${key}`] = [[at, bus], [x, bus]];
  }

  plateAt(x, y, [w, h] = this.measures.plate) {
    return { x, y, w, h };
  }
}

function lstm(narrow, ghost) {
  const table = new Table(narrow ? NARROW : WIDE, ghost);
  const at = narrow
    ? { width: 360, height: 418, left: 24, columns: { f: 78, i: 134, g: 190, o: 246 }, lane: 54, plus: 162, mix: 132, carried: 120, kept: 213,
      side: 294, tanh: [97, 133], card: 212, right: 338, plate: 266, sum: 284, linear: 326, apart: 14, h: 368, x: 384, token: 404, size: [16, 16] }
    : { width: 660, height: 368, left: 46, columns: { f: 150, i: 250, g: 350, o: 450 }, lane: 42, plus: 300, mix: 102, carried: 225, kept: 378,
      side: 526, tanh: [82, 114], card: 186, right: 614, plate: 233, sum: 250, linear: 288, apart: 23, h: 324, x: 339, token: 355, size: [40, 10] };
  const { columns, lane, mix } = at;
  table.bus = at.h;
  const token = [(columns.i + columns.g) / 2, at.x];
  for (const [key, x] of Object.entries(columns)) table.column(key, x, { ...at, h: [], token });
  table.source("c'", at.left, lane);
  table.source("h'", at.left, at.h);
  table.operator("fc", columns.f, lane, [at.carried, lane], "above");
  table.operator("ig", at.plus, mix, [at.plus, (mix + lane) / 2], "right");
  table.operator("c", at.plus, lane, [at.kept, lane], "above");
  table.operator("tanh_c", at.side, at.tanh[0], [at.side, at.tanh[1]], "left", { kind: "pill" });
  table.operator("h", at.side, at.card, [at.right, at.card], "below");
  table.via["c>tanh_c"] = [[at.side, lane]];
  return { table, at, lane: ["c'>fc", "fc>c", "c>"], exits: { c: [at.width - 3, lane], h: [at.width - 3, at.card] },
    token: { x: token[0], y: at.token }, output: { x: at.right, y: lane + 18, stacked: true, level: at.card } };
}

function gru(narrow, ghost, before) {
  const table = new Table(narrow ? NARROW : WIDE, ghost);
  const at = narrow
    ? { width: 360, height: 440, left: 24, columns: { z: 86, r: 178 }, lane: ghost ? 103 : 84, plus: 182, mix: 160, product: 132, kept: ghost ? 254 : 240, one: 116, rest: 147,
      n: 316, linearH: 250, candidate: before ? 196 : 210, card: 240, exit: 262, meet: before ? 274 : 280, plate: 292, sum: 310, linear: 350, apart: 14, h: 390, x: 406,
      token: 426, size: [16, 16], drop: 50, bend: 216 }
    : { width: 660, height: 368, left: 46, columns: { z: 150, r: 300 }, lane: 66, plus: 330, mix: 124, product: 240, kept: 424, one: 206, rest: 268,
      n: 530, linearH: 430, candidate: before ? 168 : 178, card: 190, exit: 186, meet: 232, plate: 236, sum: 252, linear: 290, apart: 23, h: 326, x: 341,
      token: 356, size: [40, 10], drop: 98, bend: 376 };
  const { columns, lane, mix } = at;
  table.bus = at.h;
  const down = [[at.drop, lane], [at.drop, at.h]];
  const token = [narrow ? 216 : 365, at.x];
  for (const [key, x] of Object.entries(columns)) table.column(key, x, { ...at, h: down, token });
  table.source("h'", at.left, lane);
  table.operator("zh", columns.z, lane, [at.product, lane], "above");
  table.operator("h", at.plus, lane, [at.kept, lane], "above");
  table.operator("z_not", at.one, mix, [at.rest, mix], "above");
  table.operator("zn", at.plus, mix, [at.plus, (lane + mix) / 2], "right");
  table.via["z>zh"] = [];
  table.via["z>z_not"] = [[columns.z, mix]];
  table.via["n>zn"] = [[at.n, mix]];
  table.card("n", at.n, at.candidate);
  const mini = at.size;
  if (before) {
    const box = narrow ? 262 : 232;
    const gate = narrow ? 330 : 290;
    table.linear("n_x", at.n, at.linear);
    table.linear("n_h", at.linearH, box);
    table.operator("rh", at.linearH, gate, [at.linearH, (gate + box) / 2 + (narrow ? 8 : 6)], "right", { size: mini });
    table.operator("n_pre", at.n, box, [at.n, box - (narrow ? 18 : 17)], "right", { size: mini });
    table.via["r>rh"] = [[columns.r, at.exit], [at.bend, at.exit], [at.bend, gate]];
    table.via["h'>rh"] = [...down, [at.linearH, at.h]];
  } else {
    table.linear("n_x", at.n, at.linear);
    table.linear("hn", at.linearH, at.linear);
    table.operator("rhn", at.linearH, at.meet, [(at.linearH + at.n) / 2, at.meet], "above", { size: mini });
    table.operator("n_pre", at.n, at.meet, [at.n, at.meet - (narrow ? 18 : 17)], "right", { size: mini });
    table.via["r>rhn"] = [[columns.r, at.exit], [at.bend, at.exit], [at.bend, at.meet]];
    table.fromState("hn", at.linearH, down);
  }
  table.fromInput("n_x", at.n, token);
  return { table, at, lane: ["h'>zh", "zh>h", "h>"], exits: { h: [at.width - 3, lane] }, token: { x: token[0], y: at.token },
    output: { x: narrow ? 276 : 560, y: 4, stacked: false, level: lane, up: narrow ? 306 : 560 } };
}

function elman(narrow, ghost) {
  const table = new Table(narrow ? NARROW : WIDE, ghost);
  const at = narrow
    ? { width: 360, height: 400, row: 200, left: 26, h: 92, plus: 150, sum: 196, card: 262, up: 326, linear: 290, token: 378 }
    : { width: 560, height: 320, row: 134, left: 46, h: 146, plus: 222, sum: 292, card: 402, up: 510, linear: 222, token: 298 };
  const { row } = at;
  const [big, plate] = narrow ? [[44, 62], [30, 30]] : [[92, 54], [72, 18]];
  table.source("h'", at.left, row);
  table.linear("h_h", at.h, row, big, plate);
  table.linear("h_x", at.plus, at.linear, big, plate);
  table.operator("h_pre", at.plus, row, [at.sum, row], "above");
  table.card("h", at.card, row, narrow ? [60, 66] : [112, 58]);
  return { table, at, lane: [], exits: { h: [at.width - 3, row] }, token: { x: at.plus, y: at.token },
    output: { x: narrow ? 276 : 460, y: narrow ? 60 : 20, stacked: false, level: row, up: at.up } };
}

// The layout of a trace's cell: { width, height, places, edges: [{ from, to, points, thick }], token, output }.
// Each edge is a list of corners, from centre to centre; `to` is "" where it leaves the cell, "output" to the output.
export function layoutOf(data, narrow) {
  const keys = new Set(data.wiring.operations.map(({ key }) => key));
  const ghost = data.ghost !== null;
  const made = keys.has("c") ? lstm(narrow, ghost) : keys.has("z") ? gru(narrow, ghost, keys.has("rh")) : elman(narrow, ghost);
  const { table, at, lane, exits, token, output } = made;
  const { places, via } = table;
  places.x = { kind: "token", ...token, w: 26, h: 24 };
  const edges = [];
  const add = (from, to, end, turns) => {
    const { x, y, plate = { x, y } } = places[from];
    const trunk = places[from].kind === "card" || places[from].kind === "linear" ? [[x, y]] : [[x, y], [plate.x, plate.y]];
    const points = orthogonal([...trunk, ...(turns ?? []), end]);
    edges.push({ from, to, points, thick: lane.includes(`${from}>${to}`) });
  };
  for (const { key, inputs } of data.wiring.operations) {
    for (const from of inputs) add(from, key, [places[key].x, places[key].y], via[`${from}>${key}`]);
  }
  for (const [from, end] of Object.entries(exits)) add(from, "", end);
  const panel = panelOf(output, at, narrow, ghost);
  if (data.speaks) add("h", "output", [panel.middle, panel.y + panel.h + 2], [[panel.middle, output.level]]);
  return { width: at.width, height: at.height, places, edges, panel, measures: table.measures, narrow };
}

// Where the likeliest next characters stand: one below the other, or side by side.
function panelOf({ x, y, stacked, up }, { width }, narrow, ghost) {
  const row = stacked ? (narrow ? 26 : 16) : narrow ? 30 : 19;
  const before = ghost ? (stacked ? (narrow ? 34 : 27) : 14) : 0;
  const w = stacked ? (narrow ? 42 : 76) : narrow ? 164 : 190;
  const left = Math.min(x - w / 2, width - w - 2);
  return { x: left, y, w, h: (stacked ? 3 * row : row) + before + 11, row, stacked, middle: stacked ? x : up ?? x };
}

// Corners between points that are not on one line: first up or down, then across.
function orthogonal(points) {
  const result = [points[0]];
  for (const [x, y] of points.slice(1)) {
    const [px, py] = result.at(-1);
    if (px === x && py === y) continue;
    if (px !== x && py !== y) result.push([px, y]);
    result.push([x, y]);
  }
  return result;
}
