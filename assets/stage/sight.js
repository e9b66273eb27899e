// Tells Python when a place of the page comes into sight: what stands there is computed then, and not before.

import { keyed } from "./keyed.js";

const EARLY = "300px 0px"; // so far from the window's edge it counts as seen

export default keyed((root) => new Sight(root));

class Sight {
  constructor(root) {
    this.watcher = new IntersectionObserver((entries) => {
      this.inSight = entries.at(-1).isIntersecting;
      this.tell();
    }, { rootMargin: EARLY });
    this.watcher.observe(root.querySelector(".rnnviz-sight"));
  }

  // about: what is to be computed, as a few letters
  update({ about }, { setStateValue }) {
    Object.assign(this, { about, setStateValue });
    this.tell();
  }

  tell() {
    if (!this.inSight || !this.about || this.about === this.told) return;
    this.told = this.about;
    this.setStateValue("seen", this.about);
  }

  destroy() {
    this.watcher.disconnect();
  }
}
