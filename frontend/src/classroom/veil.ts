// What lies over the stage while one is not in: why, and what to do.
import { the } from "../lib/page";
import { element } from "./page";

export interface Way {
  text: string;
  do: () => void;
  main?: boolean;
}

export function veil(title: string, text = "", ways: readonly Way[] = []): void {
  const node = the("veil");
  const was = node.hidden ? "" : (the("veil-title").textContent ?? "");
  the("veil-title").textContent = title;
  the("veil-text").textContent = text;
  if (was !== title || !ways.length) {
    the("veil-acts").replaceChildren(...ways.map((way) => {
      const button = element("button", "btn btn-wide", way.text);
      button.type = "button";
      button.dataset["variant"] = way.main ? "primary" : "outline";
      button.addEventListener("click", way.do);
      return button;
    }));
  }
  node.hidden = false;
  if (ways.length && was !== title) the("veil-acts").querySelector("button")?.focus();
}

export function unveil(): void {
  the("veil").hidden = true;
}
