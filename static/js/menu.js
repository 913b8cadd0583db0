/* Disclosures that close as menus do, and ones that stay as they were left. */
const menus = () => document.querySelectorAll("details.dropdown[open]");

document.addEventListener("click", (event) => {
  for (const menu of menus()) {
    const inMenu = event.target.closest(".dropdown > .menu");
    if (!menu.contains(event.target) || (inMenu && event.target.closest("a, button:not(.chooser button)"))) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest("details.dropdown[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

/* Where there is no room below, above the bar at the foot of a phone, a menu opens upwards. */
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!target.matches("details.dropdown")) return;
    target.classList.remove("is-up");
    if (!target.open) return;
    const bar = document.querySelector(".bottombar")?.getBoundingClientRect();
    const foot = bar?.height ? bar.top : innerHeight;
    const { top, bottom } = target.querySelector(".menu").getBoundingClientRect();
    target.classList.toggle("is-up", bottom > foot && target.getBoundingClientRect().top - (bottom - top) > 64);
  },
  true,
);

class Remember extends HTMLElement {
  connectedCallback() {
    const details = this.querySelector("details");
    const key = `open:${this.dataset.as}`;
    const kept = localStorage.getItem(key);
    if (kept) details.open = kept === "yes";
    details.addEventListener("toggle", () => localStorage.setItem(key, details.open ? "yes" : "no"));
  }
}
customElements.define("cx-remember", Remember);
