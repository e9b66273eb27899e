// What a run has not drawn anew yet fades, but only where the run takes long (presenter.css). Streamlit puts each element
// of the page into a transition with every run; most runs are over before it is seen, and the next picture waits for it.

import { running, STATE } from "./running.js";

const LONG = 500; // ms of a run, after which Streamlit would begin to fade, too
const SLOW = "rnnviz-slow";
let waiting = null;
let watching = false;

export function watchRuns() {
  if (watching) return;
  watching = true;
  new MutationObserver(tell).observe(document.body, { subtree: true, attributeFilter: [STATE] });
}

function tell() {
  if (running()) waiting ??= setTimeout(() => document.documentElement.classList.add(SLOW), LONG);
  else {
    clearTimeout(waiting);
    waiting = null;
    document.documentElement.classList.remove(SLOW);
  }
}
