// Tells the server when the first picture of a page that opens stands (rnnviz/stage/opening.py), or that none came: the
// rest of the page, which would keep the browser from drawing it, follows then.

import { until } from "./until.js";

const LONGEST = 3000; // ms; the server waits for less

// name: by which the server knows the page
export async function tellOfPicture(name, base) {
  await until(stands, LONGEST);
  await new Promise(requestAnimationFrame); // drawn in one frame, seen with the next
  fetch(new URL(`../drawn/${name}`, base), { method: "POST" }).catch(() => {});
}

function stands() {
  const player = window.rnnvizPlayer;
  return (player?.frames && player.element.isConnected) || document.querySelector(".plot[data-painted]") !== null;
}
