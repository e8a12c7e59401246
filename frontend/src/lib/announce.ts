// What is said to screen readers, and the toasts. Arrivals are gathered over five seconds; only what is urgent cuts in.
import { count, one, say } from "./dom";

const GATHER_MS = 5000;
const TOAST_MS = 8000;
let arrived = 0;
let timer = 0;

export function polite(text: string): void {
  const region = one("#polite");
  if (region) region.textContent = text;
}

export function urgent(text: string): void {
  const region = one("#urgent");
  if (region) region.textContent = text;
}

/** Say that cases have come: at once if one of them is for now. */
export function arrivals(n: number, first: string, now: boolean): void {
  if (now) { urgent(first); return; }
  arrived += n;
  if (timer) return;
  timer = window.setTimeout(() => {
    polite(count("newcasesOne", "newcasesMany", arrived));
    arrived = 0;
    timer = 0;
  }, GATHER_MS);
}

/** A line at the foot for a while, with a way to undo where there is one. */
export function toast(text: string, options: { undo?: string; tone?: string } = {}): void {
  const place = one("#toasts");
  if (!place) return;
  const line = document.createElement("div");
  line.className = options.tone ? `toast tone-${options.tone}` : "toast";
  if (options.tone) line.dataset["tone"] = options.tone;
  line.append(Object.assign(document.createElement("span"), { textContent: text }));
  if (options.undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset["undo"] = options.undo;
    button.append(say("undo"), " ", Object.assign(document.createElement("kbd"), { textContent: "u" }));
    line.append(button);
  }
  place.replaceChildren(line);
  window.setTimeout(() => line.remove(), options.tone ? TOAST_MS * 2 : TOAST_MS);
  if (options.tone) urgent(text);
  else polite(text);
}
