// The ghost of a trace: the same text read before something was changed.

const ghosts = new WeakMap(); // trace -> { palette, ghost }

// The ghost as a trace of its own, with the same look-ups; null where there is none. Its colours are the trace's.
export function ghostOf(data) {
  if (!data.ghost) return null;
  const known = ghosts.get(data);
  if (known && known.palette === data.palette) return known.ghost;
  const arrays = {};
  for (const [name, array] of Object.entries(data.arrays)) {
    if (name.startsWith("ghost ")) arrays[name.slice(6)] = array;
  }
  const { label, outputs } = data.ghost;
  const ghost = Object.assign(Object.create(data), { arrays, outputs, label, pictures: new Map() });
  ghosts.set(data, { palette: data.palette, ghost });
  return ghost;
}

// Whether another next character is the likeliest now.
export function turned(data, time) {
  return data.outputs[time][0] !== data.ghost.outputs[time][0];
}

// How far the state is from the ghost's: ‖h − h of the ghost‖₂ after each step.
export function change(data, time) {
  return data.arrays.change.values[time];
}

// Where the scale of `change` ends: at its largest finite value.
export function largestChange(data) {
  return data.arrays.change.values.reduce((most, value) => (Number.isFinite(value) && value > most ? value : most), 0);
}
