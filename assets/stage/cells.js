// Paints the cells of a heatmap, and what is written in them, as plotly.js would: the same pixels, letters and places.

import { rgb } from "./theme.js";

const XLINK = "http://www.w3.org/1999/xlink";
const OTHERWISE = ["zsmooth", "connectgaps", "transpose"]; // with these, plotly makes other cells of the numbers
const SOLID = /^(#([\da-f]{3}){1,2}|rgb\([\d., ]+\))$/i; // a colour that is not seen through
const WRITTEN = /%\{(?:text|z:([^}]*))\}/g; // what a template may say, beside plain words
const MARKED = /[<&\r\n]/; // plotly reads more than letters in these
const SPACING = 1.3; // plotly's lines, in letters
const [LIGHT, DARK] = ["rgb(255, 255, 255)", "rgb(68, 68, 68)"]; // plotly's letters, on dark and on light

// What shows the numbers z of a heatmap; null where plotly must. drawn: its calcdata. axes: across, up.
export function cells(plot, full, drawn, z, axes) {
  const image = drawn.node3?.node().querySelector("image");
  const shade = image && shades(full.coloraxis ? plot._fullLayout[full.coloraxis] : full);
  if (!shade || OTHERWISE.some((name) => full[name])) return null;
  const [numbers, columns] = [Array.from(z, (row) => Array.from(row, known)), drawn.z[0].length];
  if (numbers.length !== drawn.z.length || numbers.some((row) => row.length !== columns)) return null;
  if (numbers.every((row) => row.every((number) => number === undefined))) return null; // plotly takes the trace away
  const sides = places(full, drawn, image, axes);
  const write = full.texttemplate ? writer(plot, full, drawn, numbers, axes, shade) : () => {};
  if (!sides?.every(({ size }) => size) || !write) return null;
  return () => {
    image.setAttributeNS(XLINK, "xlink:href", picture(numbers, sides, shade));
    write();
    drawn.z = numbers;
  };
}

export function known(number) {
  return Number.isFinite(number) ? number : undefined; // as plotly says that there is none
}

// ── Colours ──

// The colour of a number, [red, green, blue], each between those of the two stops around it; null where the scale
// follows the numbers, or is seen through.
function shades({ colorscale, reversescale, ...scale }) {
  const [least, most, auto] = "cmin" in scale ? [scale.cmin, scale.cmax, scale.cauto] : [scale.zmin, scale.zmax, scale.zauto];
  if (auto || !(most > least) || !colorscale.every(([, colour]) => SOLID.test(colour))) return null;
  const stops = reversescale ? colorscale.map(([at, colour]) => [1 - at, colour]).reverse() : colorscale;
  const colours = stops.map(([, colour]) => rgb(colour));
  return (number) => {
    const share = Math.min(1, Math.max(0, (number - least) / (most - least)));
    let above = 1;
    while (above < stops.length - 1 && stops[above][0] <= share) above++;
    const [from, to] = [stops[above - 1][0], stops[above][0]];
    const way = (share - from) / (to - from);
    const [one, other] = [colours[above - 1], colours[above]];
    const mixed = (k) => Math.round(one[k] * (1 - way) + other[k] * way);
    return [mixed(0), mixed(1), mixed(2)];
  };
}

// Of plotly's two colours for letters, the one that stands out more. Relative luminance and contrast: WCAG 2.
function ink(colour) {
  return luminance(colour) + 0.05 < Math.sqrt(1.05 * (luminance(rgb(DARK)) + 0.05)) ? LIGHT : DARK;
}

