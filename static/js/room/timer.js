/* The clock of a phase goes by the server's, whatever the phone's own says. It shows the time and touches nothing else. */
const came = performance.timeOrigin + (performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
const mark = document.documentElement.lang === "fi" ? "." : ":";
const told = new Set();
const two = (number) => String(number).padStart(2, "0");

class Clock extends HTMLElement {
  connectedCallback() {
    this.ends = Date.parse(this.dataset.ends);
    if (Number.isNaN(this.ends)) return;
    const arrived = document.readyState === "complete" ? Date.now() : came;
    this.ahead = Date.parse(this.dataset.now) - arrived;
    this.tick();
    this.clock = setInterval(() => this.tick(), 250);
  }

  disconnectedCallback() {
    clearInterval(this.clock);
  }

  tick() {
    const left = Math.max(0, Math.ceil((this.ends - Date.now() - this.ahead) / 1000));
    if (left === this.left) return;
    this.left = left;
    const { calm, total, over } = this.dataset;
    if (calm !== undefined) {
      const amount = 3 * left > 2 * total ? "plenty" : 3 * left > total ? "half" : "little";
      const words = left ? this.dataset[amount] : over;
      const time = this.querySelector("time");
      if (time.textContent !== words) time.textContent = words;
      if (left === 0) this.tell(over);
      return;
    }
    this.querySelector("progress").value = left;
    this.querySelector("time").textContent = left ? `${two(Math.floor(left / 60))}${mark}${two(left % 60)}` : this.dataset.over;
    this.classList.toggle("is-over", !left);
    this.classList.toggle("is-soon", left > 0 && left <= 60);
    if (left === 60) this.tell(this.dataset.soon);
    if (left === 0) this.tell(this.dataset.over);
  }

  /* Each once, however often the clock is drawn anew. */
  tell(words) {
    const region = document.getElementById("said");
    if (!region || told.has(this.ends + words)) return;
    told.add(this.ends + words);
    if (words === this.dataset.over && Date.now() - this.ends - this.ahead < 5000) document.dispatchEvent(new Event("cx:over"));
    region.textContent = words;
  }
}
customElements.define("cx-clock", Clock);

/* What can be done for some seconds only, and then goes. */
class Passing extends HTMLElement {
  connectedCallback() {
    const bar = this.querySelector("progress");
    this.goes = Date.now() + Number(this.dataset.seconds) * 1000;
    this.clock = setInterval(() => {
      const left = (this.goes - Date.now()) / 1000;
      bar.value = left;
      if (left <= 0 && !this.matches(":focus-within")) this.remove();
    }, 250);
  }

  disconnectedCallback() {
    clearInterval(this.clock);
  }
}
customElements.define("cx-passing", Passing);
