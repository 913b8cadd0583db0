/* A search field above a long list of choices. Without this script the list scrolls. */
const plain = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");

class Picker extends HTMLElement {
  connectedCallback() {
    if (this.querySelector(".picker-search")) return;
    this.choices = [...this.querySelectorAll(".choice")];
    this.none = document.createElement("p");
    this.none.className = "picker-none";
    this.none.setAttribute("role", "status");
    const search = document.createElement("input");
    search.type = "search";
    search.className = "input picker-search";
    search.placeholder = this.dataset.label;
    search.setAttribute("aria-label", this.dataset.label);
    search.autocomplete = "off";
    search.addEventListener("input", () => this.filter(search.value));
    search.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") this.querySelector(".choice:not([hidden]) input")?.focus();
      else if (event.key === "Enter") this.querySelector(".choice:not([hidden]) input")?.click();
      else return;
      event.preventDefault();
    });
    this.prepend(search);
    this.append(this.none);
  }

  /* What is chosen stays in sight. */
  filter(text) {
    const words = plain(text).split(/\s+/);
    let shown = 0;
    for (const choice of this.choices) {
      const fits = words.every((word) => plain(choice.textContent).includes(word));
      choice.hidden = !fits && !choice.querySelector(":checked");
      shown += fits;
    }
    this.none.textContent = shown ? "" : this.dataset.none;
  }
}
customElements.define("cx-picker", Picker);
