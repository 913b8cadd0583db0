/* What just happened. With an undo it stays ten seconds, and for as long as somebody points at it or is in it;
   of many the oldest go. */
const region = document.getElementById("toasts");
const most = 3;

class Toast extends HTMLElement {
  connectedCallback() {
    for (const old of [...region.querySelectorAll("cx-toast")].filter(({ taken }) => !taken).slice(0, -most)) old.remove();
    this.left = Number(this.dataset.seconds || 0);
    const bad = this.querySelector(".is-bad");
    if (bad) this.closable(bad);
    else if (!this.left) this.left = 6;
    this.bar = this.querySelector("progress");
    if (this.left) this.clock = setInterval(() => this.tick(), 250);
    this.addEventListener("htmx:beforeOnLoad", ({ detail }) => (this.taken = detail.xhr.status < 300));
    this.addEventListener("htmx:afterRequest", (event) => event.detail.successful && this.remove());
  }

  /* What went wrong stays until somebody has seen it. */
  closable(box) {
    if (box.querySelector("button")) return;
    const close = box.appendChild(document.createElement("button"));
    close.className = "button";
    close.type = "button";
    close.textContent = region.dataset.close;
    close.addEventListener("click", () => this.remove());
  }

  disconnectedCallback() {
    clearInterval(this.clock);
  }

  tick() {
    if (this.matches(":hover, :focus-within")) return;
    this.left -= 0.25;
    if (this.bar) this.bar.value = this.left;
    if (this.left <= 0) this.remove();
  }
}
customElements.define("cx-toast", Toast);

function say(text, { bad = false } = {}) {
  const toast = document.createElement("cx-toast");
  const box = toast.appendChild(document.createElement("div"));
  box.className = bad ? "toast is-bad" : "toast";
  if (bad) {
    box.append(document.getElementById("toast-warning").content.cloneNode(true));
    for (const old of region.querySelectorAll(":scope > cx-toast:has(.is-bad)")) old.remove();
  }
  box.appendChild(document.createElement("span")).textContent = text;
  region.append(toast);
}

/* `HX-Trigger: {"cx:toast": {"text": …}}` comes this way too. */
document.addEventListener("cx:toast", ({ detail }) => say(detail.text ?? detail.value, detail));
document.addEventListener("cx:failed", ({ detail }) => say(region.dataset[detail] ?? region.dataset.failed, { bad: true }));
