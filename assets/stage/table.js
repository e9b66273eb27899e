// A figure's own numbers as a table: one row for each point, bar or cell that plotly draws.

import { shortest } from "./save.js";

// traces: plotly's, with defaults filled in (`_fullData`)   layout: likewise (`_fullLayout`)
// A column is called by what its axis says, and left out where no row has anything in it.
export function tableOf(traces, layout) {
  const shown = traces.filter((trace) => trace.visible === true && !isLabel(trace));
  const panels = new Set(shown.map(({ xaxis, yaxis }) => `${xaxis} ${yaxis}`)).size > 1;
  const head = ["name", "panel", ...columns(shown, layout), "text"];
  const rows = shown.flatMap((trace) => {
    const panel = panels ? panelOf(trace, layout) : undefined;
    return points(trace).map(({ x, y, z, text }) => [nameOf(trace), panel, x, y, z, text && plain(text)]);
  });
  const filled = head.map((_, k) => rows.some((row) => !isEmpty(row[k])));
  return [head, ...rows].map((row) => row.filter((_, k) => filled[k]));
}

// Words that stand beside what another trace shows: where they stand says nothing.
function isLabel({ mode, text }) {
  return mode === "text" && !isList(text);
}

// What the columns of x, y and z are called: as all traces call them, or else by their letters.
function columns(traces, layout) {
  const scaled = traces.filter(({ z, showscale, coloraxis }) => isList(z) && (showscale || coloraxis));
  const titles = {
    x: traces.map(({ xaxis }) => titleOf(xaxis, "x", layout)),
    y: traces.map(({ yaxis }) => titleOf(yaxis, "y", layout)),
    z: scaled.map(({ colorbar, coloraxis }) => titled(coloraxis ? layout[coloraxis].colorbar : colorbar, "colorbar", layout)),
  };
  const names = Object.entries(titles).map(([letter, said]) => (new Set(said).size === 1 && said[0] ? plain(said[0]) : letter));
  return names.map((name, k) => (names.filter((other) => other === name).length > 1 ? `${name} (${"xyz"[k]})` : name));
}

// A trace that nobody named is known by the one that it belongs to; plotly would call it "trace 3".
function nameOf({ _input, legendgroup }) {
  return plain(_input.name || legendgroup || "");
}

function points(trace) {
  const { x, y, z, text } = trace;
  if (isList(z) && isList(z[0])) {
    const across = z[0].length;
    return Array.from({ length: z.length * across }, (_, k) => {
      const [row, column] = [Math.floor(k / across), k % across];
      return { x: at(x, column, trace.x0, trace.dx), y: at(y, row, trace.y0, trace.dy), z: number(z[row], column) };
    });
  }
  const length = Math.max(x?.length ?? 0, y?.length ?? 0);
  return Array.from({ length }, (_, k) => ({
    x: at(x, k, trace.x0, trace.dx), y: at(y, k, trace.y0, trace.dy), z: isList(z) ? number(z, k) : undefined, text: isList(text) ? text[k] : undefined,
  }));
}

// A coordinate; where the trace has no list of them, they are evenly spaced.
function at(list, k, start = 0, step = 1) {
  return isList(list) ? number(list, k) : start + k * step;
}

function number(list, k) {
  return list instanceof Float32Array ? shortest(list[k]) : list[k];
}

function isEmpty(value) {
  return value === undefined || value === null || value === "" || Number.isNaN(value);
}

function isList(value) {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

// Which of several pairs of axes: by the titles of the axes, or else by plotly's names for them.
function panelOf({ xaxis, yaxis }, layout) {
  const [across, up] = [titleOf(xaxis, "x", layout), titleOf(yaxis, "y", layout)];
  const above = layout.annotations?.find(({ xref, yref }) => xref === `${xaxis} domain` && yref === `${yaxis} domain`)?.text;
  return plain([above, up, across].filter(Boolean).join(" / ")) || `${xaxis} ${yaxis}`;
}

function titleOf(name, letter, layout) {
  return titled(layout[name?.replace(letter, `${letter}axis`)], letter, layout);
}

// What stands at an axis or a colour bar; "log10" before it where ticks such as 10⁻³ at −3 say that its numbers are logarithms.
function titled(axis, letter, layout) {
  const text = axis?.title?.text;
  const title = text === layout._dfltTitle?.[letter] ? "" : text ?? ""; // plotly's own words where there is no title
  const ticks = isList(axis?.ticktext) ? Array.from(axis.ticktext, String) : [];
  const logarithms = ticks.some((tick) => tick.includes("10<sup>")) && ticks.every((tick) => /(^|[≤≥] )(1|10<sup>[-−]?\d+<\/sup>)$/.test(tick));
  return logarithms ? `log10 ${title}`.trim() : title;
}

// Without plotly's markup.
function plain(text) {
  return String(text).replace(/<br\s*\/?>/g, " ").replace(/<\/?(b|i|em|sub|sup|span)[^>]*>/g, "");
}
