// What scrolls sideways in its own box, a long formula or a wide table, is reached by keyboard too: it takes the focus,
// and the arrow keys move it. Where all of it fits, Tab passes it over.

const WIDE = ".katex-display, [data-testid=stMarkdownContainer] table, [data-testid=stCode] pre";
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
    if (!known.has(element)) sizes.observe(element);
    known.add(element);
  }
}

new MutationObserver(() => {
  if (!asked) setTimeout(look, 200);
  asked = true;
}).observe(document.body, { childList: true, subtree: true });
look();
