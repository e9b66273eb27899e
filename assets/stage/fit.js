// A token in the room there is: its letters grow smaller where it is long, and closer where they would be too small.

const SMALLEST = 0.5; // of the size asked for

// font: css, given a size in pixels
export function paintFitting(context, text, x, y, { room, size, font }) {
  context.font = font(size);
  const wide = text.length > 1 ? context.measureText(text).width : 0;
  if (wide > room) context.font = font(size * Math.max(SMALLEST, room / wide));
  context.fillText(text, x, y, wide > room ? room : undefined);
}
