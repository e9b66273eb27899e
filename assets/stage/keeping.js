// Where the progress is kept, and the two things that can be done with it: save it as a file, and clear it.

import { make } from "./make.js";
import * as remembered from "./remembered.js";

// Says anew where it is kept when asked to `refresh`: a storage that is blocked shows only once it is written to.
export function keeping() {
  const words = make("span", { className: "where" });
  words.setAttribute("aria-live", "polite");
  const button = (textContent, onclick) => make("button", { type: "button", textContent, onclick });
  const actions = make("span", { className: "actions" });
  const say = () => {
    const text = remembered.isKept() ? "Your progress is kept in this browser only." : "This browser keeps nothing: your progress lasts until you close the page.";
    if (words.textContent !== text) words.textContent = text;
  };
  let asking = false;
  const offer = () => {
    asking = false;
    actions.replaceChildren(button("Download progress (JSON)", remembered.download), button("Clear", ask));
    say();
  };
  const ask = () => {
    asking = true;
    const no = button("Keep it", () => { offer(); actions.lastChild.focus(); });
    const yes = button("Yes, clear", () => { remembered.clear(); offer(); actions.lastChild.focus(); });
    actions.replaceChildren(yes, no);
    words.textContent = "Forget every answer, in all lessons?";
    no.focus();
  };
  offer();
  return { element: make("span", { className: "keeping" }, words, actions), refresh: () => { if (!asking) say(); } };
}