function luminance(colour) {
  const [r, g, b] = colour.map((v) => (v <= 10.31 ? v / 3294.6 : ((v / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

// ── The picture ──

// Of the columns, then of the rows: the picture's size and [first, last + 1] pixel of each; null where plotly must.
function places(full, drawn, image, axes) {
  // Without gaps, and where the browser enlarges it as it is, plotly makes a picture of a pixel a cell.
  const small = full._islinear && !full.xgap && !full.ygap && image.style.imageRendering;
  const gaps = [full.xgap, full.ygap];
  if (!gaps.every(Number.isInteger)) return null;
  return ["x", "y"].map((letter, k) => {
    const pixels = Array.from(drawn[letter], (edge) => axes[k].c2p(edge));
    const size = small ? pixels.length - 1 : Number(image.getAttribute(k ? "height" : "width"));
    return { size, spans: small ? single(pixels) : spans(pixels, gaps[k], Number(image.getAttribute(letter)), size) };
  });
}

function single(pixels) {
  const last = pixels.length - 2;
  return pixels.slice(1).map((_, k) => (pixels[0] > pixels.at(-1) ? [last - k, last - k + 1] : [k, k + 1]));
}

// origin: where the picture begins
function spans(pixels, gap, origin, size) {
  const within = (pixel) => Math.min(size, Math.max(0, pixel));
  const edges = pixels.map((pixel) => within(Math.round(pixel - origin)));
  return edges.slice(1).map((edge, k) => {
    const [low, high] = [Math.min(edge, edges[k]), Math.max(edge, edges[k])];
    if (low === high) return [0, 0];
    const ends = [low + Math.floor(gap / 2), high - Math.ceil(gap / 2)];
    return [within(Math.min(...ends)), within(Math.max(...ends))]; // plotly, too, turns a gap wider than the cell
  });
}

// An address of the picture. Where there is no number, one sees through it.
function picture(numbers, [columns, rows], shade) {
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: columns.size, height: rows.size });
  const context = canvas.getContext("2d");
  const image = context.createImageData(columns.size, rows.size);
  const pixels = new Uint32Array(image.data.buffer);
  numbers.forEach((row, j) => row.forEach((number, i) => {
    if (number === undefined) return;
    const [red, green, blue] = shade(number);
    const colour = 0xff000000 | (blue << 16) | (green << 8) | red; // the lowest byte comes first
    const [[left, right], [top, bottom]] = [columns.spans[i], rows.spans[j]];
    for (let y = top; y < bottom; y++) pixels.fill(colour, y * columns.size + left, y * columns.size + right);
  }));
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

// ── What is written in the cells ──

// Puts each label where an element of another stands, or a copy of one.
function writer(plot, full, drawn, numbers, axes, shade) {
  const group = drawn.node3.node();
  const nodes = [...group.querySelectorAll(":scope > .heatmap-label")];
  const labels = said(full, drawn, numbers, axes);
  if (!labels || labels.some(({ text }) => MARKED.test(text))) return null;
  const { font, plot_bgcolor: ground } = plot._fullLayout;
  const size = sized(labels, full, font.size);
  const shown = size > 0 ? labels : [];
  if (shown.length && !nodes.length) return null;
  const contrasts = full.textfont.color === "auto";
  return () => {
    shown.forEach(({ text, x, y, number }, k) => {
      const label = (nodes[k] ?? group.appendChild(nodes[0].cloneNode(true))).firstChild;
      label.textContent = text;
      label.setAttribute("x", x);
      label.setAttribute("y", y - size * (SPACING / 2 - 1));
      label.setAttribute("data-unformatted", text);
      label.style.fontSize = `${size}px`;
      if (contrasts) label.style.fill = ink(number === undefined ? rgb(ground) : shade(number));
    });
    for (const node of nodes.slice(shown.length)) node.remove();
  };
}

// The labels that have words and are not beyond the axes; null where the template says what only plotly can write.
function said({ texttemplate }, drawn, numbers, axes) {
  if (texttemplate.replace(WRITTEN, "").includes("%{")) return null;
  const format = axes[0]._numFormat; // d3's, in plotly's language
  const [across, down] = ["x", "y"].map((letter, k) => {
    const [edges, centres] = [drawn[letter], drawn[`${letter}Center`]];
    return Array.from(edges.slice(1), (edge, i) => Math.round(axes[k].c2p(centres?.[i] ?? (edges[i] + edge) / 2)));
  });
  const beyond = (place, k) => place < 0 || place > axes[k]._length;
  return numbers.flatMap((row, j) => row.map((number, i) => {
    const write = (_, digits) => {
      if (digits === undefined) return drawn.text?.[j]?.[i] ?? "";
      return number === undefined ? "" : format(digits)(number);
    };
    return { text: texttemplate.replace(WRITTEN, write), x: across[i], y: down[j], number };
  })).filter(({ text, x, y }) => text && !beyond(x, 0) && !beyond(y, 1));
}

// How large plotly writes them: as fits between the closest, and no larger than the figure's own letters.
function sized(labels, { textfont, xgap, ygap }, own) {
  if (textfont.size !== "auto") return textfont.size;
  const apart = (side) => Math.min(...labels.slice(1).map((label, k) => Math.abs(label[side] - labels[k][side])).filter(Boolean));
  const [wide, tall] = [apart("x") - xgap, apart("y") - ygap];
  if (!Number.isFinite(wide) || !Number.isFinite(tall)) return own;
  const longest = Math.max(...labels.map(({ text }) => text.length));
  return Math.min(Math.floor(wide / longest / (SPACING / 2)), Math.floor(tall / SPACING), own);
}
