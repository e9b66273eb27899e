// What is drawn on a canvas as an SVG drawing: while `recorded` runs, every canvas writes down what is drawn on it.

const XML = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const STATE = ["fillStyle", "strokeStyle", "globalAlpha", "lineWidth", "font", "textAlign", "textBaseline", "imageSmoothingEnabled", "dash", "kx", "ky", "dx", "dy"];
const measure = document.createElement("canvas").getContext("2d");
const { getContext } = HTMLCanvasElement.prototype;

// An SVG file as text. draw: is given a canvas, and draws on it at once   background: what a part shows that is cleared
export function recorded(width, height, background, draw) {
  const pens = new Map();
  const defined = new Map(); // what is drawn more than once -> its id
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  HTMLCanvasElement.prototype.getContext = function (...kind) {
    if (!pens.has(this)) pens.set(this, new Pen(this, background, pens, defined));
    return pens.get(this) ?? getContext.apply(this, kind);
  };
  try {
    draw(canvas);
  } finally {
    HTMLCanvasElement.prototype.getContext = getContext;
  }
  const shared = Array.from(defined, ([content, id]) => `<g id="${id}">${content}</g>`).join("\n");
  const drawing = pens.get(canvas).parts.join("\n");
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n<defs>${shared}</defs>\n${drawing}\n</svg>\n`;
}

// Stands in for a canvas's context, as far as the stage uses one. Transforms scale and move, none turns.
class Pen {
  constructor(canvas, background, pens, defined) {
    Object.assign(this, { canvas, background, pens, defined, parts: [], path: "", stack: [] });
    Object.assign(this, { fillStyle: "#000", strokeStyle: "#000", globalAlpha: 1, lineWidth: 1, font: "10px sans-serif", textAlign: "start", textBaseline: "alphabetic" });
    Object.assign(this, { imageSmoothingEnabled: true, dash: [], kx: 1, ky: 1, dx: 0, dy: 0 });
  }

  save() {
    this.stack.push(Object.fromEntries(STATE.map((name) => [name, this[name]])));
  }

  restore() {
    Object.assign(this, this.stack.pop());
  }

  setTransform(kx, _b, _c, ky, dx, dy) {
    Object.assign(this, { kx, ky, dx, dy });
  }

  translate(x, y) {
    this.dx += x * this.kx;
    this.dy += y * this.ky;
  }

  scale(x, y) {
    this.kx *= x;
    this.ky *= y;
  }

  setLineDash(dash) {
    this.dash = dash;
  }

  x(x) {
    return round(x * this.kx + this.dx);
  }

  y(y) {
    return round(y * this.ky + this.dy);
  }

  box(x, y, width, height) {
    return { x: this.x(x), y: this.y(y), width: round(width * this.kx), height: round(height * this.ky) };
  }

  put(tag, attributes, content = null) {
    const alpha = this.globalAlpha === 1 ? {} : { opacity: this.globalAlpha };
    const given = Object.entries({ ...attributes, ...alpha }).map(([name, value]) => ` ${name}="${escaped(value)}"`).join("");
    this.parts.push(content === null ? `<${tag}${given}/>` : `<${tag}${given}>${content}</${tag}>`);
  }

  // ── Rectangles ──

  clearRect(x, y, width, height) {
    const { x: left, y: top, width: across, height: down } = this.box(x, y, width, height);
    const whole = left <= 0 && top <= 0 && left + across >= this.canvas.width - 1 && top + down >= this.canvas.height - 1;
    if (whole) this.parts = [];
    else this.parts.push(`<rect x="${left}" y="${top}" width="${across}" height="${down}" fill="${escaped(this.background)}"/>`);
  }

  fillRect(x, y, width, height) {
    if (this.fillStyle instanceof Gradient) this.parts.push(this.fillStyle.definition);
    this.put("rect", { ...upright(this.box(x, y, width, height)), fill: this.fillStyle });
  }

  strokeRect(x, y, width, height) {
    this.put("rect", { ...upright(this.box(x, y, width, height)), fill: "none", ...this.line() });
  }

  // ── Paths ──

  beginPath() {
    this.path = "";
  }

  moveTo(x, y) {
    this.path += `M${this.x(x)} ${this.y(y)}`;
    this.at = [x, y];
  }

  lineTo(x, y) {
    this.path += `${this.path ? "L" : "M"}${this.x(x)} ${this.y(y)}`;
    this.at = [x, y];
  }

  closePath() {
    this.path += "Z";
  }

  rect(x, y, width, height) {
    this.moveTo(x, y);
    this.path += `h${round(width * this.kx)}v${round(height * this.ky)}h${round(-width * this.kx)}Z`;
  }

  roundRect(x, y, width, height, radius) {
    const [a, b] = [round(radius * this.kx), round(radius * this.ky)];
    const [w, h] = [round((width - 2 * radius) * this.kx), round((height - 2 * radius) * this.ky)];
    this.moveTo(x + radius, y);
    this.path += `h${w}a${a} ${b} 0 0 1 ${a} ${b}v${h}a${a} ${b} 0 0 1 ${-a} ${b}h${-w}a${a} ${b} 0 0 1 ${-a} ${-b}v${-h}a${a} ${b} 0 0 1 ${a} ${-b}Z`;
  }

  // Clockwise from one angle to another, as the stage draws arcs; a whole turn is two halves.
  arc(x, y, radius, from, to) {
    const place = (angle) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
    const radii = `${round(radius * this.kx)} ${round(radius * this.ky)}`;
    const on = (angle, large) => {
      const [a, b] = place(angle);
      this.path += `A${radii} 0 ${large} 1 ${this.x(a)} ${this.y(b)}`;
      this.at = [a, b];
    };
    this.lineTo(...place(from)); // a canvas draws a line to where the arc begins
    const turn = to - from >= 2 * Math.PI - 1e-9 ? 2 * Math.PI : (to - from + 2 * Math.PI) % (2 * Math.PI);
    if (turn === 2 * Math.PI) {
      on(from + Math.PI, 0);
      on(from, 0);
    } else on(to, turn > Math.PI ? 1 : 0);
  }

  // A corner of a line that is rounded.
  arcTo(x, y, nextX, nextY, radius) {
    const before = unit(this.at[0] - x, this.at[1] - y);
    const after = unit(nextX - x, nextY - y);
    const half = Math.acos(Math.max(-1, Math.min(1, before[0] * after[0] + before[1] * after[1]))) / 2;
    const away = radius / Math.tan(half);
    if (!Number.isFinite(away) || away > 1e6) {
      this.lineTo(x, y);
      return;
    }
    const [endX, endY] = [x + after[0] * away, y + after[1] * away];
    this.lineTo(x + before[0] * away, y + before[1] * away);
    const sweep = before[0] * after[1] - before[1] * after[0] < 0 ? 1 : 0;
    this.path += `A${round(radius * this.kx)} ${round(radius * this.ky)} 0 0 ${sweep} ${this.x(endX)} ${this.y(endY)}`;
    this.at = [endX, endY];
  }

  fill() {
    if (this.fillStyle instanceof Gradient) this.parts.push(this.fillStyle.definition);
    this.put("path", { d: this.path, fill: this.fillStyle });
  }

  stroke() {
    this.put("path", { d: this.path, fill: "none", ...this.line() });
  }

  line() {
    const dashes = this.dash.length ? { "stroke-dasharray": this.dash.map((one) => round(one * this.kx)).join(" ") } : {};
    return { stroke: this.strokeStyle, "stroke-width": round(this.lineWidth * this.kx), ...dashes };
  }

  createLinearGradient(x0, y0, x1, y1) {
    return new Gradient([this.x(x0), this.y(y0), this.x(x1), this.y(y1)]);
  }

  // ── Words ──

  measureText(text) {
    measure.font = this.font;
    return measure.measureText(text);
  }

  fillText(text, x, y, most = Infinity) {
    const { width, fontBoundingBoxAscent: above, fontBoundingBoxDescent: below } = this.measureText(text);
    const lower = { middle: (above - below) / 2, top: above, hanging: above, bottom: -below }[this.textBaseline] ?? 0;
    const [, style, size, family] = this.font.match(/^(.*?)([\d.]+)px (.*)$/);
    const anchor = { center: "middle", right: "end", end: "end" }[this.textAlign];
    const weight = style.match(/bold|\b\d{3}\b/)?.[0];
    this.put("text", {
      x: this.x(x), y: this.y(y + lower), fill: this.fillStyle, "font-family": family, "font-size": round(size * this.ky),
      "xml:space": "preserve", textLength: round(Math.min(width, most) * this.kx), lengthAdjust: "spacingAndGlyphs", // whatever font there is
      ...(anchor && { "text-anchor": anchor }), ...(weight && { "font-weight": weight }),
      ...(style.includes("italic") && { "font-style": "italic" }),
    }, escaped(text));
  }

  // ── Pictures: another canvas, or a part of it ──

  drawImage(source, ...numbers) {
    const whole = [0, 0, source.width, source.height];
    const [sx, sy, sw, sh, x, y, width, height] = {
      2: [...whole, ...numbers, source.width, source.height], 4: [...whole, ...numbers], 8: numbers,
    }[numbers.length];
    if (!sw || !sh || !width || !height) return;
    const pen = this.pens.get(source);
    const rendering = this.imageSmoothingEnabled ? "" : ' style="image-rendering:pixelated"';
    const content = pen ? pen.parts.join("\n") : `<image href="${source.toDataURL()}" width="${source.width}" height="${source.height}" preserveAspectRatio="none"${rendering}/>`;
    if (!content) return;
    if (!this.defined.has(content)) this.defined.set(content, `part${this.defined.size + 1}`);
    const view = `${round(sx)} ${round(sy)} ${round(sw)} ${round(sh)}`;
    this.put("svg", { ...this.box(x, y, width, height), viewBox: view, preserveAspectRatio: "none" }, `<use href="#${this.defined.get(content)}"/>`);
  }

  createImageData(...size) {
    return measure.createImageData(...size);
  }

  // A canvas of single pixels: it stays one.
  putImageData(...parts) {
    this.pens.set(this.canvas, null);
    getContext.call(this.canvas, "2d").putImageData(...parts);
  }
}

class Gradient {
  static made = 0;

  constructor([x1, y1, x2, y2]) {
    Object.assign(this, { id: `gradient${++Gradient.made}`, at: `x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"`, stops: "" });
  }

  addColorStop(offset, colour) {
    this.stops += `<stop offset="${round(offset)}" stop-color="${escaped(colour)}"/>`;
  }

  get definition() {
    return `<linearGradient id="${this.id}" gradientUnits="userSpaceOnUse" ${this.at}>${this.stops}</linearGradient>`;
  }

  toString() {
    return `url(#${this.id})`;
  }
}

function round(value) {
  return Math.round(value * 1000) / 1000;
}

function unit(x, y) {
  const length = Math.hypot(x, y);
  return [x / length, y / length];
}

// With a width and a height that are not negative, as SVG wants them.
function upright({ x, y, width, height }) {
  return { x: Math.min(x, x + width), y: Math.min(y, y + height), width: Math.abs(width), height: Math.abs(height) };
}

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (letter) => XML[letter]);
}
