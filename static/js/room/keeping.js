/* A part of a live page that is fetched anew takes nobody's words along: they are put back, now or when their form
   comes again. */
const words = "textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=hidden])";
const written = (field) => field.matches("textarea, input") && field.value !== field.defaultValue;
const typed = new Map();
const nameOf = (field) => `${field.form?.getAttribute("action") ?? ""} ${field.name}`;

function keep(place, sent) {
  if (!document.querySelector("[data-live]")) return;
  for (const field of place.querySelectorAll(words)) {
    if (!field.name || !written(field) || (sent && field.form === sent)) continue;
    const focused = field === document.activeElement;
    typed.set(nameOf(field), { text: field.value, focused, at: focused && field.selectionStart });
  }
}

function putBack() {
  if (!typed.size) return;
  for (const field of document.querySelectorAll(words)) {
    const kept = typed.get(nameOf(field));
    if (!kept || !field.matches("textarea, input")) continue;
    typed.delete(nameOf(field));
    if (field.value) continue; // the answer brings words of its own
    field.value = kept.text;
    if (kept.focused) field.focus({ preventScroll: true });
    if (kept.focused && kept.at !== null) field.setSelectionRange(kept.at, kept.at);
  }
}
document.addEventListener("htmx:beforeSwap", ({ detail, defaultPrevented }) => {
  const sent = detail.requestConfig?.verb !== "get" && detail.requestConfig?.elt.closest("form");
  if (!defaultPrevented && detail.shouldSwap) keep(detail.target, sent); // what was sent, the answer brings if need be
});
document.addEventListener("htmx:afterSwap", putBack);
document.addEventListener("cx:before-swap", ({ target }) => keep(target)); // outbox.js
document.addEventListener("cx:after-swap", putBack);
