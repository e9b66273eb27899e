// How the player is set to play, kept in the page's address: its speed, whether it begins again, and the operation whose
// arithmetic stays in sight. And all that it is set to, for who saves it.

import * as link from "./link.js";

let shown = null; // the player that is on the page

// Once, with the player's first trace.
export function restore(player) {
  shown = player;
  const { speed, loop, operation, timeline, views } = player;
  const asked = link.read("speed");
  if (Array.from(speed.options).some(({ value }) => value === asked)) {
    speed.value = asked;
    timeline.speed = Number(asked);
  }
  if (link.read("repeat") === "1" && !timeline.loop) loop.click();
  const chosen = link.read("operation");
  if (player.data.wiring?.operations.some(({ key }) => key === chosen)) views.all.cell.chosen = chosen;
  speed.addEventListener("change", () => link.keep(player, "speed", speed.value === "1" ? null : speed.value));
  loop.addEventListener("click", () => link.keep(player, "repeat", timeline.loop ? "1" : null));
  operation.addEventListener("change", () => keepOperation(player));
  player.canvas.addEventListener("click", () => keepOperation(player));
}

function keepOperation(player) {
  const { chosen } = player.views.all.cell;
  if ((chosen ?? null) !== link.read("operation")) link.keep(player, "operation", chosen ?? null);
}

export function forget(player) {
  if (shown === player) shown = null;
}

// What a player shows, in plain values; null where there is none.
export function state() {
  if (!shown?.data) return null;
  const { timeline, view, quantity, count, pinned, data } = shown;
  return {
    step: Math.ceil(timeline.reached), steps: data.steps, position: Math.round(timeline.position), view, quantity,
    pin: pinned && { step: pinned.time + 1, unit: pinned.unit },
    steps_in_view: count ?? data.steps, speed: timeline.speed, repeat: timeline.loop,
    operation: shown.views.all.cell.chosen ?? null,
  };
}
