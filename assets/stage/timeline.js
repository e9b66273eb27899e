// The playback clock. A position p means: floor(p) steps are complete, and the rest of p is the share of
// the next step that is done. 0 is before the first step, `steps` after the last.

export class Timeline {
  constructor(changed) {
    this.changed = changed;
    this.steps = 0;
    this.position = 0;
    this.speed = 1;
    this.pace = 900; // milliseconds a step at speed 1
    this.loop = false;
    this.playing = false;
    this.frame = null;
  }

  // The step that is being computed, or was last: from 0.
  get step() {
    return Math.max(0, Math.min(Math.ceil(this.position), this.steps) - 1);
  }

  // How much of that step is done, 0 to 1. At a whole position it is all of it.
  get share() {
    return this.position === 0 ? 0 : this.position - this.step;
  }

  // A new trace: what was at its end stays at the end, any other position stays where it is.
  resize(steps) {
    const atEnd = this.position >= this.steps;
    this.steps = steps;
    this.position = atEnd ? steps : Math.min(this.position, steps);
  }

  seek(position) {
    this.position = Math.max(0, Math.min(position, this.steps));
    this.changed();
  }

  by(steps) {
    this.pause();
    this.seek(steps > 0 ? Math.floor(this.position) + steps : Math.ceil(this.position) + steps);
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  play() {
    if (this.playing) return;
    if (this.position >= this.steps) this.position = 0;
    this.playing = true;
    let before = performance.now();
    const tick = (time) => {
      if (!this.playing) return;
      this.advance(Math.max(0, time - before));
      before = time;
      this.changed();
      if (this.playing) this.frame = requestAnimationFrame(tick);
    };
    this.frame = requestAnimationFrame(tick);
    this.changed();
  }

  pause() {
    if (!this.playing) return;
    this.playing = false;
    cancelAnimationFrame(this.frame);
    this.position = Math.min(this.steps, Math.ceil(this.position - 1e-9));
    this.changed();
  }

  advance(milliseconds) {
    this.position += (milliseconds * this.speed) / this.pace;
    if (this.position < this.steps) return;
    if (this.loop) {
      this.position %= this.steps;
    } else {
      this.position = this.steps;
      this.playing = false;
    }
  }

  destroy() {
    this.playing = false;
    cancelAnimationFrame(this.frame);
  }
}
