// Severity shapes for what scripts draw: the same as the templates'.

export type Severity = "now" | "soon" | "watch";
export type State = "solid" | "hollow" | "grey";

export const SHAPES: Record<string, string> = {
  now: '<path d="M7 1.2 12.8 7 7 12.8 1.2 7Z"/>',
  soon: '<path d="M7 1.6 13 12.2H1Z"/>',
  watch: '<circle cx="7" cy="7" r="4.8"/>',
};

export function markSvg(severity: string, state: string, label = ""): string {
  const classes = `mark tone-${severity}${state === "solid" ? "" : ` is-${state}`}`;
  const said = label ? `role="img" aria-label="${escape(label)}"` : 'aria-hidden="true"';
  return `<svg class="${classes}" viewBox="0 0 14 14" ${said}>${SHAPES[severity] ?? SHAPES["watch"]}</svg>`;
}

export function escape(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}
