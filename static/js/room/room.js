/* The live room: what comes anew leaves what is typed, chosen and focused as it is, and says what has changed. */
const room = document.getElementById("room");
const desk = document.getElementById("desk");
const here = room ?? desk ?? document.getElementById("screen");
const say = (text, region = "said") => (document.getElementById(region).textContent = text);

/* What many do at once is fetched once: a turn almost at once, the rest within a second. */
const inHand = ".is-held"; // grouping.js
let wait = 0;
let due = 0;
function changed(within) {
  const at = Date.now() + within;
  if (wait && at >= due) return;
  clearTimeout(wait);
  due = at;
  wait = setTimeout(() => {
    wait = 0;
    if (here.querySelector(within > 100 ? `${inHand}, details.dropdown[open]` : inHand)) return changed(within); // it stays under the hand
    htmx.trigger(document.body, "room:changed");
  }, within);
}
if (here && !room) {
  for (const kind of ["phase", "timer", "session"]) document.body.addEventListener(`live:${kind}`, () => changed(100));
  const soon = ["notes", "note", "wall", "ready", "people", "ballots", "groups", "decision", "agenda", "pulse"];
  for (const kind of soon) document.body.addEventListener(`live:${kind}`, () => changed(700));
}

/* What is typed and chosen, by its id. What was sent and taken is not given back. */
const fields = "input[id]:not([type=hidden]), textarea[id], select[id]";
const isChoice = (field) => field.type === "checkbox" || field.type === "radio";
const state = (field) => (isChoice(field) ? field.checked : field.value);
const began = (field) => {
  if (isChoice(field)) return field.defaultChecked;
  return field.matches("select") ? ([...field.options].find((one) => one.defaultSelected) ?? field.options[0])?.value : field.defaultValue;
};
const ways = (element) => element.id || element.closest("form")?.getAttribute("action") + element.name + element.value;
const twin = (key) => [...here.querySelectorAll("a, button, input, select, summary, textarea, [id]")].find((one) => ways(one) === key);
let kept = null;

const place = () => here.querySelector("[data-phase]")?.dataset;
if (here) {
  const remember = (form) => {
    const focus = here.contains(document.activeElement) ? document.activeElement : null;
    const menu = focus?.closest("details.dropdown")?.querySelector("summary");
    const isSent = (field) => form && (field.form === form || (form.id && field.form?.id === form.id)); // it may have come anew meanwhile
    kept = {
      fields: [...here.querySelectorAll(fields)].filter((each) => !isSent(each) && state(each) !== began(each)).map((each) => [each.id, state(each)]),
      focus: focus && ways(menu ?? focus),
      dots: focus?.closest(".dot-buttons")?.id,
      selection: focus?.matches("textarea, input:not([type])") ? [focus.selectionStart, focus.selectionEnd] : null,
      open: [...here.querySelectorAll("details[id]")].map(({ id, open }) => [id, open]),
      where: { ...place() },
      said: here.querySelector("[data-say]")?.textContent,
    };
  };
  const restore = () => {
    if (!kept) return;
    for (const [id, value] of kept.fields) {
      const field = document.getElementById(id);
      if (field) field[isChoice(field) ? "checked" : "value"] = value;
    }
    for (const [id, open] of kept.open) {
      const fold = document.getElementById(id);
      if (fold) fold.open = open;
    }
    const turned = place() && (place().phase !== kept.where.phase || place().state !== kept.where.state);
    const lost = kept.focus && !here.contains(document.activeElement);
    const beside = lost && kept.dots && document.getElementById(kept.dots)?.querySelector("[data-give]");
    const target = lost ? ((!turned && (twin(kept.focus) || beside)) || here.querySelector("#question")) : null;
    target?.focus({ preventScroll: !turned });
    if (target && kept.selection && !turned) target.setSelectionRange?.(...kept.selection);
    if (turned) {
      if (room) scrollTo(0, 0);
      say([here.querySelector(".room-name span span, .vision-meta span")?.textContent, here.querySelector("h1")?.textContent].filter(Boolean).join(": "), "turned");
    }
    const saying = here.querySelector("[data-say]")?.textContent;
    if (saying && saying !== kept.said) say(saying.replace(/\s+/g, " ").trim());
    kept = null;
    draw();
  };
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.requestConfig?.verb === "get" && here.querySelector(inHand)) {
      detail.shouldSwap = false;
      changed(100);
    } else if (detail.shouldSwap) remember(detail.xhr.status < 400 ? detail.requestConfig?.elt.closest("form") : null);
  });
  document.addEventListener("htmx:afterSwap", restore);
  document.addEventListener("cx:before-swap", () => remember(null)); // outbox.js
  document.addEventListener("cx:after-swap", restore);
}

/* Whoever may not listen any more is told why by the page itself, which is asked once. */
if (here) {
  document.body.addEventListener("live:closed", () => {
    const asked = Number(sessionStorage.getItem("room-closed"));
    sessionStorage.setItem("room-closed", Date.now());
    if (Date.now() - asked > 60_000) location.reload();
  });
}

