// Waits, frame by frame, until something holds, but no longer than so many milliseconds.
export async function until(holds, longest) {
  const end = performance.now() + longest;
  while (!holds() && performance.now() < end) await new Promise(requestAnimationFrame);
}
