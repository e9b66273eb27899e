// Places on the wiring: the cells of a plate, and the way along a line of corners.

// A grid of square cells, as large as fit into a plate, in its middle.
export function gridIn({ x, y, w, h }, units) {
  let best = { size: 0 };
  for (let across = 1; across <= units; across++) {
    const down = Math.ceil(units / across);
    const size = Math.min(w / across, h / down);
    if (size > best.size + 1e-9) best = { across, down, size };
  }
  const { across, down, size } = best;
  return { ...best, x: x - (across * size) / 2, y: y - (down * size) / 2 };
}

export function cellIn({ x, y, across, size }, unit) {
  return [x + (unit % across) * size, y + Math.floor(unit / across) * size];
}

// The point at a share of the way along a line of corners.
export function along(points, share) {
  const lengths = points.slice(1).map(([x, y], k) => Math.hypot(x - points[k][0], y - points[k][1]));
  let left = share * lengths.reduce((sum, one) => sum + one, 0);
  for (let k = 0; k < lengths.length; k++) {
    if (left <= lengths[k] && lengths[k] > 0) {
      const part = left / lengths[k];
      return points[k].map((from, axis) => from + part * (points[k + 1][axis] - from));
    }
    left -= lengths[k];
  }
  return points.at(-1);
}
