/* Requests that fail keep what was typed and say so; requests under way are not sent twice. */
const reasons = { 403: "refused", 404: "gone", 410: "gone", 413: "tooLarge", 429: "tooMany" };
const failed = (reason) => document.dispatchEvent(new CustomEvent("cx:failed", { detail: reason }));
const buttons = new WeakMap();

document.addEventListener("htmx:responseError", ({ detail }) => failed(reasons[detail.xhr.status] ?? "failed"));
document.addEventListener("htmx:sendError", () => failed("offline"));
document.addEventListener("htmx:timeout", () => failed("offline"));

document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.target.closest("form");
  if (!form || event.detail.requestConfig.verb === "get") return;
  if (buttons.has(form)) return event.preventDefault();
  const button = event.detail.requestConfig.triggeringEvent?.submitter ?? form.querySelector("button:not([type=button])");
  buttons.set(form, { button, wait: setTimeout(() => button?.setAttribute("aria-busy", "true"), 300) });
});
document.addEventListener("htmx:afterRequest", (event) => release(event.target.closest("form")));

function release(form) {
  if (!form || !buttons.has(form)) return;
  const { button, wait } = buttons.get(form);
  clearTimeout(wait);
  button?.removeAttribute("aria-busy");
  buttons.delete(form);
}

/* A plain form goes once as well; a page brought back by the back button may send again. */
const sent = new Set();
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return;
  if (sent.has(event.target)) return event.preventDefault();
  sent.add(event.target);
  setTimeout(() => event.submitter?.setAttribute("aria-busy", "true"), 300);
});
addEventListener("pageshow", () => {
  sent.clear();
  for (const button of document.querySelectorAll("button[aria-busy]")) button.removeAttribute("aria-busy");
});

/* A section that comes anew leaves the other forms open in it as they are: what is typed in them was not sent. They are
   taken out before the swap, so that htmx keeps their listeners, and put back where they stood. */
let open = [];
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!detail.shouldSwap) return;
  const { target } = detail;
  if (detail.requestConfig?.elt === target && !target.matches("[hx-swap=innerHTML], [hx-swap=none]") && target.querySelector(".htmx-request")) {
    /* A form is on its way into the section, and would miss it: the section comes once more after that. */
    detail.shouldSwap = false;
    const again = () => htmx.ajax("GET", target.getAttribute("hx-get"), { source: target, target, swap: "outerHTML" });
    target.addEventListener("htmx:afterRequest", again, { once: true });
    return;
  }
  const sent = detail.requestConfig?.elt.closest("form.record-form");
  const forms = [...target.querySelectorAll("form.record-form")].filter((form) => form !== sent);
  open = forms.map((form) => ({ form, place: form.parentElement.id, section: target.id }));
  for (const { form } of open) form.remove();
});
document.addEventListener("htmx:afterSwap", () => {
  for (const { form, place, section } of open) {
    const back = document.getElementById(place);
    if (back) back.replaceChildren(form);
    else document.getElementById(section)?.prepend(form);
  }
  open = [];
});

/* Where the focus goes after a swap: to the errors, to what asks for it, into a form that was opened, to the record that
   a form closed on or that was moved or brought back, else near where the focus was lost. */
const title = document.title;
const closed = new WeakMap();
const items = (place) => [...place.querySelectorAll("[data-item]")];

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig?.elt.closest("form.record-form, form[data-move], cx-toast form");
  if (!form) return;
  const own = form.getAttribute("action").match(/\/([a-z_]+)\/(\d+)\/(?:move\/|restore\/)?(?:\?.*)?$/);
  const before = new Set(items(detail.target).map(({ id }) => id));
  closed.set(detail.xhr, { id: own && `${own[1]}-${own[2]}`, moved: !form.matches(".record-form"), before });
});

function comeBack(place, { id, moved, before }) {
  const item = items(place).find((one) => (id ? one.id === id : !before.has(one.id)));
  if (!item) return false;
  for (let fold = item.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  if (moved) item.tabIndex = -1;
  (moved ? item : item.querySelector("a[href], button, summary"))?.focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
  return true;
}

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const place = detail.elt;
  if (!place?.isConnected || place.closest("#toasts")) return;
  const inside = (selector) => (place.matches(selector) ? place : place.querySelector(selector));
  const problem = inside(".errors, .conflict");
  document.title = problem ? `${document.getElementById("toasts").dataset.errorPrefix} ${title}` : title;
  /* What a stream told to fetch was not asked for by anybody, and takes nobody's focus. */
  const told = /^(live|room):/.test(detail.requestConfig?.triggeringEvent?.type);
  const opened = !told && detail.requestConfig?.verb === "get" && inside("form");
  const field = opened && opened.querySelector("input:not([type=hidden], [type=search]), textarea, select");
  const way = closed.get(detail.xhr);
  const wanted = problem ?? inside("[autofocus], [data-focus]") ?? field;
  if (wanted) wanted.focus();
  else if (!told && (way?.moved || document.activeElement === document.body) && !(way && comeBack(place, way))) {
    const first = inside("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]");
    first?.focus({ preventScroll: true });
  }
});
document.querySelector(".errors, .conflict")?.focus();
