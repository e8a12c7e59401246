// Small helpers that every other module uses.

export function one<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T | null {
  return root.querySelector<T>(selector);
}

export function all<T extends Element = HTMLElement>(selector: string, root: ParentNode = document): T[] {
  return [...root.querySelectorAll<T>(selector)];
}

/** The page's few translated words, with %n and %t filled in. */
export function say(key: string, fill: string | number = ""): string {
  const words = one<HTMLElement>("#said")?.dataset[key] ?? "";
  return words.replace(/%[nt]/, String(fill));
}

export function count(one: string, many: string, n: number): string {
  return say(n === 1 ? one : many, n);
}

/** Whether letters typed now are text, so that keys must stay silent. */
export function typing(): boolean {
  const at = document.activeElement;
  if (!(at instanceof HTMLElement)) return false;
  if (at.isContentEditable || at instanceof HTMLTextAreaElement || at instanceof HTMLSelectElement) return true;
  return at instanceof HTMLInputElement && !["radio", "checkbox", "button", "submit"].includes(at.type);
}
