// A picture of the player as it stands, with its title, its words and its scales: in pixels twice as fine as on the
// screen, or as a drawing without pixels but those of its heatmaps.

import { recorded } from "./vector.js";

const SCALE = 2;
const ROOM = 14; // around everything, in css pixels

// A promise of a PNG.
export function pictureOf(player) {
  const sheet = sheetOf(player);
  const paper = Object.assign(document.createElement("canvas"), { width: Math.round(sheet.width * SCALE), height: Math.round(sheet.height * SCALE) });
  drawOn(paper, player, sheet, SCALE);
  return new Promise((done, failed) => paper.toBlob((blob) => (blob ? done(blob) : failed(new Error("the picture is too large"))), "image/png"));
}

// The same as an SVG file, as text.
export function drawingOf(player) {
  const sheet = sheetOf(player);
  const text = recorded(Math.round(sheet.width), Math.round(sheet.height), player.colours.background, (paper) => drawOn(paper, player, sheet, 1));
  player.arrange(); // on the screen again: what was drawn meanwhile was written down
  return text;
}

// Where everything is that belongs to the picture, in the places of the window.
function sheetOf(player) {
  const [words, picture] = [player.readout.parentElement, player.picture].map((one) => one.getBoundingClientRect());
  const heading = new Heading(player.data.title, picture.width, player.colours);
  const [left, top] = [picture.left - ROOM, Math.min(words.top, picture.top) - heading.height - 2 * ROOM];
  const height = Math.max(words.bottom, picture.bottom) - top + ROOM;
  return { heading, left, top, width: picture.width + 2 * ROOM, height };
}

function drawOn(paper, player, { heading, left, top }, scale) {
  const { element, canvas, colours } = player;
  const context = paper.getContext("2d");
  context.fillStyle = colours.background;
  context.fillRect(0, 0, paper.width, paper.height);
  context.scale(scale, scale);
  heading.draw(context, ROOM, ROOM);
  context.translate(-left, -top); // from here on in the places of the window
  const place = canvas.getBoundingClientRect();
  context.drawImage(rendered(player, scale), place.left, place.top, place.width, place.height);
  for (const strip of player.legend.querySelectorAll("i")) drawStrip(context, strip);
  const asides = [...player.picture.children].filter((one) => one !== canvas && one !== player.tip && !one.hidden);
  for (const one of [player.readout, player.legend, ...asides]) drawWords(context, one);
  element.dataset.saved = String(Number(element.dataset.saved ?? 0) + 1);
}

// The canvas alone, painted anew in finer pixels; then the screen's again.
function rendered(player, scale) {
  const { canvas } = player;
  const { width, height } = canvas.getBoundingClientRect();
  Object.assign(canvas, { width: Math.round(width * scale), height: Math.round(height * scale) });
  player.ratio = (scale * width) / player.current.width; // a view may be drawn larger than it was arranged
  player.current.paint(player.ratio, player.colours);
  player.draw();
  const copy = Object.assign(document.createElement("canvas"), { width: canvas.width, height: canvas.height });
  copy.getContext("2d").drawImage(canvas, 0, 0);
  player.arrange();
  return copy;
}

class Heading {
  constructor(text, width, { font, ink }) {
    Object.assign(this, { font: `600 16px ${font}`, ink, lines: [""] });
    const context = document.createElement("canvas").getContext("2d");
    context.font = this.font;
    for (const word of text.split(" ")) {
      const longer = `${this.lines.at(-1)} ${word}`.trim();
      if (context.measureText(longer).width <= width || !this.lines.at(-1)) this.lines[this.lines.length - 1] = longer;
      else this.lines.push(word);
    }
    this.height = this.lines.length * 22;
  }

  draw(context, x, y) {
    Object.assign(context, { font: this.font, fillStyle: this.ink, textBaseline: "middle", textAlign: "left" });
    this.lines.forEach((line, k) => context.fillText(line, x, y + 11 + 22 * k));
  }
}

// A colour strip of the legend; that of norms is a wedge.
function drawStrip(context, strip) {
  const { left, top, width, height } = strip.getBoundingClientRect();
  const stops = getComputedStyle(strip).backgroundImage.match(/rgba?\([^)]*\)/g) ?? [];
  const gradient = context.createLinearGradient(left, 0, left + width, 0);
  stops.forEach((colour, k) => gradient.addColorStop(stops.length > 1 ? k / (stops.length - 1) : 0, colour));
  const ends = strip.parentElement.classList.contains("norm") ? [0.4, 0, 1, 0.6] : [0, 0, 1, 1];
  const corners = [left, left + width, left + width, left].map((x, k) => [x, top + ends[k] * height]);
  context.fillStyle = gradient;
  context.beginPath();
  for (const corner of corners) context.lineTo(...corner);
  context.fill();
}

// Every word within an element, where the browser has put it.
function drawWords(context, element) {
  const within = element.getBoundingClientRect();
  const zoom = Number(element.style.zoom) || 1;
  const range = document.createRange();
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  Object.assign(context, { textBaseline: "alphabetic", textAlign: "left" });
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const { color, fontStyle, fontWeight, fontSize, fontFamily } = getComputedStyle(node.parentElement);
    context.fillStyle = color;
    context.font = `${fontStyle} ${fontWeight} ${zoom * parseFloat(fontSize)}px ${fontFamily}`;
    for (const { 0: word, index } of node.data.matchAll(/\S+/g)) {
      range.setStart(node, index);
      range.setEnd(node, index + word.length);
      const { left, top, bottom } = range.getBoundingClientRect();
      if (bottom > within.bottom + 2 || top < within.top - 2) continue; // scrolled out of sight
      const { fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = context.measureText(word);
      context.fillText(word, left, (top + bottom - above - below) / 2 + above);
    }
  }
}
