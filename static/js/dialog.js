/* Dialogs: one that stands in the page opens by `data-dialog`, one that is swapped in opens at once. */
class ModalDialog extends HTMLElement {
  connectedCallback() {
    this.back = document.activeElement;
    this.box = this.querySelector("dialog");
    if (this.box.open) return;
    this.box.showModal();
    this.box.addEventListener("close", () => this.remove());
  }

  disconnectedCallback() {
    if (this.back?.isConnected) this.back.focus();
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
