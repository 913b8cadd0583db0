/* The projector: D changes between light and dark, F fills the screen, what does not fit comes page by page. */
const screen = document.getElementById("screen");
const root = document.documentElement;
const dress = (theme) => {
  root.dataset.theme = theme;
  document.querySelector("meta[name=color-scheme]").content = theme;
  sessionStorage.setItem("screen-theme", theme);
};
let page = 0;
let phase = "";
let known = new Set();

/* Pages are cut between the rows that fit; nothing is cut in two. */
function pages(list) {
  const items = [...list.children];
  for (const item of items) item.hidden = false;
  const top = list.getBoundingClientRect().top;
  const room = list.parentElement.getBoundingClientRect().bottom - top;
  let start = 0;
  let number = 0;
  return items.map((item) => {
    const box = item.getBoundingClientRect();
    if (box.bottom - top - start > room + 1 && box.top - top > start) {
      start = box.top - top;
      number += 1;
    }
    return number;
  });
}

function lay(turn = 0) {
  const list = screen.querySelector("[data-paged]");
  const foot = screen.querySelector("[data-pages]");
  if (!list) return (foot.hidden = true);
  const numbers = pages(list);
  const count = (numbers.at(-1) ?? 0) + 1;
  page = Math.min(count - 1, Math.max(0, page + turn));
  [...list.children].forEach((item, index) => (item.hidden = numbers[index] !== page));
  foot.hidden = count < 2;
  const words = foot.querySelector("[data-text]");
  words.textContent = words.dataset.text.replace("#", page + 1).replace("#", count);
}

/* What was not there before is laid down gently. */
function draw() {
  const now = screen.querySelector("[data-phase]").dataset.phase;
  if (now !== phase) page = 0;
  phase = now;
  const items = [...screen.querySelectorAll("[data-paged] > [id]")];
  for (const item of items) item.classList.toggle("is-new", !known.has(item.id));
  known = new Set(items.map(({ id }) => id));
  lay();
}

if (screen) {
  const theme = sessionStorage.getItem("screen-theme");
  if (theme) dress(theme);
  const isDark = () => getComputedStyle(root).colorScheme === "dark" || (!root.dataset.theme && matchMedia("(prefers-color-scheme: dark)").matches);
  document.addEventListener("keydown", ({ key, ctrlKey, metaKey, altKey }) => {
    if (ctrlKey || metaKey || altKey || document.querySelector("dialog[open]")) return;
    if (key === "d" || key === "D") dress(isDark() ? "light" : "dark");
    if (key === "f" || key === "F") document.fullscreenElement ? document.exitFullscreen() : root.requestFullscreen();
    if (key === "ArrowRight" || key === "PageDown") lay(1);
    if (key === "ArrowLeft" || key === "PageUp") lay(-1);
  });
  screen.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-turn]");
    if (button) lay(Number(button.dataset.turn));
  });
  document.addEventListener("htmx:afterSwap", draw);
  addEventListener("resize", () => lay());
  document.fonts.ready.then(draw);
}
