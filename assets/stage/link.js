// What the stage keeps in the page's address, beside the parameters that Streamlit's widgets keep there.
//
// Streamlit writes the whole query string from what it knows; ours would be lost. So every write to the
// history passes through here, and what is kept is put back before it reaches the address bar.

const kept = new Map();

export function read(name) {
  return new URLSearchParams(window.location.search).get(name);
}

// Keep a parameter; null drops it from the address.
export function keep(name, value) {
  kept.set(name, value);
  window.history.replaceState(window.history.state, "", window.location.href);
}

// Stop caring for a parameter: its component is gone, and the address belongs to another page.
export function release(name) {
  kept.delete(name);
}

function withKept(address) {
  if (address === undefined || address === null) return address;
  const url = new URL(address, window.location.href);
  if (url.pathname !== window.location.pathname) return address;
  const query = new URLSearchParams(url.search);
  for (const [name, value] of kept) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  url.search = query.toString();
  return url.href;
}

for (const method of ["pushState", "replaceState"]) {
  const original = window.history[method].bind(window.history);
  window.history[method] = (state, title, address) => original(state, title, withKept(address));
}
