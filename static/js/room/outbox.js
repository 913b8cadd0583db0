/* Commands that must arrive once, however bad the line: `<form data-outbox>`. Each gets a number of its own and is kept
   on this device until the server has answered; what fails on the way is sent again under the same number, in order.
   Without this script the form goes as any other, under the number that the server wrote into it. */
const user = document.body.dataset.user ?? "guest";
const key = `outbox:${user}`;
const longest = 7 * 24 * 3600 * 1000; // ms: as long as the server knows that it has carried a command out
const soonest = 500;
const latest = 5_000;
const patience = 1_000; // ms before the page says that something waits
const most = 10; // answers that something broke, before the words are handed back
const forms = new Map(); // where the answer to each command goes, as long as this page stands

const read = () => JSON.parse(localStorage.getItem(key) ?? "[]");
const write = (list) => localStorage.setItem(key, JSON.stringify(list));
const drop = (command) => write(read().filter((each) => each.command !== command));
const failed = (reason) => document.dispatchEvent(new CustomEvent("cx:failed", { detail: reason }));
const reasons = { 403: "refused", 404: "gone", 410: "gone", 413: "tooLarge" };

/* Before htmx and the others see it. */
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.matches("form[data-outbox]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const data = new FormData(form, event.submitter);
    const command = crypto.randomUUID();
    data.set("command", command);
    data.delete("csrfmiddlewaretoken"); // it may be another by the time this is sent
    const action = event.submitter?.getAttribute("formaction") ?? form.getAttribute("action");
    write([...read(), { command, action, fields: [...data], at: Date.now() }]);
    forms.set(command, wayOf(form));
    sessionStorage.removeItem(`draft:${user}:${action}`); // it waits here now
    form.reset();
    send();
  },
  true,
);

/* One tab at a time sends, so that the order holds; a tab that comes second sends what the first has left. */
let sending = false;
let leaving = false;
let hurry = () => {};
async function send() {
  if (sending) return;
  sending = true;
  try {
    await navigator.locks.request(key, sendAll);
  } finally {
    sending = leaving;
  }
  if (read().length) send();
}

async function sendAll() {
  const slow = setTimeout(() => show(true), patience);
  let pause = soonest;
  let broke = 0;
  for (let next = read()[0]; next; next = read()[0]) {
    const answer = Date.now() - next.at > longest ? null : await post(next);
    if (answer === undefined || answer?.status === 429 || (answer?.status >= 500 && !(answer.status === 500 && ++broke > most))) {
      show(true);
      await new Promise((done) => ((hurry = done), setTimeout(done, pause * (0.6 + 0.4 * Math.random()))));
      pause = Math.min(latest, 2 * pause);
      continue;
    }
    const way = answer?.headers.get("HX-Redirect");
    if (way) {
      leaving = true; // to sign in again; what waits is sent from the page after that
      return location.assign(way);
    }
    drop(next.command);
    if (answer) await settle(next, answer);
    forms.delete(next.command);
    pause = soonest;
    broke = 0;
  }
  clearTimeout(slow);
  show(false);
}

/* The answer, or nothing where none came. */
async function post({ command, action, fields }) {
  const body = new URLSearchParams(fields);
  const csrf = JSON.parse(document.body.getAttribute("hx-headers") ?? "{}");
  const headers = { ...csrf, "HX-Request": "true", "HX-Current-URL": location.href };
  try {
    return await fetch(action, { method: "POST", body, headers, signal: AbortSignal.timeout(15_000) });
  } catch {
    return undefined;
  }
}

async function settle(sent, answer) {
  const { target, style, parts } = forms.get(sent.command) ?? {};
  const shown = answer.ok || answer.status === 409 || answer.status === 422;
  if (!shown) {
    giveBack(sent);
    failed(reasons[answer.status] ?? "failed");
    return;
  }
  const text = await answer.text();
  const refused = answer.status === 422 || answer.status === 409;
  if (target?.isConnected && !answer.redirected && answer.status !== 204 && (style !== "none" || parts)) {
    target.dispatchEvent(new CustomEvent("cx:before-swap", { bubbles: true }));
    htmx.swap(target, text, { swapStyle: style }, { selectOOB: parts });
    document.dispatchEvent(new CustomEvent("cx:after-swap"));
    if (refused && style === "none") giveBack(sent);
  } else if (refused) {
    giveBack(sent);
    failed("failed");
  }
  trigger(answer.headers.get("HX-Trigger"));
}

/* Where the answer goes: asked when the form is sent, for another answer may take it off the page before its own comes. */
function wayOf(form) {
  const asked = (name) => form.closest(`[${name}]`)?.getAttribute(name);
  const style = asked("hx-swap")?.split(" ")[0] ?? "innerHTML";
  return { target: targetOf(form), style, parts: asked("hx-select-oob") }; // the parts: each for the element of its id
}

function targetOf(form) {
  if (!form.matches("[hx-post]")) return null;
  const from = form.closest("[hx-target]");
  const wanted = from?.getAttribute("hx-target") ?? "this";
  if (wanted === "this") return from ?? form;
  return wanted.startsWith("closest ") ? form.closest(wanted.slice(8)) : document.querySelector(wanted);
}

function trigger(header) {
  if (!header) return;
  const named = header.startsWith("{") ? JSON.parse(header) : Object.fromEntries(header.split(/, */).map((name) => [name]));
  for (const [name, detail] of Object.entries(named)) htmx.trigger(document.body, name, detail ?? {});
}

/* Words that the server did not take stand in their form again, unless there are others by now. */
function giveBack({ action, fields }) {
  const form = [...document.querySelectorAll("form[data-outbox]")].find((each) => each.getAttribute("action") === action);
  for (const [name, value] of fields) {
    const field = form?.elements[name];
    if (field?.matches?.("textarea, input[type=text]") && !field.value) field.value = value;
  }
  document.dispatchEvent(new CustomEvent("cx:given-back", { detail: Object.fromEntries(fields) }));
}

/* `[data-outbox-state]` says that something is kept on this device and will be sent. */
function show(waits) {
  for (const each of document.querySelectorAll("[data-outbox-state]")) {
    each.dataset.outboxState = waits ? "waiting" : "";
    each.hidden = !waits;
  }
}
addEventListener("online", () => hurry());
document.addEventListener("visibilitychange", () => document.hidden || hurry());
document.addEventListener("htmx:load", () => read().length && send(), { once: true });
