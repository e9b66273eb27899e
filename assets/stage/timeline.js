// The playback clock. A position p means: floor(p) steps are complete, and the rest of p is the share of
// the next step that is done. 0 is before the first step, `steps` after the last. With a backward pass it goes on from
// there: at steps + k the gradient has reached step steps − k, counted from 1, and 0 is the state before the first.

const HURRY = 2; // with a backward pass there are twice as many steps, and each takes half the time

export class Timeline {
  constructor(changed) {
    this.changed = changed;
    this.steps = 0;
    this.backward = false; // whether a backward pass follows
    this.position = 0;
    this.speed = 1;
    this.pace = 900; // milliseconds a step at speed 1
    this.loop = false;
    this.playing = false;
    this.frame = null;
  }

  get end() {
    return this.backward ? 2 * this.steps : this.steps;
  }

  // How far back the gradient has come, 0 where the backward pass begins; null before that.
  get back() {
    return this.backward && this.position >= this.steps ? this.position - this.steps : null;
  }

  get isBack() {
    return this.back > 0;
  }

  // How many steps the input, or on the way back the gradient, has reached: what the stage calls the playhead.
  get reached() {
    return this.isBack ? this.steps - Math.ceil(this.back) : this.position;
  }

  // The step that is being computed, or was last, or that the gradient has reached: from 0.
  get step() {
    return Math.max(0, Math.min(Math.ceil(this.reached), this.steps) - 1);
  }

  // How much of that step is done, 0 to 1. At a whole position, and on the way back, it is all of it.
  get share() {
    if (this.reached === 0) return 0;
    return this.isBack ? 1 : this.position - this.step;
  }

  // A new trace: what was at its end stays at the end, any other position stays at its step.
  resize(steps, backward = false) {
    const atEnd = this.position >= this.end;
    const { isBack, reached } = this;
    Object.assign(this, { steps, backward });
    if (atEnd) this.position = this.end;
    else this.position = isBack && backward ? 2 * steps - Math.min(reached, steps) : Math.min(reached, steps);
  }

  // Where a step (from 1, 0 before the first) is: on the way back, where the gradient has reached it.
  at(step) {
    return this.isBack ? this.end - step : step;
  }

  seek(position) {
    this.position = Math.max(0, Math.min(position, this.end));
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
    if (this.position >= this.end) this.position = this.backward ? this.steps : 0; // the way back is what is shown
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
    this.position = Math.min(this.end, Math.ceil(this.position - 1e-9));
    this.changed();
  }

  advance(milliseconds) {
    this.position += (milliseconds * this.speed * (this.backward ? HURRY : 1)) / this.pace;
    if (this.position < this.end) return;
    if (this.loop) {
      this.position %= this.end;
    } else {
      this.position = this.end;
      this.playing = false;
    }
  }

  destroy() {
    this.playing = false;
    cancelAnimationFrame(this.frame);
  }
}
