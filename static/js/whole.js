/* A link may name a record that its section does not show at first: the section is fetched again, with that record. */
async function bring() {
  const [, kind, pk] = location.hash.match(/^#([a-z_]+)-(\d+)$/) ?? [];
  const list = kind && !document.getElementById(`${kind}-${pk}`) && document.getElementById(`${kind}-list`);
  const whole = list && list.querySelector("[data-whole]");
  if (!whole) return;
  await htmx.ajax("GET", `${whole.dataset.whole}?at=${pk}`, { target: list, swap: "outerHTML" });
  const found = document.getElementById(`${kind}-${pk}`);
  for (let fold = found?.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  found?.scrollIntoView();
}

addEventListener("hashchange", bring);
bring();
