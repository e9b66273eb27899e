// The foot of a lesson: how many of its questions are answered, kept in this browser.

import { keyed } from "./keyed.js";
import { make } from "./make.js";
import { keeping } from "./keeping.js";
import { decode } from "./payload.js";
import * as remembered from "./remembered.js";

export default keyed((root) => new Progress(root));

class Progress {
  constructor(root) {
    this.element = root.querySelector(".rnnviz-progress");
    this.told = new Map(); // id -> the last result
    this.said = make("span", { className: "said" });
    this.keeping = keeping();
    this.element.append(this.said, this.keeping.element);
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Your progress");
    this.unsubscribe = remembered.subscribe(() => this.show());
    // Before a click leads elsewhere, and before the page goes: its address as it then is.
    this.here = () => this.stopped();
    document.addEventListener("click", this.here, true);
    window.addEventListener("pagehide", this.here);
  }

  update(bytes) {
    const data = decode(bytes);
    this.data = data;
    this.path ??= window.location.pathname;
    // An answer that stands on the page is told once, so that what was cleared stays so.
    const fresh = ({ id, result }) => result !== null && this.told.get(id) !== result;
    remembered.answer(data.lesson, data.questions, data.questions.filter(fresh));
    this.told = new Map(data.questions.map(({ id, result }) => [id, result]));
    this.stopped();
    this.show();
  }

  stopped() {
    if (window.location.pathname === this.path) remembered.stopped(this.data.lesson, window.location.search);
  }

  show() {
    const { predictions, right, open, checks: most } = remembered.summary(this.data.lesson);
    const checks = Math.max(most, this.data.questions.filter(({ kind }) => kind === "check").length);
    const parts = checks ? [`${right} of ${checks} checks right`, ...(open ? [`${open} not yet`] : [])] : [];
    if (this.data.questions.some(({ kind }) => kind === "prediction")) parts.unshift(predictions ? "prediction made" : "no prediction yet");
    const text = parts.length ? `This lesson: ${parts.join(" · ")}.` : "";
    if (this.said.textContent !== text) this.said.textContent = text;
    this.keeping.refresh();
  }

  destroy() {
    document.removeEventListener("click", this.here, true);
    window.removeEventListener("pagehide", this.here);
    this.unsubscribe();
  }
}
