// What a page asks its player to look at, each time once: a unit, a quantity and a view, or some of them.

import { reducedMotion } from "./theme.js";

const taken = new Set(); // ids: a player that comes back with its page takes none of them again

// move: whether to bring the player into sight, since what asks may stand far below it.
export function look(player, { id, unit, quantity, view }, move) {
  if (taken.has(id)) return;
  taken.add(id);
  if (view) player.views.open(view);
  if (quantity && player.data.byKey.has(quantity)) player.show(quantity);
  if (unit !== null) player.setPin(player.within({ time: player.timeline.step, unit }));
  if (move) player.element.scrollIntoView({ block: "start", behavior: reducedMotion() ? "auto" : "smooth" });
}
