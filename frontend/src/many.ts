// Selecting several cases of the queue and doing the same to all of them.
import { all, count, one } from "./lib/dom";
import { press } from "./lib/keys";

const picked = new Set<string>();
let last = "";

function box(strip: HTMLElement): HTMLInputElement | null {
  return one<HTMLInputElement>(".strip-pick", strip);
}

/** Draw what is picked: the boxes, the bar, and the fields of its forms. What has gone is picked no more. */
function draw(): void {
  const there = new Set(one("#queue-list")?.dataset["all"]?.split(" "));
  for (const each of all<HTMLInputElement>(".strip-pick")) {
    const id = each.dataset["pick"] ?? "";
    there.add(id);
    each.checked = picked.has(id);
    each.closest(".strip")?.classList.toggle("is-picked", each.checked);
  }
  for (const id of picked) if (!there.has(id)) picked.delete(id);
  const bar = one("#many");
  if (!bar) return;
  bar.hidden = picked.size === 0;
  one("#queue-list")?.classList.toggle("has-picked", picked.size > 0);
  const label = one("[data-many-count]", bar);
  if (label) label.textContent = count("selectedOne", "selectedMany", picked.size);
  for (const field of all<HTMLInputElement>("[data-many]", bar)) field.value = [...picked].join(",");
}

export function any(): boolean {
  return picked.size > 0;
}

/** Pick a strip, or let it go; `through`: all from the last one picked to it. */
export function toggle(strip: HTMLElement | null, strips: HTMLElement[], through = false): boolean {
  const field = strip && box(strip);
  const id = field?.dataset["pick"];
  if (!strip || !id) return false;
  const from = strips.findIndex((each) => box(each)?.dataset["pick"] === last);
  const to = strips.indexOf(strip);
  if (through && from >= 0 && to >= 0) {
    for (const each of strips.slice(Math.min(from, to), Math.max(from, to) + 1)) {
      const other = box(each)?.dataset["pick"];
      if (other) picked.add(other);
    }
  } else if (!picked.delete(id)) picked.add(id);
  last = id;
  draw();
  return true;
}

export function clear(): boolean {
  if (!picked.size) return false;
  picked.clear();
  draw();
  return true;
}

/** Press a button of the bar, where something is picked. */
export function act(pressed: string): boolean {
  const bar = one("#many");
  return picked.size > 0 && bar !== null && press(pressed, bar);
}

/** Open the fields to narrow the queue by, or close them. */
export function narrow(): boolean {
  const place = one("#narrow");
  const button = one('[data-toggle="narrow"]');
  if (!place) return false;
  place.hidden = !place.hidden;
  button?.setAttribute("aria-expanded", String(!place.hidden));
  if (!place.hidden) one<HTMLInputElement>('input[name="q"]', place)?.focus();
  return true;
}

export function start(place: HTMLElement, strips: () => HTMLElement[]): void {
  place.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-many-none]")) clear();
    const field = target.closest<HTMLInputElement>(".strip-pick");
    const strip = field?.closest<HTMLElement>(".strip");
    if (field && strip) { toggle(strip, strips(), event.shiftKey); event.stopPropagation(); }
  });
  one('[data-toggle="narrow"]')?.addEventListener("click", () => narrow());
  document.addEventListener("callboard:refreshed", draw);
  document.addEventListener("callboard:acted", () => clear());
}
