// The block of bytes that Python's stage/payload.py made: a JSON header and float32 arrays.

export function decode(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  const numbers = new Float32Array(bytes.slice(4 + length).buffer); // copied: the view may start off a multiple of 4
  const arrays = {};
  for (const [name, { shape, start }] of Object.entries(header.arrays)) {
    const size = shape.reduce((product, n) => product * n, 1);
    arrays[name] = { shape, values: numbers.subarray(start, start + size) };
  }
  return { ...header, arrays };
}
