// What the classroom's page was handed, and its words.
import { csrfToken, fill, handed, type Words } from "../lib/page";

export interface Handed {
  title: string;
  organization: string;
  who: string;
  zone: string;
  now: string;
  starts_at: string;
  ends_at: string;
  session: string;
  me: string;
  name: string;
  instructor: string;
  role: string;
  mark: string;
  icons: string;
  paths: { enter: string; door: string; reports: string };
  words: Words;
}

export const page = handed<Handed>("room-data");
export const csrf = csrfToken();

const offset = Date.parse(page.now) - Date.now();

/** The server's time in ms, whatever this machine's clock says. */
export function now(): number {
  return Date.now() + offset;
}

export function say(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return fill(page.words, key, values);
}

/** An icon of the sprite, silent to screen readers. */
export function icon(name: string): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${page.icons}#${name}`);
  svg.append(use);
  return svg;
}

export function element<K extends keyof HTMLElementTagNameMap>(
  name: K, className = "", text = "",
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

export function initials(name: string): string {
  const parts = name.split(/[\s-]+/).filter(Boolean);
  return ((parts[0]?.[0] ?? "?") + (parts.length > 1 ? (parts.at(-1)?.[0] ?? "") : "")).toUpperCase();
}
