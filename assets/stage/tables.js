// Every table in the prose of a page can be taken away: a button below it saves it as CSV.

import { make } from "./make.js";
import { csv, download } from "./save.js";

const NAME = "Save this table as CSV";

export function offer(table) {
  const button = make("button", { type: "button", title: NAME, textContent: "CSV", onclick: () => save(table) });
  button.setAttribute("aria-label", NAME);
  table.append(make("caption", { className: "rnnviz-save" }, button));
}

function save(table) {
  const all = Array.from(document.querySelectorAll(".rnnviz-save"), (one) => one.parentElement);
  const lesson = window.location.pathname.split("/").at(-1) || "rnnviz";
  const rows = Array.from(table.rows, ({ cells }) => Array.from(cells, words));
  download(`${lesson}-table-${all.indexOf(table) + 1}.csv`, csv(rows), "text/csv");
}

// What a cell says: a formula as its LaTeX, a number as programs read it.
function words(cell) {
  const copy = cell.cloneNode(true);
  for (const formula of copy.querySelectorAll(".katex")) formula.replaceWith(formula.querySelector("annotation").textContent);
  const text = copy.textContent.trim();
  const number = text.replace("−", "-").replaceAll(/,(?=\d{3}\b)/g, "");
  return text && Number.isFinite(Number(number)) ? number : text;
}
