// Whether the app's script is under way, as Streamlit marks it in the page.

export const STATE = "data-test-script-state";

export function running() {
  return document.querySelector(`[${STATE}]:not([${STATE}="notRunning"])`) !== null;
}
