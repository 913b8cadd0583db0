/* Live streams: `<div data-live="/live/<key>/" data-since="<version>">` keeps the page in step with what happens;
   `data-live-at="<page>"` says to a stream of several pages at which of them this is.
   Read with fetch, not EventSource, which can neither hear a kind it was not told of before, nor tell a refusal from a
   lost line, nor notice a line that has gone dead. */
const soonest = 500; // ms before a lost line is tried again, at first,
const latest = 3_000; // and at the longest
const silent = 40_000; // ms without a sign of life, of which one comes every 15 s
const patience = 2_000; // ms before the page says that it is cut off
const page = document.documentElement;
const streams = new Map();
const say = (kind, detail) => document.body.dispatchEvent(new CustomEvent(`live:${kind}`, { detail }));

class Stream {
  constructor(element) {
    this.element = element;
    this.version = Number(element.dataset.since ?? NaN);
    this.tries = 0;
    this.hurry = () => {};
    this.run();
  }

  async run() {
    while (!this.left) {
      this.line = new AbortController();
      try {
        await this.listen();
      } catch {
        /* cut, refused by a server that is busy, or dead: it is tried again */
      }
      clearTimeout(this.watch);
      if (this.left || this.state === "closed") return;
      this.become("lost");
      const pause = Math.min(latest, soonest * 2 ** this.tries++) * (0.6 + 0.4 * Math.random());
      await new Promise((done) => (setTimeout(done, pause), (this.hurry = done)));
    }
  }

  leave() {
    this.left = true;
    this.line.abort();
    this.hurry();
  }

  async listen() {
    const { live, liveAt: at } = this.element.dataset;
    const asked = new URLSearchParams({ ...(Number.isNaN(this.version) ? {} : { since: this.version }), ...(at && { at }) });
    this.breathe();
    const answer = await fetch(`${live}?${asked}`, { signal: this.line.signal, cache: "no-store" });
    if (answer.status === 404) return this.become("closed");
    if (!answer.ok) throw new Error(answer.status);
    this.become("open");
    this.tries = 0;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      this.breathe();
      const events = (text + part.value).split("\n\n");
      text = events.pop();
      for (const event of events) this.take(event);
    }
  }

  breathe() {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => this.line.abort(), silent);
  }

  take(event) {
    let kind = "";
    let version = NaN;
    const data = [];
    for (const line of event.split("\n")) {
      const [, name, value] = line.match(/^(\w+): ?(.*)$/) ?? [];
      if (name === "event") kind = value;
      else if (name === "id") version = Number(value);
      else if (name === "data") data.push(value);
    }
    if (!kind || (kind !== "resync" && version <= this.version)) return;
    if (kind === "here") return say(kind, { ...JSON.parse(data.join("\n")), stream: this.element.dataset.live });
    if (data.join("")) steady(() => apply(data.join("\n")));
    if (!Number.isNaN(version)) this.element.dataset.since = this.version = version;
    say(kind, { version });
  }

  become(state) {
    if (state === this.state) return;
    this.state = state;
    this.element.dataset.liveState = state;
    show();
    if (state === "closed") say(state, { stream: this.element.dataset.live });
  }
}

/* The whole page is as well as the worst of its streams; that it is cut off is said when it lasts. */
let late = 0;
const worst = () => ["closed", "lost", "open"].find((state) => [...streams.values()].some((one) => one.state === state));
function show() {
  const state = worst();
  if (state) page.dataset.liveState = state;
  else delete page.dataset.liveState;
  clearTimeout(late);
  const banners = (hidden) => document.querySelectorAll("[data-live-lost]").forEach((each) => (each.hidden = hidden));
  if (state === "lost") late = setTimeout(() => banners(false), patience);
  else banners(true);
}

/* Streams begin with their element and end with it. */
function follow() {
  for (const [element, stream] of streams) {
    if (element.isConnected) continue;
    stream.leave();
    streams.delete(element);
  }
  for (const element of document.querySelectorAll("[data-live]")) {
    if (!streams.has(element)) streams.set(element, new Stream(element));
  }
  show();
}
document.addEventListener("htmx:load", follow);
for (const type of ["htmx:afterSwap", "cx:after-swap"]) document.addEventListener(type, follow); // cx: outbox.js
const hurry = () => document.hidden || streams.forEach((stream) => stream.hurry());
addEventListener("online", hurry);
document.addEventListener("visibilitychange", hurry);
addEventListener("pagehide", () => {
  for (const stream of streams.values()) stream.leave();
  streams.clear();
});
addEventListener("pageshow", ({ persisted }) => persisted && follow());

/* What comes takes the place of what bears its id. Under somebody's hands nothing is replaced: it waits. */
const waiting = new Map();
let pressed = null;

function apply(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  for (const fresh of [...template.content.children].filter(({ id }) => id)) place(fresh);
}

function place(fresh) {
  const old = document.getElementById(fresh.id);
  if (old && busy(old)) return void waiting.set(fresh.id, fresh);
  waiting.delete(fresh.id);
  if (fresh.hasAttribute("data-gone")) return old?.remove();
  if (old) exchange(old, fresh);
  else document.getElementById(fresh.dataset.appendTo)?.append(fresh);
  if (fresh.isConnected) htmx.process(fresh);
}

const words = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=hidden])";
const written = (field) => field.matches("textarea, input") && field.value !== field.defaultValue;
const busy = (old) =>
  old.contains(pressed) ||
  old.matches(".htmx-request") ||
  (old.contains(document.activeElement) && document.activeElement.matches(words)) ||
  [...old.querySelectorAll(words)].some(written) ||
  Boolean(old.querySelector("dialog[open], details.dropdown[open], .htmx-request"));

/* A button or a link in focus passes the focus on to the one that stands for it now; folds stay as they are. */
function exchange(old, fresh) {
  const controls = (place) => [place, ...place.querySelectorAll("a[href], button, summary, input, [tabindex]")];
  const at = controls(old).indexOf(document.activeElement);
  const folds = [...old.querySelectorAll("details")];
  fresh.querySelectorAll("details").forEach((fold, place) => (fold.open = folds[place]?.open ?? fold.open));
  old.replaceWith(fresh);
  if (at >= 0) controls(fresh)[at]?.focus({ preventScroll: true });
}

const retry = () => {
  for (const fresh of [...waiting.values()]) steady(() => place(fresh));
};
const release = () => {
  pressed = null;
  setTimeout(retry); // after the click that ends the press
};
for (const type of ["pointerdown", "dragstart"]) document.addEventListener(type, ({ target }) => (pressed = target), true);
for (const type of ["pointerup", "dragend"]) document.addEventListener(type, release, true);
document.addEventListener("pointercancel", () => pressed?.closest("[draggable=true]") || release(), true);
for (const type of ["focusout", "toggle", "reset", "htmx:afterRequest"]) document.addEventListener(type, () => setTimeout(retry), true);

/* What is being read stays where it is, whatever comes or goes above it. */
function steady(change) {
  const read = scrollY > 0 && document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest("main [id]");
  const before = read && read.getBoundingClientRect().top;
  change();
  const now = read && document.getElementById(read.id);
  const moved = now ? now.getBoundingClientRect().top - before : 0;
  if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
}

globalThis.cxLive = { busy, exchange, steady }; // step/step.js
