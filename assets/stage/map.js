// The map of the course: a card a lesson, with what this browser remembers of it, and where the learner stopped.

import { keeping } from "./keeping.js";
import { keyed } from "./keyed.js";
import { make } from "./make.js";
import * as remembered from "./remembered.js";
import { themeOf } from "./theme.js";

export default keyed((root, base) => new CourseMap(root, base));

class CourseMap {
  constructor(root, base) {
    this.root = root;
    this.base = base;
    this.element = root.querySelector(".rnnviz-map");
    this.unsubscribe = remembered.subscribe(() => this.mark());
  }

  // Called with the same data when the theme has changed.
  update(data, { setTriggerValue }) {
    this.setTriggerValue = setTriggerValue;
    const text = JSON.stringify(data);
    if (text !== this.text) {
      this.text = text;
      this.data = data;
      this.build();
    }
    const theme = themeOf(this.root).name;
    for (const { picture, lesson } of this.cards) {
      if (picture && lesson.picture) picture.src = `data:image/svg+xml,${encodeURIComponent(lesson.picture[theme])}`;
    }
    this.mark();
  }

  build() {
    this.cards = [];
    this.next = make("a", { className: "next" });
    this.next.onclick = (event) => this.follow(event);
    const chapters = this.data.chapters.map(({ title, lessons }) => {
      const list = make("ol", {}, ...lessons.map((lesson) => make("li", {}, this.card(lesson))));
      list.start = lessons[0].number;
      return make("section", {}, make("h2", { textContent: title }), list);
    });
    this.keeping = keeping();
    this.element.replaceChildren(this.next, make("div", { className: "chapters" }, ...chapters), make("div", { className: "foot" }, this.keeping.element));
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "The course");
  }

  card(lesson) {
    const picture = make("img", { alt: lesson.shows, title: lesson.shows, width: 96, height: 60 });
    const mark = make("span", { className: "mark" });
    const link = make("a", { className: "card", href: this.address(lesson.name).href },
      lesson.picture ? picture : "",
      make("span", { className: "words" },
        make("span", { className: "head" }, make("b", { textContent: `${lesson.number} ${lesson.title}` }), make("small", { textContent: `${lesson.minutes} min` })),
        make("span", { className: "asks", textContent: lesson.asks }), mark));
    link.onclick = (event) => this.follow(event);
    this.cards.push({ lesson, picture, mark, link });
    return link;
  }

  address(name, query = "") {
    const url = new URL(`../${name}`, this.base);
    url.search = query;
    return url;
  }

  // Within the app where that does: a new window, a download and the like are the browser's own.
  follow(event) {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const url = new URL(event.currentTarget.href);
    this.setTriggerValue("go", { name: url.pathname.split("/").at(-1), query: url.search.slice(1) });
  }

  // What the browser remembers, on the cards and on the way on.
  mark() {
    for (const { lesson, mark, link } of this.cards) {
      const { known, predictions, right, checks, done } = remembered.summary(lesson.name);
      const answered = done ? `✓ all ${checks} checks` : right || predictions ? `${right} of ${checks} checks` : known ? "opened" : "";
      const text = predictions ? `${answered} · prediction made` : answered;
      if (mark.textContent !== text) mark.textContent = text;
      link.classList.toggle("done", done);
    }
    this.keeping.refresh();
    const { last } = remembered.all();
    const lessons = this.cards.map(({ lesson }) => lesson);
    const here = lessons.find(({ name }) => name === last?.lesson);
    const lesson = here ?? lessons[0];
    this.next.textContent = here ? `Continue where you stopped: ${lesson.title} →` : `Start with the first lesson: ${lesson.title} →`;
    this.next.href = this.address(lesson.name, here ? last.query : "").href;
  }

  destroy() {
    this.unsubscribe();
  }
}
