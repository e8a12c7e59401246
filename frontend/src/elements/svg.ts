// Strings of SVG, escaped.
import { escape } from "../lib/marks";

type Attributes = Record<string, string | number | undefined>;

export function tag(name: string, attributes: Attributes, inside = ""): string {
  const written = Object.entries(attributes)
    .filter((entry): entry is [string, string | number] => entry[1] !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escape(value)}"`)
    .join("");
  return `<${name}${written}>${inside}</${name}>`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

export function text(x: number, y: number, words: string, classes = "", anchor = "start"): string {
  return tag("text", { x, y, class: classes || undefined, "text-anchor": anchor }, escape(words));
}

export function rect(x: number, y: number, width: number, height: number, classes: string, rx = 0): string {
  return tag("rect", { x, y, width: Math.max(width, 0.8), height, class: classes, rx: rx || undefined });
}

export function line(x1: number, y1: number, x2: number, y2: number, classes: string): string {
  return tag("line", { x1, y1, x2, y2, class: classes });
}

/** A severity's shape about a point, 5 px from it. */
export function shape(severity: string, x: number, y: number, classes: string): string {
  if (severity === "now") return tag("path", { d: `M${round(x)} ${y - 5.5}l5.5 5.5-5.5 5.5-5.5-5.5z`, class: classes });
  if (severity === "watch") return tag("circle", { cx: x, cy: y, r: 4.4, class: `${classes} ring` });
  return tag("path", { d: `M${round(x)} ${y - 5.2}l5.6 9.8h-11.2z`, class: classes });
}
