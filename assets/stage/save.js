// What can be taken away: files that the browser makes of what it already has, and the menu that offers them.

import { make } from "./make.js";

export function download(name, content, type) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser may still be reading it
}

// Rows of cells as a CSV file. A cell that is no number, or undefined, is empty.
export function csv(rows) {
  const cell = (value) => {
    if (value === undefined || value === null || Number.isNaN(value)) return "";
    const text = String(value);
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return `${rows.map((row) => row.map(cell).join(",")).join("\n")}\n`;
}

// The shortest decimal number that float32 reads as this one: 0.1, not 0.10000000149011612.
export function shortest(value) {
  if (!Number.isFinite(value)) return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return Number(value.toPrecision(9));
}

// A button that opens a list of others. opener: the button; choices: { label, act }, where act may be a promise.
// Tab and the up and down arrows go through the list, Escape and a press elsewhere close it.
export function menu(opener, choices) {
  const note = make("small", {});
  note.setAttribute("role", "status");
  const list = make("div", { className: "choices", hidden: true });
  const element = make("span", { className: "menu" }, opener, list);
  const elsewhere = (event) => event.composedPath().includes(element) || open(false);
  const open = (wanted) => {
    list.hidden = !wanted;
    const leftwards = opener.getBoundingClientRect().left > window.innerWidth / 2;
    Object.assign(list.style, leftwards ? { left: "auto", right: 0 } : { left: 0, right: "auto" });
    opener.setAttribute("aria-expanded", String(wanted));
    note.textContent = "";
    document[wanted ? "addEventListener" : "removeEventListener"]("pointerdown", elsewhere, true);
  };
  const buttons = choices.map(({ label, act }) => make("button", { type: "button", textContent: label, onclick: async () => {
    try {
      await act();
      open(false);
      opener.focus();
    } catch (error) {
      note.textContent = `That did not work: ${error.message}.`;
    }
  } }));
  list.append(...buttons, note);
  open(false);
  opener.onclick = () => open(list.hidden);
  element.onkeydown = (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (list.hidden || (!by && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation(); // the player has other uses for these keys
    if (!by) {
      open(false);
      opener.focus();
      return;
    }
    const at = buttons.indexOf(event.composedPath()[0]); // -1: the opener
    const next = at < 0 && by < 0 ? -1 : (at + by) % buttons.length;
    buttons.at(next).focus();
  };
  element.onfocusout = ({ relatedTarget }) => relatedTarget && !element.contains(relatedTarget) && open(false);
  return element;
}

// The player and what it shows as one page that needs no server: what stage/standalone.py makes, byte by byte.
// bytes: the payload   base: where the app's assets are   opening: what stands in the address of the stage
export async function standalone({ bytes, title, opening }, base) {
  const read = async (name) => {
    const answer = await fetch(new URL(`stage/${name}`, base));
    if (!answer.ok) throw new Error(`the server has no ${name}`);
    return answer.text();
  };
  const found = {};
  const gather = async (name) => {
    found[name] = read(name);
    const needed = [...(await found[name]).matchAll(/ from "\.\/([a-z]+\.js)";/g)].map(([, other]) => other);
    await Promise.all(needed.filter((other) => !(other in found)).map(gather));
  };
  const [template, style] = await Promise.all([read("standalone.html"), read("player.css"), gather("player.js")]);
  const modules = {};
  for (const name of Object.keys(found).sort()) modules[name] = await found[name];
  const parts = {
    title: title.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;"),
    page: JSON.stringify({ modules, style, payload: await base64(bytes), opening }).replaceAll("<", "\\u003c"),
  };
  return template.replace(/\{\{([a-z]+)\}\}/g, (_, name) => parts[name]);
}

async function base64(bytes) {
  const reader = new FileReader();
  const read = new Promise((done, failed) => Object.assign(reader, { onload: done, onerror: () => failed(reader.error) }));
  reader.readAsDataURL(new Blob([bytes]));
  await read;
  return reader.result.slice(reader.result.indexOf(",") + 1);
}
