// What the wall is narrowed to: fields above it, kept in the page's address so that it can be sent to a colleague.
import { all, one } from "../lib/dom";
import type { Store, Wanted } from "./wall-data";

const FIELDS = ["severity", "place", "region", "subject", "text"] as const;

export class Filters {
  readonly wanted: Wanted;

  constructor(private readonly form: HTMLFormElement, by: string, private readonly changed: () => void) {
    const query = new URLSearchParams(location.search);
    this.wanted = { by, severity: "", place: "", region: "", subject: "", text: "" };
    for (const name of FIELDS) this.wanted[name] = query.get(name) ?? "";
    const text = this.field("text");
    if (text) text.value = this.wanted.text;
    const severity = this.field("severity");
    if (severity) severity.value = this.wanted.severity;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => this.read());
    one("[data-clear]", form)?.addEventListener("click", () => {
      for (const name of FIELDS) { const field = this.field(name); if (field) field.value = ""; }
      this.read();
      this.field("text")?.focus();
    });
    this.show();
  }

  focus(): void {
    this.field("text")?.focus();
  }

  /** Offer what there is to choose from; what is chosen stays on offer. */
  offer(store: Store): void {
    for (const name of ["place", "region", "subject"] as const) {
      const field = this.field(name);
      if (!(field instanceof HTMLSelectElement)) continue;
      const values = store.values(name);
      if (this.wanted[name] && !values.includes(this.wanted[name])) values.push(this.wanted[name]);
      const offered = [...field.options].slice(1).map((each) => each.value);
      if (offered.length === values.length && offered.every((each, i) => each === values[i])) continue;
      field.replaceChildren(field.options[0] ?? new Option(""), ...values.map((each) => new Option(each, each)));
      field.value = this.wanted[name];
      const holder = field.closest<HTMLElement>("label");
      if (holder) holder.hidden = values.length < 2;
    }
  }

  private field(name: string): HTMLInputElement | HTMLSelectElement | null {
    return one<HTMLInputElement | HTMLSelectElement>(`[name="${name}"]`, this.form);
  }

  private read(): void {
    for (const name of FIELDS) this.wanted[name] = this.field(name)?.value.trim() ?? "";
    this.show();
    this.changed();
  }

  private show(): void {
    const narrowed = FIELDS.some((name) => this.wanted[name]);
    const clear = one<HTMLElement>("[data-clear]", this.form);
    if (clear) clear.hidden = !narrowed;
    const query = this.query();
    history.replaceState(null, "", query ? `?${query}` : location.pathname);
    for (const link of all<HTMLAnchorElement>("[data-by]")) {
      const other = new URLSearchParams(query);
      other.set("by", link.dataset["by"] ?? "");
      link.href = `?${other}`;
    }
  }

  private query(): string {
    const query = new URLSearchParams();
    if (new URLSearchParams(location.search).has("by")) query.set("by", this.wanted.by);
    for (const name of FIELDS) if (this.wanted[name]) query.set(name, this.wanted[name]);
    return query.toString();
  }
}