/* Who has the room open now; the desk's own stream, the second one, knows no seats. */
let present = null;
const mark = () => {
  for (const each of present ? (desk?.querySelectorAll("[data-person]") ?? []) : []) each.classList.toggle("is-away", !present.has(each.dataset.person));
};
document.body.addEventListener("live:here", ({ detail }) => {
  if (!desk || detail.stream !== document.querySelector("[data-live]").dataset.live) return;
  present = new Set(detail.who);
  mark();
});

/* New notes are told of politely, and not each by itself. */
let news = 0;
document.body.addEventListener("live:note", () => {
  if (!room || !document.getElementById("wall-notes")) return;
  news += 1;
  if (news > 1) return;
  setTimeout(() => {
    say(news > 1 ? room.dataset.notesMany.replace("#", news) : room.dataset.notesOne);
    news = 0;
  }, 5000);
});

/* A note that is being written waits in this tab, also when the room goes on before it was sent. */
const drafts = `note:${room?.dataset.room}:`;
const writing = () => room?.querySelector("[data-write]");
const draftOf = (phase) => JSON.parse(sessionStorage.getItem(drafts + phase) ?? "null");
const letGo = (phase) => sessionStorage.removeItem(drafts + phase);

function count() {
  const form = writing();
  if (!form) return;
  const { text } = form.elements;
  form.querySelector("[data-count]").textContent = text.value.length;
  form.querySelector("[data-kept]").hidden = !text.value.trim();
  form.querySelector(".write-note").className = `note write-note n-${form.elements.paper.value}`;
}

function draw() {
  mark();
  if (!room) return;
  const left = document.getElementById("dots-left")?.dataset.left;
  for (const give of room.querySelectorAll("[data-give]")) give.ariaDisabled = left === "0" || give.dataset.give === "full";
  const form = writing();
  const now = place()?.phase;
  const draft = form && draftOf(now);
  if (draft && !form.elements.text.value) form.elements.text.value = draft.text;
  count();
  const late = Object.keys(sessionStorage).find((key) => key.startsWith(drafts) && key !== drafts + (form ? now : ""));
  const spot = document.getElementById("late");
  if (!late || !spot || spot.childElementCount) return;
  const { text, paper } = JSON.parse(sessionStorage.getItem(late));
  const unsent = document.getElementById("unsent").content.cloneNode(true);
  const sending = unsent.querySelector("form");
  unsent.querySelector("[data-unsent-text]").textContent = text;
  unsent.querySelector(".note").classList.add(`n-${paper}`);
  for (const [name, value] of Object.entries({ phase: late.slice(drafts.length), text, paper })) sending.elements[name].value = value;
  spot.append(unsent);
  htmx.process(spot);
}

if (room) {
  room.addEventListener("input", ({ target }) => {
    const form = target.closest("[data-write]");
    if (!form) return;
    for (const choice of form.querySelectorAll("[type=radio]")) choice.defaultChecked = choice.checked; // for the next one, too
    const text = form.elements.text.value;
    const phase = place().phase;
    if (text.trim()) sessionStorage.setItem(drafts + phase, JSON.stringify({ text, paper: form.elements.paper.value }));
    else letGo(phase);
    count();
  });
  /* It is on its way and kept there (outbox.js): the field is free for the next one, and the keyboard stays open. */
  room.addEventListener("reset", ({ target }) => {
    if (!target.matches("[data-write], [data-unsent]")) return;
    letGo(target.elements.phase.value);
    if (target.matches("[data-unsent]")) return;
    target.elements.text.focus();
    setTimeout(count);
  });
  room.addEventListener("click", ({ target }) => {
    const unsent = target.closest("[data-let-go]")?.form;
    if (!unsent) return;
    letGo(unsent.elements.phase.value);
    document.getElementById("late").replaceChildren();
  });
  draw();
}

/* What the room did not take is not lost. */
document.addEventListener("cx:given-back", ({ detail }) => {
  if (!room || !detail.text || !detail.phase) return;
  sessionStorage.setItem(drafts + detail.phase, JSON.stringify({ text: detail.text, paper: detail.paper }));
  draw();
});

/* One tap is an answer. */
document.addEventListener("change", ({ target }) => {
  const form = target.closest("[data-at-once]");
  if (!form) return;
  for (const choice of form.elements.value) choice.defaultChecked = choice.checked; // sending empties the form
  form.requestSubmit();
});

/* How many notes are ticked. */
const tick = () => {
  const hint = document.getElementById("sort-hint");
  const chosen = document.querySelectorAll("#board [form=sort]:checked").length;
  if (hint) hint.textContent = chosen ? hint.dataset.some.replace("#", chosen) : hint.dataset.none;
};
if (desk) {
  document.addEventListener("change", tick);
  document.addEventListener("htmx:afterSettle", tick);
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.successful && detail.elt.matches("[data-closes]")) document.dispatchEvent(new Event("cx:close"));
  });
}
