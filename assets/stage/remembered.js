// What this browser remembers of a learner: predictions made, checks answered, and where they stopped. It leaves the
// browser only as a file that the learner saves. Where storage is blocked, it lasts as long as the page.

import { download as save } from "./save.js";

const KEY = "rnnviz-progress";
const RESULTS = new Map([["prediction", ["right", "otherwise"]], ["check", ["right", "not yet"]]]);

let held = null; // what a blocked storage could not keep
const listeners = new Set();

// Everything, as it is kept: { version, last: { lesson, query } or null, lessons: { name: { of, answers } } }.
export function all() {
  if (held !== null) return held;
  try {
    return sound(JSON.parse(window.localStorage.getItem(KEY)));
  } catch {
    return sound(null);
  }
}

export function isKept() {
  return held === null;
}

// Calls when something changed, here or in another tab.
export function subscribe(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

window.addEventListener("storage", ({ key }) => {
  if (key === KEY || key === null) tell();
});

function tell() {
  for (const listener of listeners) listener();
}

// What was answered in a lesson, of all its questions. The first prediction stays, and so does a check that was right.
export function answer(lesson, questions, answered) {
  change((kept) => {
    const { answers } = (kept.lessons[lesson] ??= { of: {}, answers: {} });
    const { of } = kept.lessons[lesson];
    for (const [kind, many] of Object.entries(counts(questions))) of[kind] = Math.max(of[kind] ?? 0, many); // a link may hide some
    for (const { id, kind, question, result } of answered) {
      const before = answers[id]?.result;
      if (before === "right" || (kind === "prediction" && before)) continue;
      if (before !== result) answers[id] = { kind, question, result };
    }
  });
}

// Where the learner is: a lesson, and the query of its address.
export function stopped(lesson, query) {
  change((kept) => { kept.last = { lesson, query }; });
}

export function clear() {
  try {
    window.localStorage.removeItem(KEY);
    held = null; // there is room again
  } catch {
    held = sound(null);
  }
  tell();
}

// How far a lesson is: { predictions, checks: how many right, open: how many not yet, of: { prediction, check } }.
export function summary(lesson) {
  const { of = {}, answers = {} } = all().lessons[lesson] ?? {};
  const count = (kind, result) => Object.values(answers).filter((one) => one.kind === kind && (!result || one.result === result)).length;
  const [right, tried] = [count("check", "right"), count("check")];
  const checks = Math.max(of.check ?? 0, tried);
  return { known: lesson in all().lessons, predictions: count("prediction"), right, open: tried - right, checks, done: checks > 0 && right >= checks };
}

// A file to keep.
export function download() {
  save("rnnviz-progress.json", `${JSON.stringify(all(), null, 2)}\n`, "application/json");
}

function change(make) {
  const kept = all(); // read anew: another tab may have written
  const before = JSON.stringify(kept);
  make(kept);
  const text = JSON.stringify(kept);
  if (text === before) return;
  try {
    if (held === null) window.localStorage.setItem(KEY, text);
  } catch {
    held = kept; // blocked, or full
  }
  if (held !== null) held = kept;
  tell();
}

function counts(questions) {
  const of = {};
  for (const { kind } of questions) of[kind] = (of[kind] ?? 0) + 1;
  return of;
}

// The same without what is not ours: anybody may write into a browser's storage.
function sound(value) {
  const object = (one) => (one !== null && typeof one === "object" && !Array.isArray(one) ? one : {});
  const { last, lessons } = object(value);
  const clean = {};
  for (const [name, { of, answers }] of Object.entries(object(lessons)).map(([name, one]) => [name, object(one)])) {
    const kept = Object.entries(object(answers)).filter(([, one]) => RESULTS.get(one?.kind)?.includes(one.result));
    const whole = Object.entries(object(of)).filter(([kind, n]) => RESULTS.has(kind) && Number.isInteger(n) && n >= 0);
    clean[name] = {
      of: Object.fromEntries(whole),
      answers: Object.fromEntries(kept.map(([id, { kind, question, result }]) => [id, { kind, question: String(question ?? ""), result }])),
    };
  }
  const stopped = typeof last?.lesson === "string" && typeof last.query === "string";
  return { version: 1, last: stopped ? { lesson: last.lesson, query: last.query } : null, lessons: clean };
}
