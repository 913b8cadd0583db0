/* What is typed survives an expired sign-in, a crash and a wrong turn: it waits in this tab until it is saved. */
const kind = "draft:";
const user = document.body.dataset.user;
const kept = "input:not([type=hidden], [type=password], [type=file], [type=search]), textarea, select";
const forms = "main form[method=post]:not([data-no-draft]), dialog form[method=post]:not([data-no-draft])";
const keyOf = (form) => `${kind}${user}:${form.getAttribute("action") || location.pathname}`;

const read = (form) => {
  const fields = [...form.querySelectorAll(kept)].filter((field) => field.name);
  return fields.map((field) => [field.name, field.value, field.checked ?? null]);
};
const same = (one, two) => JSON.stringify(one) === JSON.stringify(two);
const began = new WeakMap();

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.(forms);
  if (!user || !form || !target.matches(kept)) return;
  sessionStorage.setItem(keyOf(form), JSON.stringify({ from: began.get(form), now: read(form) }));
});

/* Given back only where the form still starts from what it started from; never over something newer. */
function giveBack(root) {
  for (const form of root.querySelectorAll?.(forms) ?? []) {
    if (began.has(form)) continue;
    began.set(form, read(form));
    const draft = JSON.parse(sessionStorage.getItem(keyOf(form)) ?? "null");
    if (!draft || !same(draft.from, began.get(form)) || same(draft.now, draft.from)) continue;
    const fields = [...form.querySelectorAll(kept)].filter((field) => field.name);
    fields.forEach((field, index) => {
      const [, value, checked] = draft.now[index];
      if (field.type === "checkbox" || field.type === "radio") field.checked = checked;
      else field.value = value;
    });
    form.dispatchEvent(new Event("cx:restored"));
    const text = document.getElementById("toasts").dataset.restored;
    document.dispatchEvent(new CustomEvent("cx:toast", { detail: { text } }));
  }
}

/* A plain form that was sent is settled by the page that answers: one without errors means it was taken. */
const sent = "sent:";
const settle = () => {
  const refused = !user || document.querySelector("[data-error-page], .errors, .conflict");
  for (const key of Object.keys(sessionStorage).filter((each) => each.startsWith(sent))) {
    if (!refused) sessionStorage.removeItem(key.slice(sent.length));
    sessionStorage.removeItem(key);
  }
};

settle();
if (user) giveBack(document);
document.addEventListener("htmx:load", ({ detail }) => user && giveBack(detail.elt.parentElement ?? detail.elt));
/* What was taken is let go before the answer is shown: it may bring the same form, empty. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const form = detail.requestConfig?.elt.closest("form");
  if (form && detail.xhr.status < 400 && detail.requestConfig.verb !== "get") sessionStorage.removeItem(keyOf(form));
});
/* A sign-in that ran out takes the whole page away: back on it, the form that was sent opens again where it stood. */
const again = "again";
document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
  const form = detail.requestConfig?.elt.closest(forms);
  if (form && detail.xhr.getResponseHeader("HX-Redirect")) sessionStorage.setItem(again, form.getAttribute("action"));
});
const reopen = () => {
  const action = user && sessionStorage.getItem(again);
  if (!action) return;
  sessionStorage.removeItem(again);
  document.querySelector(`a[hx-get="${action}"], a[hx-get^="${action}?"]`)?.click();
};
document.addEventListener("htmx:load", reopen, { once: true });
/* A link that looks like a button inside a form is its way out: what was typed is let go. */
document.addEventListener("click", ({ target }) => {
  const form = target.closest("form a.button")?.closest("form");
  if (form) sessionStorage.removeItem(keyOf(form));
});
document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (target.matches("[data-forget-drafts]")) {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(kind)) sessionStorage.removeItem(key);
  } else if (!defaultPrevented && !target.matches("[hx-post]")) sessionStorage.setItem(sent + keyOf(target), "");
});
