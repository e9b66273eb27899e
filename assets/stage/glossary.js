// The glossary: terms from A to Z, and a field that leaves those in which something stands.

import { keyed } from "./keyed.js";
import { make } from "./make.js";
import { decode } from "./payload.js";

export default keyed((root) => new Glossary(root));

class Glossary {
  constructor(root) {
    this.field = make("input", { type: "search", placeholder: "Find a term", autocomplete: "off", spellcheck: false, oninput: () => this.find() });
    this.field.setAttribute("aria-label", "Find a term");
    this.field.onkeydown = (event) => { if (event.key !== "Escape" && event.key !== "Tab") event.stopPropagation(); };
    this.list = make("dl", { tabIndex: 0 });
    this.list.setAttribute("aria-label", "Terms from A to Z");
    this.found = make("p", {});
    this.found.setAttribute("aria-live", "polite");
    root.querySelector(".rnnviz-glossary").append(this.field, this.found, this.list);
  }

  update(bytes) {
    const { terms } = decode(bytes);
    const text = JSON.stringify(terms);
    if (text === this.text) return;
    this.text = text;
    this.terms = terms.map(([term, explanation]) => {
      const entry = make("div", {}, make("dt", { textContent: term }), make("dd", { textContent: explanation }));
      return { term: term.toLowerCase(), words: `${term} ${explanation}`.toLowerCase(), entry };
    });
    this.find();
  }

  // Terms that begin with what is looked for stand first.
  find() {
    const wanted = this.field.value.trim().toLowerCase();
    const found = this.terms.filter(({ words }) => words.includes(wanted));
    const rank = ({ term }) => (term.startsWith(wanted) ? 0 : term.includes(wanted) ? 1 : 2);
    if (wanted) found.sort((a, b) => rank(a) - rank(b));
    this.list.replaceChildren(...found.map(({ entry }) => entry));
    this.list.scrollTop = 0;
    this.found.textContent = found.length === this.terms.length ? `${found.length} terms` : found.length ? `${found.length} of ${this.terms.length} terms` : "No such term. Try fewer letters.";
  }
}
