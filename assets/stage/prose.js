// What the prose of a page is given once it stands. A table can be saved (tables.js). What scrolls sideways in its own
// box, a long formula or a wide table, is reached by keyboard too: it takes the focus, and the arrow keys move it. Where
// all of it fits, Tab passes it over.

import { offer } from "./tables.js";

const TABLE = "[data-testid=stMarkdownContainer] table";
const WIDE = `.katex-display, ${TABLE}, .rnnviz-script > pre`;
const sizes = new ResizeObserver((entries) => entries.forEach(({ target }) => settle(target)));
const known = new WeakSet();
let asked = false;

function settle(element) {
  if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
  else element.removeAttribute("tabindex");
}

function look() {
  asked = false;
  for (const element of document.querySelectorAll(WIDE)) {
    if (known.has(element)) continue;
    known.add(element);
    sizes.observe(element);
    if (element.matches(TABLE)) offer(element);
  }
}

new MutationObserver(() => {
  if (!asked) setTimeout(look, 200);
  asked = true;
}).observe(document.body, { childList: true, subtree: true });
look();
