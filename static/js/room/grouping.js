/* Dragging with a mouse, for the same form as ticking: a note or a group onto another goes with it, a note off its group lies alone. */
const things = "#board [data-note], #board [data-group]";
let dragged = null;
let over = null;

const mark = (target) => {
  over?.classList.remove("is-drop");
  (over = target)?.classList.add("is-drop");
};
const groupOf = (thing) => (thing.matches("[data-group]") ? thing : thing.closest("[data-group]"));
/* What would take it, or nothing: the wall takes what lies in a group. */
function taker(target) {
  const found = target.closest?.(things) ?? target.closest?.("#board .wall");
  if (!dragged || !found || found === dragged) return null;
  const into = groupOf(found) ?? found;
  if (into.matches(".wall")) return groupOf(dragged) && dragged.matches("[data-note]") ? into : null;
  return into === groupOf(dragged) ? null : into;
}

/* From the press on, as the page must not come anew between that and the drag. A finger never drags, it scrolls. */
const hold = ({ target, button, pointerType }) => {
  if (pointerType === "mouse" && button === 0) target.closest("#board [draggable=true]")?.classList.add("is-held");
};
const letGo = () => document.querySelector(".is-held")?.classList.remove("is-held");
document.addEventListener("pointerdown", hold);
document.addEventListener("pointerup", letGo);
document.addEventListener("dragstart", ({ target, dataTransfer }) => {
  dragged = target.closest?.(things) ?? null;
  letGo();
  dragged?.classList.add("is-held"); // not what was pressed, where the page was scrolled since
  dataTransfer?.setData("text/plain", dragged?.textContent.trim() ?? "");
});
document.addEventListener("dragover", (event) => {
  const found = taker(event.target);
  mark(found);
  if (found) event.preventDefault();
});
document.addEventListener("dragend", () => {
  mark(null);
  letGo();
  dragged = null;
});
document.addEventListener("drop", (event) => {
  const into = taker(event.target);
  if (!into) return;
  event.preventDefault();
  const isOut = into.matches(".wall");
  for (const box of document.querySelectorAll("#board [form=sort]")) {
    const own = box.closest(box.name === "groups" ? "[data-group]" : "[data-note]");
    box.checked = own === dragged || (!isOut && own === into);
  }
  document.getElementById("sort-label").value = "";
  const list = document.getElementById("sort-group");
  if (isOut && list) list.value = "";
  document.getElementById(isOut ? "put-into" : "make-group").click();
});
