// A script in its colours, and a button that copies it. Its long lines are reached by keyboard, too: see prose.js.

import { copied } from "./clipboard.js";
import { keyed } from "./keyed.js";
import { make } from "./make.js";
import { decode } from "./payload.js";

export default keyed((root) => new Script(root));

class Script {
  constructor(root) {
    this.code = make("code", {});
    this.said = make("span", { className: "said" });
    this.said.setAttribute("role", "status");
    const pre = make("pre", {}, this.code);
    pre.setAttribute("role", "region");
    pre.setAttribute("aria-label", "Script in Python");
    const copy = make("button", { type: "button", textContent: "Copy", onclick: () => this.copy() });
    copy.setAttribute("aria-label", "Copy the script");
    root.querySelector(".rnnviz-script").append(make("div", { className: "head" }, this.said, copy), pre);
  }

  update(bytes) {
    const { parts } = decode(bytes);
    const written = JSON.stringify(parts);
    if (written === this.written) return;
    this.written = written;
    this.said.textContent = "";
    this.code.replaceChildren(...parts.map(([className, text]) => (className ? make("span", { className }, text) : text)));
  }

  async copy() {
    const select = () => document.getSelection().selectAllChildren(this.code);
    this.said.textContent = (await copied(this.code.textContent, select))
      ? "Copied."
      : "Your browser does not let a page copy: the script is selected, press Ctrl + C (or ⌘ C).";
  }
}
