// What a chart shows of the moment over its plot: the playhead, what is under the pointer anywhere on the page, the pin.

import { make } from "./make.js";
import { now } from "./moment.js";

export class Marks {
  constructor() {
    const mark = (kind) => make("div", { className: `mark ${kind}` });
    this.playhead = mark("playhead");
    this.step = mark("step");
    this.other = mark("other");
    this.row = mark("row");
    this.hover = mark("hover");
    this.pinnedRow = mark("row pinned");
    this.pin = mark("pin");
    this.element = make("div", { className: "overlay" }, ...Object.values(this));
  }

  // Moved by style, so that following the playhead costs next to nothing. layout: plotly's own; meta: see chart.py;
  // hovered: whether the pointer is over this very chart.
  show({ xaxis, yaxis }, meta, hovered) {
    const box = { left: xaxis._offset, top: yaxis._offset, width: xaxis._length, height: yaxis._length };
    place(this.element, box);
    const span = (axis, value) => {
      const [a, b] = [axis.l2p(value - 0.5), axis.l2p(value + 0.5)];
      return [Math.min(a, b), Math.abs(b - a)];
    };
    // The band that steps or a unit take, and for two of them the one cell. Steps are drawn from 1, units from 0.
    const band = ({ time, unit, other }) => {
      const result = { left: 0, top: 0, width: box.width, height: box.height };
      for (const [axis, value] of [[meta.time, time + 1], [meta.unit, unit], [meta.other, other + 1]]) {
        if (!axis || !Number.isInteger(value)) continue;
        if (axis === "x") [result.left, result.width] = span(xaxis, value);
        else [result.top, result.height] = span(yaxis, value);
      }
      return result;
    };
    const put = (mark, shown, point) => {
      mark.hidden = !shown;
      if (shown) place(mark, band(point));
    };
    const has = (point, key) => Boolean(meta[key] && Number.isInteger(point?.[key]));
    const isCell = (point) => has(point, "time") && (has(point, "unit") || has(point, "other"));
    const { playhead, hover, pin } = now();
    put(this.playhead, meta.time && playhead, { time: Math.ceil(playhead) - 1 });
    const alone = has(hover, "time") && !has(hover, "unit"); // the whole step, and of a pair the second
    put(this.step, alone, { time: hover?.time });
    put(this.other, alone && Number.isInteger(hover.other), { [meta.other ? "other" : "time"]: hover?.other });
    put(this.row, has(hover, "unit"), { unit: hover?.unit });
    put(this.hover, isCell(hover), { ...hover });
    put(this.pinnedRow, has(pin, "unit") && !hovered, { unit: pin?.unit }); // else it would cross out the label
    put(this.pin, isCell(pin), { ...pin });
  }
}

export function place(element, { left, top, width, height }) {
  Object.assign(element.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
}
