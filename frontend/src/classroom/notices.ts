// Lines above the stage: what the school says, how the connection is, what did not work. And what readers hear.
import { the } from "../lib/page";
import { markSvg } from "../lib/marks";
import { element, icon, say } from "./page";

export interface Notice {
  text: string;
  from?: string;
  tone?: "now" | "soon";
  act?: { text: string; do: () => void };
  /** Gone by itself after so long; else until it is closed or replaced. */
  forMs?: number;
}

const shown = new Map<string, HTMLElement>();

/** One line of each key at a time. */
export function notice(key: string, line: Notice): void {
  if (shown.get(key)?.dataset["text"] === line.text) return;
  withdraw(key);
  const node = element("div", "room-notice");
  node.dataset["text"] = line.text;
  if (line.tone) {
    node.dataset["tone"] = line.tone;
    node.insertAdjacentHTML("afterbegin", markSvg(line.tone, "solid"));
  }
  const words = element("span");
  if (line.from) words.append(element("b", "", `${line.from}: `));
  words.append(line.text);
  node.append(words);
  const act = line.act;
  if (act) {
    const button = element("button", "link", act.text);
    button.type = "button";
    button.addEventListener("click", () => { withdraw(key); act.do(); });
    node.append(button);
  }
  const close = element("button", "iconlink");
  close.type = "button";
  close.setAttribute("aria-label", say("dismiss"));
  close.append(icon("x"));
  close.addEventListener("click", () => withdraw(key));
  node.append(close);
  the("notices").append(node);
  shown.set(key, node);
  if (line.forMs) window.setTimeout(() => { if (shown.get(key) === node) withdraw(key); }, line.forMs);
}

export function withdraw(key: string): void {
  shown.get(key)?.remove();
  shown.delete(key);
}

/** For screen readers alone, once it is quiet. */
export function polite(text: string): void {
  the("polite").textContent = text;
}

export function urgent(text: string): void {
  the("urgent").textContent = text;
}
