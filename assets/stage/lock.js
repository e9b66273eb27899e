// A closed padlock, `size` high and with its middle at (x, y): the mark of what is held.

export function lock(context, x, y, size, colour) {
  const [wide, tall] = [size * 0.8, size * 0.55];
  const top = y + size / 2 - tall;
  context.fillStyle = context.strokeStyle = colour;
  context.fillRect(x - wide / 2, top, wide, tall);
  context.lineWidth = size * 0.14;
  context.beginPath();
  context.arc(x, top, wide * 0.3, Math.PI, 0);
  context.stroke();
}
