// Keyboard: sequences and single letters. Silent while typing or with a modifier, and where switched off.
import { all, one, typing } from "./dom";

type Handler = (key: string) => boolean;

const handlers: Handler[] = [];
const GO: Record<string, string> = { q: "#nav-queue", w: "#nav-wall", s: "#nav-sessions", p: "#nav-people", m: "#nav-mentions", i: "#nav-incidents" };
const SEQUENCE_MS = 1200;
let goneAt = 0;

/** Offer keys to a page's own handler; true says that it took the key. */
export function onKey(handler: Handler): void {
  handlers.push(handler);
}

/** Press the button that a key is written on, within the open dialog or else the page. */
export function press(key: string, root: ParentNode = document): boolean {
  const button = all<HTMLElement>(`[data-key="${CSS.escape(key)}"]`, root).find(
    (each) => each.offsetParent !== null && !(each instanceof HTMLButtonElement && each.disabled),
  );
  if (!button) return false;
  button.click();
  return true;
}

function openDialog(): HTMLDialogElement | null {
  return one<HTMLDialogElement>("dialog[open]");
}

function handle(key: string): boolean {
  const dialog = openDialog();
  if (dialog) return key.length === 1 && press(key, dialog);
  if (Date.now() - goneAt < SEQUENCE_MS && GO[key]) {
    goneAt = 0;
    const link = one<HTMLAnchorElement>(GO[key]);
    link?.click();
    return link !== null;
  }
  if (key === "g") { goneAt = Date.now(); return true; }
  if (key === "?") { one<HTMLDialogElement>("#keys")?.showModal(); return true; }
  if (key === "/") { one<HTMLInputElement>("#find")?.focus(); return true; }
  return handlers.some((handler) => handler(key));
}

export function start(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing() && !openDialog()) { (document.activeElement as HTMLElement).blur(); return; }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat && event.key !== "j" && event.key !== "k") return;
    if (typing() || document.body.dataset["keys"] === "off") return;
    if (handle(event.key)) event.preventDefault();
  });
}
