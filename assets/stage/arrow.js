// The head of an arrow that points in the direction (dx, dy), its tip at (x, y).

export function head(context, x, y, dx, dy, size) {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x - size * dx - size * 0.7 * dy, y - size * dy + size * 0.7 * dx);
  context.lineTo(x - size * dx + size * 0.7 * dy, y - size * dy - size * 0.7 * dx);
  context.fill();
}
