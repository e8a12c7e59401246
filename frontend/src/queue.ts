// The queue: selection by keys, the pane, and a list that does not move under pointer or focus.
import { arrivals } from "./lib/announce";
import * as acts from "./lib/acts";
import { all, count, one } from "./lib/dom";
import { onKey, press } from "./lib/keys";
import { mergeAs, morph, readAt, run } from "./lib/regions";
import * as many from "./many";

const WIDE = window.matchMedia("(min-width: 1000px)");

let waiting = 0;
let settle = false;
let settleFrom = 0;
let pointerIn = false;
let pending = 0;

function list(): HTMLElement | null {
  return one("#queue-list");
}

function strips(): HTMLElement[] {
  return all(".strip[data-case]", list() ?? document).filter((strip) => strip.offsetParent !== null);
}

function current(): HTMLElement | null {
  return one('.strip[aria-current="true"]', list() ?? document);
}

/** The ids of all cases that stand, drawn or not. */
function standing(region: HTMLElement): Set<string> {
  return new Set((region.dataset["all"] ?? "").split(" ").filter(Boolean));
}

function link(strip: HTMLElement): HTMLAnchorElement | null {
  return one<HTMLAnchorElement>(".strip-title", strip);
}

/** Whether someone points at or stands in the list, so that it must keep still. */
function held(): boolean {
  return !settle && (pointerIn || (list()?.contains(document.activeElement) ?? false));
}

function mark(id: string): void {
  for (const strip of all(".strip[data-case]")) {
    const on = strip.dataset["case"] === id;
    if (on) strip.setAttribute("aria-current", "true");
    else strip.removeAttribute("aria-current");
    const anchor = link(strip);
    if (anchor) anchor.tabIndex = on ? 0 : -1;
  }
  if (!current()) {
    const first = strips()[0];
    const anchor = first && link(first);
    if (anchor) anchor.tabIndex = 0;
  }
}

/** Show a case beside the list, and say so in the address; the list stays where it is. */
function select(strip: HTMLElement, focus = true): void {
  const anchor = link(strip);
  const id = strip.dataset["case"] ?? "";
  if (!anchor) return;
  mark(id);
  if (focus) anchor.focus({ preventScroll: true });
  strip.scrollIntoView({ block: "nearest" });
  history.replaceState(null, "", anchor.href);
  window.clearTimeout(pending);
  pending = window.setTimeout(() => void pane(id), 40);
}

async function pane(id: string): Promise<void> {
  const place = one("#pane");
  const address = current()?.dataset["pane"];
  if (!place || place.offsetParent === null || !address) return;
  const response = await fetch(address, { headers: { "X-Live": "1" } });
  if (!response.ok || current()?.dataset["case"] !== id) return;
  place.innerHTML = await response.text();
  place.dataset["case"] = id;
  place.scrollTop = 0;
  window.htmx?.process(place);
}

function move(step: number): boolean {
  const found = strips();
  if (!found.length) return false;
  const at = current();
  const index = at ? found.indexOf(at) : -1;
  if (step > 0 && index === found.length - 1 && showMore()) return true;
  const next = found[index < 0 ? (step > 0 ? 0 : found.length - 1) : Math.min(found.length - 1, Math.max(0, index + step))];
  if (next) select(next);
  return true;
}

/** Put what came from the server into a list that is held: each strip in its place, what is new kept back. What
 * stood already and is drawn for the first time goes to the end, where nobody points. */
function keepStill(region: HTMLElement, fresh: HTMLElement): void {
  const known = standing(region);
  const still = standing(fresh);
  const incoming = new Map(all(".group .strip[data-case]", fresh).map((strip) => [strip.dataset["case"], strip]));
  for (const strip of all(".group .strip[data-case]", region)) {
    const newer = incoming.get(strip.dataset["case"]);
    if (newer) {
      incoming.delete(strip.dataset["case"]);
      const was = strip.getAttribute("aria-current");
      if (was) newer.setAttribute("aria-current", was);
      morph(strip, newer);
    } else if (!still.has(strip.dataset["case"] ?? "")) {
      strip.classList.add("is-over");
      strip.classList.remove("is-new");
    }
  }
  for (const strip of incoming.values()) if (known.has(strip.dataset["case"] ?? "")) append(region, strip);
  const more = one("#more", region);
  const further = one("#more", fresh);
  if (more && further) morph(more, further);
  else more?.remove();
  tellArrivals([...still].filter((id) => !known.has(id)).length, fresh);
}

/** Put a strip at the end of its group, which may not have been drawn yet. */
function append(region: HTMLElement, strip: HTMLElement): void {
  const home = strip.closest<HTMLElement>(".group");
  if (!home) return;
  let group = one(`#${home.id}`, region);
  if (!group) {
    group = home.cloneNode(true) as HTMLElement;
    one("ol", group)?.replaceChildren();
    all(".group", region).at(-1)?.after(group);
  }
  one("ol", group)?.append(strip);
}

/** Say how many wait to be shown. */
function tellArrivals(news: number, fresh?: HTMLElement): void {
  const place = one("#arrivals");
  if (place) {
    place.hidden = news === 0;
    const label = one("button > span", place);
    if (label) label.textContent = count("arrivedOne", "arrivedMany", news);
  }
  if (fresh && news > waiting) announce(news - waiting, all(".group .strip[data-case]", fresh).filter(unseen));
  waiting = news;
}

/** Tell who listens that so many came, by the most urgent of those that are drawn. */
function announce(news: number, strips: HTMLElement[]): void {
  const urgent = strips.find((strip) => strip.classList.contains("tone-now"));
  arrivals(news, one(".strip-title", urgent ?? strips[0] ?? document.createElement("i"))?.textContent ?? "", urgent !== undefined);
}

