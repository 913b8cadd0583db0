/* A step that others write in at the same time: what they change is fetched, and takes its place where nobody's hands
   are; who else has the page open stands in its head. */
const { busy, exchange, steady } = cxLive;
const place = document.querySelector("[data-live-at]");
const soon = 300; // ms from the word that something changed to asking what,
const seldom = 1_000; // and at the least between two questions
const parts = "main section[id$='-list'], [data-fresh][id]";

/* What was swapped since the page was asked for is newer than the answer. */
let swaps = 0;
let sending = 0;
let wait = 0;
let asking = false;
let last = 0;
let behind = new Set();

function ask() {
  if (wait || asking || document.hidden) return;
  wait = setTimeout(refresh, Math.max(soon * (1 + Math.random()), last + seldom - Date.now()));
}

async function refresh() {
  wait = 0;
  if (sending) return; // its answer asks again
  asking = true;
  last = Date.now();
  const before = swaps;
  let again = false;
  try {
    const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    again = swaps !== before || sending > 0;
    if (!again) settle(page);
  } catch {
    /* no line: when it is back, the stream says so */
  } finally {
    asking = false;
    if (again || stale) ((stale = false), ask());
  }
}
let stale = false;
const changed = () => {
  if (asking || sending || document.hidden) stale = true;
  ask();
};

/* As the house wrote it: without what browser and scripts made of it. */
function bare(element) {
  const made = document.importNode(element, true);
  for (const each of [made, ...made.querySelectorAll("*")]) {
    each.classList.remove("htmx-added", "htmx-settling", "htmx-swapping", "htmx-request");
    if (!each.classList.length) each.removeAttribute("class");
    for (const name of ["open", "style", "aria-busy", "aria-expanded", "data-live-state"]) each.removeAttribute(name);
    if (each.name === "csrfmiddlewaretoken") each.removeAttribute("value");
  }
  made.normalize();
  return made;
}
const same = (one, other) => bare(one).isEqualNode(bare(other));

const selected = (old) => {
  const selection = getSelection();
  return !selection.isCollapsed && selection.containsNode(old, true);
};
const held = (old) => busy(old) || selected(old) || Boolean(old.querySelector("form.record-form"));

function settle(page) {
  behind = new Set();
  for (const fresh of page.querySelectorAll(parts)) {
    const old = document.getElementById(fresh.id);
    if (!old || same(old, fresh)) continue;
    if (!held(old)) {
      put(old, fresh);
      continue;
    }
    behind.add(fresh.id);
    for (const item of fresh.querySelectorAll("[data-item][id]")) {
      const twin = document.getElementById(item.id);
      if (twin && old.contains(twin) && !held(twin) && !same(twin, item)) put(twin, item.cloneNode(true));
    }
  }
}

function put(old, fresh) {
  const made = document.adoptNode(fresh);
  steady(() => exchange(old, made));
  htmx.process(made);
  htmx.trigger(made, "htmx:load");
}

for (const kind of ["plan", "resync"]) document.body.addEventListener(`live:${kind}`, changed);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && stale) ((stale = false), ask());
});

/* What somebody's hands were on is fetched when they are off it. */
const release = () =>
  setTimeout(() => {
    if ([...behind].some((id) => !held(document.getElementById(id) ?? document.body))) ask();
  });
for (const type of ["focusout", "pointerup", "toggle", "reset", "selectionchange", "htmx:afterSettle"]) document.addEventListener(type, release, true);

document.addEventListener("htmx:beforeSend", ({ detail }) => (sending += detail.requestConfig.verb !== "get"));
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  sending -= detail.requestConfig.verb !== "get";
  if (stale && !sending) ((stale = false), ask());
});
document.addEventListener("htmx:afterSwap", () => (swaps += 1));

/* Who else is at this step: names come from the house, in its words. */
let here = "";
document.body.addEventListener("live:here", async ({ detail }) => {
  const { me, who, liveAt: at } = place.dataset;
  const names = detail.who.filter((name) => name.endsWith(`@${at}`)).map((name) => name.slice(1, -at.length - 1));
  const others = names.filter((name) => name !== me).sort().join();
  if (others === here) return;
  here = others;
  const answer = others ? await fetch(`${who}?who=${others}`).catch(() => null) : null;
  if (here !== others || (answer && (!answer.ok || answer.redirected))) return;
  if (others && !answer) return void (here = "");
  place.innerHTML = answer ? await answer.text() : "";
});
