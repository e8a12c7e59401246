// What the server hands to a page's script as JSON, and its words with their places filled in.

/** The JSON in the element of that id. */
export function handed<T>(id: string): T {
  return JSON.parse(document.getElementById(id)?.textContent ?? "{}") as T;
}

export type Words = Readonly<Record<string, string>>;

/** A translated sentence, its %(name)s and %(name)d filled in. */
export function fill(words: Words, key: string, values: Readonly<Record<string, string | number>> = {}): string {
  return (words[key] ?? "").replace(/%\((\w+)\)[sd]/g, (_all, name: string) => String(values[name] ?? ""));
}

/** The element of that id, which the page's template has. */
export function the<T extends HTMLElement = HTMLElement>(id: string): T {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page lacks #${id}`);
  return found as T;
}

export function wait(ms: number): Promise<void> {
  return new Promise((done) => window.setTimeout(done, ms));
}

/** The token that Django wants back with whatever changes something; from the page's form. */
export function csrfToken(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}
