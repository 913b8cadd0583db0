/* Keys, matched by what they write (a Finnish keyboard needs Shift for / and ?), silent while somebody types. */
const off = () => localStorage.getItem("keys") === "off";
const typing = (target) => target.closest("input, textarea, select, [contenteditable]") && !target.matches("[type=checkbox], [type=radio]");
const arrows = { ArrowUp: "earlier", ArrowDown: "later" };
let going = "";
let wait = 0;

const press = (selector, root = document) => {
  const target = [...root.querySelectorAll(selector)].find((each) => each.checkVisibility());
  target?.click();
  return Boolean(target);
};

/* What was done last is undone first. */
const undo = () => {
  const last = [...document.querySelectorAll("#toasts [data-undo]")].at(-1);
  last?.click();
  return Boolean(last);
};

const step = (by) => {
  const items = [...document.querySelectorAll("[data-item]")];
  const at = items.findIndex((item) => item.contains(document.activeElement));
  const next = items[at < 0 ? (by > 0 ? 0 : items.length - 1) : at + by];
  next?.setAttribute("tabindex", "-1");
  next?.focus();
};

/* Alt and an arrow: what the menu of the record in focus does. */
const shift = (item, to) => {
  const button = item?.querySelector(`[data-move] [value=${to}]`);
  button?.click();
  return Boolean(button);
};

/* g, then h or a number; 1 waits a moment for a second figure. */
const go = (key) => {
  clearTimeout(wait);
  if (key === "h") return (going = ""), press("[data-home], .crumbs li:nth-child(2) a");
  if (!/^\d$/.test(key)) return void (going = "");
  going += key;
  const number = going.slice(1);
  const jump = () => ((going = ""), document.querySelector(`[data-step="${number}"]`)?.click());
  if (number === "1") wait = setTimeout(jump, 600);
  else jump();
};

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const command = event.ctrlKey || event.metaKey;
  if (command && key === "Enter") return target.closest("form")?.requestSubmit();
  if (command && key.toLowerCase() === "z" && !typing(target)) {
    if (undo()) event.preventDefault();
    return;
  }
  if (event.altKey && arrows[key] && !command && !typing(target) && !document.querySelector("dialog[open]")) {
    if (shift(target.closest("[data-item]"), arrows[key])) event.preventDefault();
    return;
  }
  if (off() || command || event.altKey || typing(target) || document.querySelector("dialog[open]")) return;
  if (going) {
    event.preventDefault();
    return go(key);
  }
  const acts = {
    "?": () => document.getElementById("keys").showModal(),
    "/": () => press("[data-key='/']"),
    g: () => press("[data-key=g]") || ((going = "g"), (wait = setTimeout(() => (going = ""), 1500))),
    n: () => press("[data-key=n]"),
    e: () => press("[data-key=e]", target.closest("[data-item]") ?? document),
    j: () => step(1),
    k: () => step(-1),
  };
  if (!acts[key]) return;
  event.preventDefault();
  acts[key]();
});

const choice = document.querySelector("[data-keys-switch]");
if (choice) {
  choice.checked = !off();
  choice.addEventListener("change", () => localStorage.setItem("keys", choice.checked ? "on" : "off"));
}
