/* Dialogs: one that stands in the page opens by `data-dialog`, one that is swapped in opens at once. */
class ModalDialog extends HTMLElement {
  connectedCallback() {
    const from = document.activeElement; // inside a dialog that this one takes the place of: where that one came from
    this.back = from.closest("cx-dialog")?.back ?? from;
    this.box = this.querySelector("dialog");
    if (this.box.open) return;
    this.box.showModal();
    this.box.addEventListener("close", () => this.remove());
  }

  disconnectedCallback() {
    const menu = this.back?.closest("details:not([open])"); // what opened it may stand in a menu that closed
    const back = menu?.querySelector("summary") ?? this.back;
    if (back?.isConnected) back.focus({ preventScroll: true }); // it was in sight; a link may have led on
  }
}
customElements.define("cx-dialog", ModalDialog);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
  if (event.target.matches("dialog[open]")) {
    const { left, right, top, bottom } = event.target.getBoundingClientRect();
    const outside = event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom;
    if (outside && !event.target.querySelector("textarea, input:not([type=checkbox], [type=hidden])")) event.target.close();
  }
});
/* `HX-Trigger: cx:close` after a dialog's form was taken. */
document.addEventListener("cx:close", () => document.querySelector("cx-dialog dialog[open]")?.close());
