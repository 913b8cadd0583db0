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

/* Pages are cut between the rows that fit. */
function pages(list, bottom) {
  const items = [...list.children];
  for (const item of items) item.hidden = false;
  const top = list.getBoundingClientRect().top;
  const room = bottom - top;
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

/* Lanes stand side by side, as many as fit; of each, what fits below its name. */
function lanePages(box) {
  const lanes = [...box.children];
  const gap = parseFloat(getComputedStyle(box).columnGap);
  const narrowest = 15 * parseFloat(getComputedStyle(root).fontSize);
  const beside = Math.max(1, Math.floor((box.clientWidth + gap) / (narrowest + gap)));
  const bottom = box.parentElement.getBoundingClientRect().bottom - gap;
  const found = [];
  for (let first = 0; first < lanes.length; first += beside) {
    const shown = lanes.slice(first, first + beside);
    for (const lane of lanes) lane.hidden = !shown.includes(lane);
    const cut = new Map(shown.map((lane) => [lane, pages(lane.querySelector("ul"), bottom)]));
    const most = Math.max(...[...cut.values()].map((numbers) => numbers.at(-1) ?? 0));
    for (let number = 0; number <= most; number += 1) found.push({ cut, number });
  }
  return found;
}

/* What there is to turn over: for each page, what shows it. */
function leaves() {
  const found = [];
  const lists = [...screen.querySelectorAll("[data-paged]")];
  const alone = (list) => lists.forEach((each) => (each.hidden = each !== list));
  for (const list of lists) {
    alone(list);
    const numbers = pages(list, list.parentElement.getBoundingClientRect().bottom);
    for (const number of new Set(numbers)) found.push(() => (alone(list), show(list, numbers, number)));
  }
  const box = screen.querySelector("[data-lanes]");
  if (!box) return found;
  return lanePages(box).map(({ cut, number }) => () => {
    for (const lane of box.children) lane.hidden = !cut.has(lane);
    for (const [lane, numbers] of cut) show(lane.querySelector("ul"), numbers, number);
  });
}
const show = (list, numbers, number) => [...list.children].forEach((item, index) => (item.hidden = numbers[index] !== number));

function lay(turn = 0) {
  const foot = screen.querySelector("[data-pages]");
  const words = foot.querySelector("[data-text]");
  foot.hidden = false; // it takes its room before the rest is measured
  words.textContent ||= words.dataset.text.replaceAll("#", 10);
  const found = leaves();
  foot.hidden = found.length < 2;
  if (!found.length) return;
  page = Math.min(found.length - 1, Math.max(0, page + turn));
  found[page]();
  words.textContent = words.dataset.text.replace("#", page + 1).replace("#", found.length);
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
