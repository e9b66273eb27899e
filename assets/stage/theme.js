// Streamlit's theme as the components see it, and colour scales as lookup tables.

export function themeOf(root) {
  const style = getComputedStyle(root.host ?? root);
  const read = (name, otherwise) => style.getPropertyValue(name).trim() || otherwise;
  const background = read("--st-background-color", "#ffffff");
  return {
    name: luminance(background) < 0.4 ? "dark" : "light",
    background,
    text: read("--st-text-color", "#1f2430"),
    font: read("--st-font", "sans-serif"),
  };
}

export function luminance(colour) {
  const [r, g, b] = rgb(colour).map((v) => v / 255);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

export function rgb(colour) {
  const text = colour.trim();
  if (text.startsWith("#")) {
    const full = text.length === 4 ? [...text.slice(1)].map((c) => c + c).join("") : text.slice(1, 7);
    return [0, 2, 4].map((k) => parseInt(full.slice(k, k + 2), 16));
  }
  const numbers = text.match(/[\d.]+/g) ?? [255, 255, 255];
  return numbers.slice(0, 3).map(Number);
}

// 256 colours between evenly spaced stops, as bytes r g b.
export function table(stops) {
  const colours = stops.map(rgb);
  const result = new Uint8ClampedArray(256 * 3);
  for (let k = 0; k < 256; k++) {
    const at = (k / 255) * (colours.length - 1);
    const low = Math.min(Math.floor(at), colours.length - 2);
    for (let channel = 0; channel < 3; channel++) {
      result[3 * k + channel] = colours[low][channel] + (at - low) * (colours[low + 1][channel] - colours[low][channel]);
    }
  }
  return result;
}

// Where a value stands in a scale's table. Signed scales run from -limit to limit, gates from 0 to limit.
export function place(value, signed, limit) {
  const share = signed ? (value / limit + 1) / 2 : value / limit;
  return Math.max(0, Math.min(255, Math.round(share * 255)));
}

export function reducedMotion() {
  return window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}
