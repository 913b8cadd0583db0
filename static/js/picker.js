/* Links to choose from: a search above the list, the arrows through it, the chosen ones on top. Without this script a
   list of many scrolls, and a list of one is a select. */
const plain = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
const fits = (text, words) => plain(words).split(/\s+/).every((word) => plain(text).includes(word));
const made = (name, className, attributes = {}) => {
  const element = Object.assign(document.createElement(name), { className });
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};
const within = (list, place) => list[Math.max(0, Math.min(list.length - 1, place))];
const alone = (event) => !event.ctrlKey && !event.metaKey && !event.altKey;

/* What both kinds share: the search field and what is said aloud. */
class Picker extends HTMLElement {
  connectedCallback() {
    if (this.said) return;
    this.search = made("input", "input picker-search", { type: "search", autocomplete: "off", spellcheck: "false" });
    this.said = made("p", "picker-said", { role: "status" });
    this.enhance();
    this.append(this.said);
    this.search.addEventListener("input", () => this.filter(this.search.value));
    this.addEventListener("keydown", (event) => alone(event) && this.press(event));
    this.closest("form")?.addEventListener("cx:restored", () => this.show());
    this.show();
  }

  say(found) {
    this.said.textContent = found ? this.count() : this.dataset.none;
  }
}

/* Any number: the checkboxes of the page themselves, one stop of the Tab key. */
class PickMany extends Picker {
  enhance() {
    this.choices = [...this.querySelectorAll(".choice")];
    this.boxes = this.choices.map((choice) => choice.querySelector("input"));
    this.search.placeholder = this.dataset.label;
    this.search.setAttribute("aria-label", this.dataset.label);
    this.chips = made("ul", "picker-chips", { "aria-label": this.dataset.chosen });
    this.prepend(this.chips, this.search);
    this.addEventListener("change", () => this.show());
    this.addEventListener("focusin", ({ target }) => this.boxes.includes(target) && this.stopAt(target));
    this.stopAt(this.boxes[0]);
  }

  /* What is chosen stays in sight. */
  filter(text) {
    let found = 0;
    for (const choice of this.choices) {
      const hit = fits(choice.textContent, text);
      choice.hidden = !hit && !choice.querySelector(":checked");
      found += hit;
    }
    for (const group of this.querySelectorAll(".picker-group")) {
      group.hidden = ![...group.querySelectorAll(".choice")].some((choice) => !choice.hidden);
    }
    const first = this.seen()[0];
    if (first) this.stopAt(first);
    this.say(found);
  }