function unseen(strip: HTMLElement): boolean {
  const region = list();
  return region !== null && !standing(region).has(strip.dataset["case"] ?? "") && !strip.classList.contains("is-over");
}

function merge(region: HTMLElement, fresh: HTMLElement): void {
  const known = standing(region);
  const strict = all(".group .strip[data-case]", region).length > 0 && all(".group .strip[data-case]", fresh).length > 0;
  if (strict && held()) {
    keepStill(region, fresh);
    return;
  }
  const id = current()?.dataset["case"];
  const focused = region.contains(document.activeElement);
  const before = strips().map((strip) => strip.dataset["case"]);
  const news = [...standing(fresh)].filter((each) => !known.has(each)).length;
  const drawn = all(".group .strip[data-case]", fresh).filter(unseen);
  morph(region, fresh);
  // A reading that was under way when the list was let move does not yet show what it is to move to.
  if (readAt() >= settleFrom) settle = false;
  tellArrivals(0);
  if (news) announce(news, drawn);
  if (id) restore(id, before, focused);
  else mark("");
}

/** Keep the selection where it was: on its case, or on whatever lies in its place once the case has gone. */
function restore(id: string, before: (string | undefined)[], focused: boolean): void {
  const found = strips();
  const same = found.find((strip) => strip.dataset["case"] === id && !strip.classList.contains("is-over"));
  if (same) {
    mark(id);
    if (focused) link(same)?.focus({ preventScroll: true });
    return;
  }
  const place = before.indexOf(id);
  const after = before.slice(place + 1).concat(before.slice(0, Math.max(0, place)).reverse());
  const next = after.map((each) => found.find((strip) => strip.dataset["case"] === each)).find(
    (strip) => strip && !strip.classList.contains("is-over"),
  );
  if (next) select(next, focused);
  else mark("");
}

/** Press a button of the selected case: once its pane is there, never one of the case shown before. */
function act(pressed: string): boolean {
  const id = current()?.dataset["case"];
  const place = one("#pane");
  if (!id || !place) return false;
  if (place.dataset["case"] === id) return press(pressed, place);
  window.clearTimeout(pending);
  void pane(id).then(() => { if (place.dataset["case"] === id && current()?.dataset["case"] === id) press(pressed, place); });
  return true;
}

function letMove(): void {
  settle = true;
  settleFrom = Date.now();
}

/** Draw more of the list, and keep that in the address, so that reading it anew brings as many. */
function showMore(): boolean {
  const shown = one<HTMLAnchorElement>("[data-more]", list() ?? document)?.dataset["more"];
  const address = new URL(location.href);
  if (!shown || address.searchParams.get("shown") === shown) return false;
  address.searchParams.set("shown", shown);
  history.replaceState(null, "", address);
  void run();
  return true;
}

/** Draw more as one comes near its end. */
const nearing = new IntersectionObserver((seen) => { if (seen.some((each) => each.isIntersecting)) showMore(); }, { rootMargin: "400px" });

function watchEnd(): void {
  nearing.disconnect();
  const more = one("#more");
  if (more) nearing.observe(more);
}

function showNew(): boolean {
  letMove();
  void run();
  return true;
}

function key(pressed: string): boolean {
  switch (pressed) {
    case "j":
    case "ArrowDown":
      return (pressed === "j" || held()) && move(1);
    case "k":
    case "ArrowUp":
      return (pressed === "k" || held()) && move(-1);
    case ".":
      return showNew();
    case "x":
    case "X":
      return many.toggle(current(), strips(), pressed === "X");
    case "f":
      return many.narrow();
    case "u":
      return acts.undo() || act("u");
    case "Enter": {
      const at = current();
      const anchor = at && link(at);
      if (!anchor || (document.activeElement instanceof HTMLElement && document.activeElement.matches("button, a:not(.strip-title)"))) return false;
      location.assign(anchor.dataset["page"] ?? anchor.href);
      return true;
    }
    case "Escape":
      if (many.clear()) return true;
      (document.activeElement as HTMLElement | null)?.blur();
      return true;
    default:
      if (!/^[a-z1-9]$/.test(pressed)) return false;
      return many.act(pressed) || act(pressed);
  }
}

export function start(): void {
  const place = list();
  if (!place) return;
  mergeAs("list", merge);
  onKey(key);
  many.start(place, strips);
  mark(current()?.dataset["case"] ?? "");
  place.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") pointerIn = true; });
  place.addEventListener("pointerleave", () => { pointerIn = false; if (!held()) settleSoon(); });
  place.addEventListener("focusout", () => window.setTimeout(() => { if (!held()) settleSoon(); }, 50));
  place.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-show-new]")) { showNew(); return; }
    if (target.closest("[data-more]")) { event.preventDefault(); showMore(); return; }
    const anchor = target.closest<HTMLAnchorElement>(".strip-title");
    const strip = anchor?.closest<HTMLElement>(".strip");
    if (anchor && strip && event.shiftKey && many.any()) { event.preventDefault(); many.toggle(strip, strips(), true); return; }
    if (!anchor || !strip || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (WIDE.matches) select(strip);
    else location.assign(anchor.dataset["page"] ?? anchor.href);
  });
  document.addEventListener("callboard:acted", letMove);
  document.addEventListener("callboard:refreshed", watchEnd);
  watchEnd();
}

function settleSoon(): void {
  if (waiting || all(".group .strip.is-over").length) void run();
}
