// What happens after a button has acted: the words, the way to undo, dialogs opened and closed.
import { toast } from "./announce";
import { all, one, say } from "./dom";
import { run } from "./regions";

interface Done {
  text: string;
  undo: string;
  case: number;
  name: string;
}

declare global {
  interface Window {
    htmx?: { ajax(verb: string, path: string, context: Record<string, unknown>): Promise<void>; process(element: Element): void };
  }
}

let undoable = "";

export function undo(): boolean {
  if (!undoable || !window.htmx) return false;
  const path = undoable;
  undoable = "";
  void window.htmx.ajax("POST", path, { source: document.body, swap: "none" });
  return true;
}

export function start(): void {
  document.body.addEventListener("callboard:done", (event) => {
    const done = (event as CustomEvent<Done>).detail;
    undoable = done.undo;
    for (const dialog of all<HTMLDialogElement>("dialog[open]")) dialog.close();
    toast(done.text, done.undo ? { undo: done.undo } : {});
    document.dispatchEvent(new CustomEvent("callboard:acted", { detail: done }));
    void run();
  });
  document.body.addEventListener("htmx:responseError", (event) => {
    const detail = (event as CustomEvent<{ xhr: XMLHttpRequest }>).detail;
    const plain = detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/plain");
    for (const dialog of all<HTMLDialogElement>("dialog[open]")) dialog.close();
    toast((plain && detail.xhr.responseText) || say("failed"), { tone: "now" });
    void run();
  });
  document.body.addEventListener("htmx:sendError", () => toast(say("offline"), { tone: "now" }));
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const opener = target.closest<HTMLElement>("[data-sheet]");
    if (opener) void open(opener.dataset["sheet"] ?? "");
    if (target.closest("[data-close]")) target.closest("dialog")?.close();
    if (target.closest("[data-undo]")) undo();
    const copy = target.closest<HTMLElement>("[data-copy]");
    if (copy) void navigator.clipboard.writeText(copy.dataset["copy"] ?? "").then(() => toast(say("copied")));
    if (target instanceof HTMLDialogElement && target.classList.contains("sheet")) target.close();
  });
}

/** Show a sheet, and fetch the fields of one whose form is filled in only when it opens. */
async function open(id: string): Promise<void> {
  const sheet = one<HTMLDialogElement>(`#${CSS.escape(id)}`);
  sheet?.showModal();
  const place = sheet?.querySelector<HTMLElement>("[data-ask]");
  if (!place) return;
  const answer = await fetch(place.dataset["ask"] ?? "", { headers: { "X-Live": "1" } }).catch(() => null);
  const text = answer ? await answer.text() : say("offline");
  if (answer?.ok) place.innerHTML = text;
  else place.textContent = text;
  place.querySelector<HTMLElement>("select, input, textarea")?.focus();
}