  press(event) {
    const at = this.boxes.includes(event.target) ? this.seen().indexOf(event.target) : -1;
    if (at < 0 && event.target !== this.search) return;
    const acts = {
      ArrowDown: () => this.goTo(at + 1),
      ArrowUp: () => (at > 0 ? this.goTo(at - 1) : this.search.focus()),
      Home: at >= 0 && (() => this.goTo(0)),
      End: at >= 0 && (() => this.goTo(Infinity)),
      Enter: () => (at >= 0 ? event.target.click() : this.search.value && this.seen()[0]?.click()),
      Escape: (at >= 0 || this.search.value) && (() => this.leave()),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  seen() {
    return this.boxes.filter((box) => !box.closest(".choice").hidden);
  }

  goTo(place) {
    within(this.seen(), place)?.focus();
  }

  stopAt(box) {
    for (const each of this.boxes) each.tabIndex = each === box ? 0 : -1;
  }

  leave() {
    this.search.value = "";
    this.filter("");
    this.search.focus();
  }

  show() {
    const chosen = this.boxes.filter((box) => box.checked);
    this.chips.replaceChildren(...chosen.map((box) => this.chip(box)));
    this.chips.hidden = !chosen.length;
    this.say(true);
  }

  chip(box) {
    const name = box.closest(".choice").querySelector(".choice-name").textContent;
    const button = made("button", "picker-chip", { type: "button", "aria-label": `${this.dataset.remove}: ${name}` });
    button.append(made("span", "picker-chip-name"), made("span", "picker-chip-x", { "aria-hidden": "true" }));
    button.firstChild.textContent = name;
    button.addEventListener("click", () => {
      const place = [...this.chips.children].indexOf(button.parentElement);
      box.click();
      (within([...this.chips.querySelectorAll("button")], place) ?? this.search).focus();
    });
    const item = made("li", "");
    item.append(button);
    return item;
  }

  count() {
    return this.dataset.count.replace("#", this.boxes.filter((box) => box.checked).length);
  }
}

/* One at most: a field that opens the list of a select, which stays what is sent. */
class PickOne extends Picker {
  enhance() {
    this.select = this.querySelector("select");
    const id = `${this.select.id}-list`;
    const label = document.querySelector(`label[for="${this.select.id}"]`);
    label.id ||= `${this.select.id}-label`;
    const attributes = { role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" };
    for (const [key, value] of Object.entries({ ...attributes, "aria-labelledby": label.id, type: "text" })) {
      this.search.setAttribute(key, value);
    }
    for (const name of ["aria-describedby", "aria-invalid", "required"]) {
      if (this.select.hasAttribute(name)) this.search.setAttribute(`aria-${name.replace("aria-", "")}`, this.select.getAttribute(name) || "true");
    }
    this.list = made("div", "picker-list picker-pop", { role: "listbox", id, "aria-labelledby": label.id });
    this.list.hidden = true;
    this.list.append(...[...this.select.children].map((child) => this.group(child)).flat());
    this.rows = [...this.list.querySelectorAll("[role=option]")];
    this.select.tabIndex = -1;
    const aside = made("span", "sr", { "aria-hidden": "true" }); // a class of the select's own is lost when htmx settles
    this.select.before(aside);
    aside.append(this.select);
    this.prepend(this.search, this.list);
    this.select.addEventListener("focus", () => this.search.focus());
    this.select.addEventListener("change", () => this.show());
    this.search.addEventListener("click", () => this.open());
    this.search.addEventListener("focus", () => this.search.select());
    this.addEventListener("focusout", ({ relatedTarget }) => this.contains(relatedTarget) || this.close());
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", ({ target }) => this.choose(target.closest("[role=option]")));
  }

  group(child) {
    if (child.matches("option")) return this.row(child);
    const group = made("div", "picker-group", { role: "group", "aria-label": child.label });
    const heading = made("p", "picker-heading", { "aria-hidden": "true" });
    heading.textContent = child.label;
    group.append(heading, ...[...child.children].map((option) => this.row(option)));
    return group;
  }

  row(option) {
    const row = made("div", "choice", { role: "option", id: `${this.select.id}-option-${option.index}` });
    const words = made("span", "");
    words.append(made("span", "choice-name"), made("span", "choice-why"));
    words.firstChild.textContent = option.dataset.name ?? option.label;
    words.lastChild.textContent = option.dataset.why ?? "";
    row.append(words);
    row.option = option;
    return row;
  }

  filter(text) {
    this.open();
    for (const row of this.rows) row.hidden = !fits(row.textContent, text);
    for (const group of this.list.querySelectorAll(".picker-group")) {
      group.hidden = ![...group.querySelectorAll("[role=option]")].some((row) => !row.hidden);
    }
    const seen = this.seen();
    this.pointAt(text ? seen[0] : null);
    this.said.textContent = seen.length ? "" : this.dataset.none;
  }

  press(event) {
    const isOpen = !this.list.hidden;
    const seen = this.seen();
    const at = seen.indexOf(this.pointed);
    const acts = {
      ArrowDown: () => (isOpen ? this.pointAt(within(seen, at + 1)) : this.open()),
      ArrowUp: () => (isOpen ? this.pointAt(within(seen, at < 0 ? Infinity : at - 1)) : this.open()),
      Enter: isOpen && (() => this.choose(this.pointed ?? null)),
      Escape: isOpen && (() => this.close()),
    };
    if (!acts[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    acts[event.key]();
  }

  seen() {
    return this.rows.filter((row) => !row.hidden);
  }

  pointAt(row) {
    this.pointed?.classList.remove("is-pointed");
    this.pointed = row;
    row?.classList.add("is-pointed");
    row?.scrollIntoView({ block: "nearest" });
    if (row) this.search.setAttribute("aria-activedescendant", row.id);
    else this.search.removeAttribute("aria-activedescendant");
  }

  open() {
    if (!this.list.hidden) return;
    for (const row of this.list.querySelectorAll("[hidden]")) row.hidden = false;
    this.list.hidden = false;
    this.search.setAttribute("aria-expanded", "true");
    this.pointAt(this.rows.find((row) => row.option.selected));
  }

  close() {
    this.list.hidden = true;
    this.search.setAttribute("aria-expanded", "false");
    this.said.textContent = "";
    this.pointAt(null);
    this.show();
  }

  choose(row) {
    if (row && !row.option.selected) {
      row.option.selected = true;
      for (const name of ["input", "change"]) this.select.dispatchEvent(new Event(name, { bubbles: true }));
    }
    this.close();
  }

  show() {
    for (const row of this.rows) row.setAttribute("aria-selected", row.option.selected);
    const chosen = this.select.selectedOptions[0];
    this.search.value = chosen ? (chosen.dataset.name ?? chosen.label) : "";
  }

  count() {
    return "";
  }
}

customElements.define("cx-picker", PickMany);
customElements.define("cx-select", PickOne);
