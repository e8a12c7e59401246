// Reads the page anew and morphs its live regions, so that what has not changed keeps its element, focus and place.
import { Idiomorph } from "idiomorph";
import * as clock from "./clock";
import { all, one } from "./dom";

type Merge = (region: HTMLElement, fresh: HTMLElement) => void;

const merges = new Map<string, Merge>();
let running = false;
let wanted = false;
let timer = 0;
let lastAt = 0;
const GAP_MS = 400;

/** Let a kind of region (the value of its data-live) be merged in a way of its own. */
export function mergeAs(kind: string, merge: Merge): void {
  merges.set(kind, merge);
}

/** Morph an element's contents. What is marked data-keep, and open dialogs and fields in use, stay as they are. */
export function morph(region: HTMLElement, fresh: HTMLElement): void {
  Idiomorph.morph(region, fresh, {
    morphStyle: "outerHTML",
    ignoreActiveValue: true,
    restoreFocus: true,
    callbacks: {
      beforeNodeMorphed: (old: Node) => !(old instanceof HTMLElement && (old.dataset["keep"] !== undefined || busy(old))),
      beforeAttributeUpdated: (name: string, node: Element) => !(name === "open" && node.matches("details[data-keep-open]")),
    },
  });
}

function busy(element: HTMLElement): boolean {
  return element instanceof HTMLDialogElement && element.open;
}

/** When the reading that is merged now was asked for. */
export function readAt(): number {
  return lastAt;
}

/** Read the page anew soon; calls that come together are one. */
export function refresh(delay = 60): void {
  wanted = true;
  if (running || timer) return;
  const wait = Math.max(delay, lastAt + GAP_MS - Date.now());
  timer = window.setTimeout(() => { timer = 0; void run(); }, wait);
}

/** Read the page anew now; a page that draws its body itself names an address that has but its frame. */
export async function run(address = document.body.dataset["refresh"] ?? location.href): Promise<void> {
  if (running) { wanted = true; return; }
  running = true;
  wanted = false;
  lastAt = Date.now();
  try {
    const response = await fetch(address, { headers: { "X-Live": "1" }, credentials: "same-origin" });
    if (response.redirected || response.status === 401 || response.status === 403) { location.reload(); return; }
    if (response.ok) apply(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch {
    // The stream notices that we are off, and says so.
  } finally {
    running = false;
    if (wanted) refresh();
  }
}

function apply(page: Document): void {
  const time = page.body.dataset["now"];
  if (time) clock.learn(time);
  for (const region of all("[data-live]")) {
    const fresh = region.id ? page.getElementById(region.id) : null;
    if (!fresh) continue;
    const merge = merges.get(region.dataset["live"] ?? "");
    if (merge) merge(region, fresh);
    else morph(region, fresh);
  }
  const title = one("title", page)?.textContent;
  if (title && !document.body.dataset["refresh"]) document.title = title;
  clock.tick();
  document.dispatchEvent(new CustomEvent("callboard:refreshed"));
}
