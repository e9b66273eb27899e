// Tells Python when a place of the page comes into sight: what stands there is computed then, and not before.
//
// It waits until the page is at rest. A run that comes close behind a press takes that one's place, and what a preset
// has set for other controls would be lost with it.

import { keyed } from "./keyed.js";
import { decode } from "./payload.js";
import { running } from "./running.js";

const EARLY = "300px 0px"; // so far from the window's edge it counts as seen
const REST = { run: 300, press: 1500 }; // ms after which the page is at rest: a press may take as long to become a run
const PRESSES = ["click", "keydown"];

export default keyed((root) => new Sight(root));

class Sight {
  constructor(root) {
    this.restless = 0; // until when
    this.pressed = () => this.wait(REST.press);
    for (const press of PRESSES) window.addEventListener(press, this.pressed, true);
    this.watcher = new IntersectionObserver((entries) => {
      this.inSight = entries.at(-1).isIntersecting;
      this.tell();
    }, { rootMargin: EARLY });
    this.watcher.observe(root.querySelector(".rnnviz-sight"));
  }

  // about: what is to be computed, as a few letters
  update(bytes, { setStateValue }) {
    Object.assign(this, { about: decode(bytes).about, setStateValue });
    this.tell();
  }

  tell() {
    clearTimeout(this.later);
    if (!this.inSight || !this.about || this.about === this.told) return;
    if (running()) this.wait(REST.run);
    const left = this.restless - performance.now();
    if (left > 0) {
      this.later = setTimeout(() => this.tell(), left);
      return;
    }
    this.told = this.about;
    this.setStateValue("seen", this.about);
  }

  wait(rest) {
    this.restless = Math.max(this.restless, performance.now() + rest);
  }

  destroy() {
    this.watcher.disconnect();
    clearTimeout(this.later);
    for (const press of PRESSES) window.removeEventListener(press, this.pressed, true);
  }
}
