// A link to what is seen, with what a teacher hides, locks and starts with; and all that is set, as a file.

import { copied } from "./clipboard.js";
import { keyed } from "./keyed.js";
import { make } from "./make.js";
import { decode } from "./payload.js";
import { state } from "./playing.js";
import { download } from "./save.js";
import { themeOf } from "./theme.js";

const OURS = ["hide", "lock", "present"];
// A name needs no escapes; a comma may stand in a query, and is easier to read there.
const readable = (query) => query.toString().replaceAll("%2C", ",");

export default keyed((root) => new Share(root));

class Share {
  constructor(root) {
    this.element = root.querySelector(".rnnviz-share");
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Share this lesson");
    this.field = make("input", { type: "text", readOnly: true, className: "link" });
    this.field.setAttribute("aria-label", "Link to what you see");
    this.field.onfocus = () => this.field.select();
    this.said = make("div", { className: "said" });
    this.said.setAttribute("role", "status");
    const copy = make("button", { type: "button", className: "copy", textContent: "Copy link", onclick: () => this.copy() });
    const save = make("button", { type: "button", textContent: "Save all settings (JSON)", onclick: () => this.save() });
    this.present = make("input", { type: "checkbox", onchange: () => this.compose() });
    this.list = make("div", { className: "list" });
    this.count = make("span", {});
    this.element.append(
      make("div", { className: "row" }, this.field, copy), this.said,
      make("p", { textContent: "It holds every control, the sliders, and the player's step, unit and view." }),
      make("label", {}, this.present, "Start in presentation mode"),
      make("details", {}, make("summary", {}, "Hide or lock for a class", this.count), this.list),
      make("div", {}, save),
    );
    // The address changes while the popover is open: the player plays on.
    this.element.addEventListener("pointerenter", () => this.compose());
    this.element.addEventListener("focusin", () => this.compose());
  }

  update(bytes) {
    this.element.style.colorScheme = themeOf(this.element.getRootNode()).name; // of the boxes to tick
    if (bytes === this.bytes) return;
    this.bytes = bytes;
    this.data = decode(bytes);
    const named = this.data.shared.map(({ name, part }) => `${name} ${part}`).join();
    if (named !== this.named) {
      // What was ticked stays ticked: the lesson may have gained or lost a slider.
      const before = this.rows;
      this.named = named;
      this.rows = this.data.shared.map((one) => this.row(one, before?.find(({ name }) => name === one.name)));
      const head = make("div", { className: "names head" }, make("span", {}), make("span", { textContent: "hide" }), make("span", { textContent: "lock" }));
      this.list.replaceChildren(head, ...this.rows.map(({ element }) => element));
      if (!before) this.present.checked = new URL(window.location.href).searchParams.get("present") === "1";
    }
    this.compose();
  }

  row({ name, label, how, part }, before) {
    const tick = (does, other) => {
      const box = make("input", { type: "checkbox", checked: before ? (before[does]?.checked ?? false) : how === does });
      box.setAttribute("aria-label", `${does} ${label}`);
      box.onchange = () => {
        if (box.checked && row[other]) row[other].checked = false;
        this.compose();
      };
      return box;
    };
    const row = { name };
    row.hide = tick("hide", "lock");
    row.lock = part ? null : tick("lock", "hide");
    row.element = make("div", { className: "names" }, make("span", { textContent: label, title: name }), row.hide, row.lock ?? make("span", {}));
    return row;
  }

  // The browser's own address, and what is ticked.
  compose() {
    const address = new URL(window.location.href);
    const query = address.searchParams;
    for (const name of OURS) query.delete(name);
    const ticked = (does) => this.rows.filter((row) => row[does]?.checked).map(({ name }) => name);
    const [hide, lock] = [ticked("hide"), ticked("lock")];
    if (hide.length) query.set("hide", hide.join(","));
    if (lock.length) query.set("lock", lock.join(","));
    if (this.present.checked) query.set("present", "1");
    const written = readable(query);
    const link = address.origin + address.pathname + (written && `?${written}`);
    if (this.field.value !== link) {
      this.field.value = link;
      this.said.textContent = "";
    }
    const counts = [[hide, "hidden"], [lock, "locked"]].filter(([names]) => names.length).map(([names, words]) => `${names.length} ${words}`);
    this.count.textContent = counts.length ? ` (${counts.join(", ")})` : "";
    return link;
  }

  async copy() {
    const link = this.compose();
    const select = () => {
      this.field.focus();
      this.field.select();
    };
    this.said.textContent = (await copied(link, select)) ? "Copied." : "Your browser does not let a page copy: the link is selected, press Ctrl + C (or ⌘ C).";
  }

  save() {
    const link = this.compose();
    const { state: set, name } = this.data;
    const all = { app: "rnnviz", saved: new Date().toISOString(), ...set, player: state(), link };
    download(`${name}.json`, `${JSON.stringify(all, null, 2)}\n`, "application/json");
  }
}
