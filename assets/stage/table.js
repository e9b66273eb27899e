// A figure's own numbers as a table: one row for each point, bar or cell that plotly draws.

import { shortest } from "./save.js";

// traces: plotly's, with defaults filled in (`_fullData`)   layout: likewise (`_fullLayout`)
export function tableOf(traces, layout) {
  const shown = traces.filter(({ visible }) => visible === true);
  const panels = new Set(shown.map(({ xaxis, yaxis }) => `${xaxis} ${yaxis}`)).size > 1;
  const texts = shown.some(({ text }) => isList(text) && !isList(text[0]));
  const head = ["name", ...(panels ? ["panel"] : []), "x", "y", "z", ...(texts ? ["text"] : [])];
  const rows = shown.flatMap((trace) => {
    const panel = panels ? [panelOf(trace, layout)] : [];
    return points(trace).map(({ x, y, z, text }) => [plain(trace.name ?? ""), ...panel, x, y, z, ...(texts ? [text && plain(text)] : [])]);
  });
  return [head, ...rows];
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

function isList(value) {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

// Which of several pairs of axes: by the titles of the axes, or else by plotly's names for them.
function panelOf({ xaxis, yaxis }, layout) {
  const [across, up] = [[xaxis, "x"], [yaxis, "y"]].map(([name, letter]) => {
    const text = layout[name.replace(letter, `${letter}axis`)]?.title?.text;
    return text === layout._dfltTitle?.[letter] ? null : text; // plotly's own words for an axis without a title
  });
  const above = layout.annotations?.find(({ xref, yref }) => xref === `${xaxis} domain` && yref === `${yaxis} domain`)?.text;
  return plain([above, up, across].filter(Boolean).join(" / ")) || `${xaxis} ${yaxis}`;
}

// Without plotly's markup.
function plain(text) {
  return String(text).replace(/<br\s*\/?>/g, " ").replace(/<\/?(b|i|em|sub|sup|span)[^>]*>/g, "");
}
