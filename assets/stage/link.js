// What the stage keeps in the page's address, beside the parameters that Streamlit's widgets keep there.
//
// Streamlit writes the whole query string from what it knows; ours would be lost. So every write to the
// history passes through here, and what is kept for that page is put back before it reaches the address bar.

const kept = new Map(); // name -> { owner, value, path }
let opening = new URLSearchParams(); // what a page that was saved opens with, where its own address says nothing

export function read(name) {
  return new URLSearchParams(window.location.search).get(name) ?? opening.get(name);
}

export function openWith(query) {
  opening = new URLSearchParams(query);
}

// A whole number of at least 0, or null.
export function readWhole(name) {
  const text = read(name) ?? "";
  return /^[0-9]{1,6}$/.test(text) ? Number(text) : null;
}

// Keep a parameter for the page that is open; null drops it from the address.
export function keep(owner, name, value) {
  kept.set(name, { owner, value, path: window.location.pathname });
  try {
    window.history.replaceState(window.history.state, "", window.location.href);
  } catch (error) {
    if (error.name !== "SecurityError") throw error; // a file, or a frame without an address of its own, has none to write
  }
}

// Stop caring for an owner's parameters: its component is gone.
export function release(owner) {
  for (const [name, one] of kept) if (one.owner === owner) kept.delete(name);
}

function withKept(address) {
  if (address === undefined || address === null) return address;
  const url = new URL(address, window.location.href);
  const query = new URLSearchParams(url.search);
  let ours = false;
  for (const [name, { value, path }] of kept) {
    if (path !== url.pathname) continue;
    ours = true;
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  if (!ours) return address;
  url.search = query.toString().replaceAll("%2C", ","); // a comma may stand in a query, and reads better
  return url.href;
}

for (const method of ["pushState", "replaceState"]) {
  const original = window.history[method].bind(window.history);
  window.history[method] = (state, title, address) => original(state, title, withKept(address));
}
