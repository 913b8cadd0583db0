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

/* Where the focus goes after a swap: to the errors, to what asks for it, into a form that was opened, else near where
   the focus was lost. */
const title = document.title;
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const place = detail.elt;
  if (!place?.isConnected || place.closest("#toasts")) return;
  const inside = (selector) => (place.matches(selector) ? place : place.querySelector(selector));
  const problem = inside(".errors, .conflict");
  document.title = problem ? `${document.getElementById("toasts").dataset.errorPrefix} ${title}` : title;
  const opened = detail.requestConfig?.verb === "get" && inside("form");
  const field = opened && opened.querySelector("input:not([type=hidden], [type=search]), textarea, select");
  const wanted = problem ?? inside("[autofocus], [data-focus]") ?? field;
  if (wanted) wanted.focus();
  else if (document.activeElement === document.body) {
    const first = inside("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]");
    first?.focus({ preventScroll: true });
  }
});
document.querySelector(".errors, .conflict")?.focus();
