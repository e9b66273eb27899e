// The player's page around its canvas: buttons, choices, clock, words. Built once; what they do is the player's.

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
const ICONS = {
  start: "M3 2h2v12H3zM14 2v12L6 8z",
  back: "M10 2v12L3 8zM11 2h2v12h-2z",
  play: "M4 2l10 6-10 6z",
  pause: "M3 2h4v12H3zM9 2h4v12H9z",
  forward: "M6 2v12l7-6zM3 2h2v12H3z",
  end: "M11 2h2v12h-2zM2 2v12l8-6z",
  loop: "M4 4h7V2l4 3-4 3V6H4v3H2V6a2 2 0 0 1 2-2zm8 8H5v2l-4-3 4-3v2h7V7h2v3a2 2 0 0 1-2 2z",
};

// Puts everything into player.element and leaves the parts that change on the player.
export function build(player) {
  const make = (tag, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const icon = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 16 16");
    svg.setAttribute("aria-hidden", "true");
    path.setAttribute("d", ICONS[name]);
    svg.append(path);
    return svg;
  };
  const button = (name, title, act) => {
    const element = make("button", { type: "button", title, onclick: act });
    element.setAttribute("aria-label", title);
    if (ICONS[name]) element.append(icon(name));
    return element;
  };
  const { timeline } = player;
  player.icon = icon;
  player.play = make("button", { type: "button", className: "play", onclick: () => timeline.toggle() });
  player.loop = button("loop", "Loop", () => {
    timeline.loop = !timeline.loop;
    player.loop.setAttribute("aria-pressed", String(timeline.loop));
  });
  player.loop.setAttribute("aria-pressed", "false");
  player.scrub = make("input", { type: "range", className: "scrub", min: 0, step: 1 });
  player.scrub.setAttribute("aria-label", "Time step");
  player.scrub.oninput = () => {
    timeline.pause();
    timeline.seek(Number(player.scrub.value));
  };
  player.clock = make("span", { className: "clock" });
  const choice = (title, change) => {
    const select = make("select");
    select.onchange = () => change(select.value);
    return [select, make("label", {}, title, select)];
  };
  const [speed, speedLabel] = choice("Speed", (value) => { timeline.speed = Number(value); });
  for (const value of SPEEDS) speed.add(new Option({ 0.25: "¼×", 0.5: "½×" }[value] ?? `${value}×`, value, value === 1, value === 1));
  const [shown, shownLabel] = choice("Show", (value) => player.show(value));
  const [counts, countsLabel] = choice("Steps in view", (value) => player.showCount(value === "all" ? null : Number(value)));
  player.shown = shown;
  player.counts = counts;
  player.fold = make("button", { type: "button", onclick: () => player.toggleView() });
  const bar = make("div", { className: "bar" },
    make("span", { className: "group" },
      button("start", "Jump to the start (Home)", () => player.jump(0)),
      button("back", "One step back (left arrow)", () => timeline.by(-1)),
      player.play,
      button("forward", "One step on (right arrow)", () => timeline.by(1)),
      button("end", "Jump to the end (End)", () => player.jump(timeline.steps)),
      player.loop),
    player.scrub, player.clock, shownLabel, speedLabel, countsLabel, player.fold);
  bar.setAttribute("role", "group");
  bar.setAttribute("aria-label", "Playback");
  player.canvas = make("canvas");
  player.canvas.setAttribute("role", "img");
  player.tip = make("div", { className: "tip", hidden: true });
  player.picture = make("div", { className: "picture" }, player.canvas, player.tip);
  player.readout = make("div", { className: "readout" });
  player.spoken = make("div", { className: "hidden" });
  player.spoken.setAttribute("aria-live", "polite");
  player.legend = make("div", { className: "legend" });
  player.element.append(bar, make("div", { className: "words" }, player.readout, player.legend), player.picture, player.spoken);
  player.element.tabIndex = 0;
  player.element.setAttribute("role", "group");
  player.element.onkeydown = (event) => player.key(event);
}
