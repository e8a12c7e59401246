// <callboard-wall>: every live session at a glance. Elements for some hundreds, canvases for thousands.
import * as clock from "../lib/clock";
import { all, one } from "../lib/dom";
import { escape, markSvg } from "../lib/marks";
import { CellCanvas } from "./canvas";
import { Cells } from "./cells";
import { Store, type Group, type Told, type Wanted, type Worst } from "./wall-data";

const ELEMENTS_UP_TO = 600;
const WORST = 6;
const WORST_OF_MANY = 3;

interface Drawn {
  section: HTMLElement;
  cells: Cells | null;
  canvas: CellCanvas | null;
  stamp: string;
}

export class WallElement extends HTMLElement {
  readonly store = new Store();
  wanted: Wanted = { by: "provider", severity: "", place: "", region: "", subject: "", text: "" };
  private readonly groups = new Map<string, Drawn>();
  private readonly tip = document.createElement("div");
  private many = false;
  private told = false;

  connectedCallback(): void {
    this.tip.className = "wall-tip";
    this.tip.hidden = true;
    this.append(this.tip);
    new ResizeObserver(() => { for (const drawn of this.groups.values()) drawn.canvas?.paint(); }).observe(this);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.repaint());
    window.setInterval(() => { if (!this.many) this.draw(); }, 30_000);
  }

  take(told: Told): void {
    this.store.take(told);
    this.told = true;
    this.draw();
  }

  /** What is shown now, by group. */
  shown(): Group[] {
    return this.store.groups(this.wanted, (at) => clock.clockText(at * 1000).slice(0, 5));
  }

  draw(): void {
    if (!this.told) return;
    const sums = this.store.sums();
    for (const sum of all<HTMLElement>("[data-sum]")) {
      const value = String(sums[sum.dataset["sum"] as "live"]);
      if (sum.textContent !== value) sum.textContent = value;
    }
    const groups = this.shown();
    const many = groups.reduce((n, group) => n + group.cells.length, 0) > ELEMENTS_UP_TO;
    if (many !== this.many) {
      for (const drawn of this.groups.values()) drawn.section.remove();
      this.groups.clear();
      this.many = many;
    }
    const wanted = new Set(groups.map((group) => group.key));
    for (const [key, drawn] of this.groups) {
      if (!wanted.has(key)) { drawn.section.remove(); this.groups.delete(key); }
    }
    let before: Element | null = null;
    for (const group of groups) {
      const drawn = this.groups.get(group.key) ?? this.make(group);
      if (drawn.section.previousElementSibling !== before || !drawn.section.isConnected) {
        if (before) before.after(drawn.section);
        else this.prepend(drawn.section);
      }
      before = drawn.section;
      this.fill(drawn, group);
    }
    this.empty(before);
    this.coming();
  }

  private repaint(): void {
    for (const drawn of this.groups.values()) drawn.stamp = "";
    this.draw();
  }

  private make(group: Group): Drawn {
    const section = document.createElement("section");
    section.className = "wall-group";
    section.setAttribute("aria-label", group.title);
    section.innerHTML = `<div class="wall-name"></div><div class="${this.many ? "wall-canvas" : "wall-cells"}"></div><div class="wall-worst"></div>`;
    const place = section.children[1] as HTMLElement;
    const drawn: Drawn = { section, cells: null, canvas: null, stamp: "" };
    if (this.many) drawn.canvas = new CellCanvas(place, (cell) => location.assign(this.address(cell.key)), (text, x, y) => this.say(text, x, y));
    else drawn.cells = new Cells(place, (key) => this.address(key));
    this.groups.set(group.key, drawn);
    return drawn;
  }

  private fill(drawn: Drawn, group: Group): void {
    drawn.cells?.draw(group.cells);
    if (drawn.stamp === group.stamp) return;
    drawn.stamp = group.stamp;
    const fine = this.word("promised").replace("%n", String(group.fine));
    const name = drawn.section.children[0] as HTMLElement;
    put(name, `<h2>${escape(group.title)}</h2><b>${group.cells.length.toLocaleString()}</b>${group.place && group.place !== group.title ? `<span>${escape(group.place)}</span>` : ""}<span>${escape(fine)}</span>`);
    drawn.canvas?.draw(group.cells, `${group.title}: ${group.cells.length}, ${fine}`);
    const rows = group.worst.slice(0, this.many ? WORST_OF_MANY : WORST);
    const more = group.worst.length - rows.length;
    put(drawn.section.children[2] as HTMLElement, rows.length
      ? rows.map((worst) => this.line(worst)).join("") + (more ? `<p>${escape(this.word("more").replace("%n", String(more)))}</p>` : "")
      : `<p>${escape(this.word("fine"))}</p>`);
  }

  private empty(before: Element | null): void {
    const place = one(".wall-empty", this);
    if (before) { place?.remove(); return; }
    const words = this.store.cells.size ? this.word("nosuch") : this.word("none");
    if (place) { put(place, `<h2>${escape(words)}</h2>`); return; }
    this.insertAdjacentHTML("afterbegin", `<div class="wall-empty"><h2>${escape(words)}</h2></div>`);
  }

  private coming(): void {
    const coming = this.store.coming;
    let place = one(".wall-coming", this);
    if (!coming.length) { place?.remove(); return; }
    if (!place) {
      place = document.createElement("section");
      place.className = "wall-coming";
      this.append(place);
    }
    const most = Math.max(...coming.map((each) => each.n));
    put(place, `<div><h2>${escape(this.word("next"))}</h2><p>${escape(this.word("nextsub"))}</p></div><ol>${coming.map((each) => {
      const height = Math.max(2, Math.round((each.n / most) * 34));
      return `<li><svg viewBox="0 0 42 34" aria-hidden="true"><rect x="0" y="${34 - height}" width="42" height="${height}"/></svg><span><b class="num">${escape(each.at)}</b> <span class="dim">${each.n}</span></span></li>`;
    }).join("")}</ol>`);
    if (this.lastElementChild !== place) this.append(place);
  }

  word(name: string): string {
    return this.dataset[name] ?? "";
  }

  address(key: string): string {
    return this.word("session").replace("KEY", encodeURIComponent(key));
  }

  caseAddress(id: number): string {
    return this.word("case").replace("0", String(id));
  }

  private line(worst: Worst): string {
    const owner = worst.owner
      ? `<span class="avatar${worst.mine ? " is-me" : ""}" role="img" aria-label="${escape(worst.ownerName)}">${escape(worst.owner)}</span>`
      : "<span></span>";
    const since = worst.since * 1000;
    return `<a href="${escape(this.caseAddress(worst.id))}">${markSvg(worst.severity, worst.state, worst.severity)}<span><b>${escape(worst.title)}</b> ${escape(about(worst))}</span>` +
      `<time data-since="${new Date(since).toISOString()}">${escape(clock.age(clock.now() - since))}</time>${owner}</a>`;
  }

  private say(text: string, x: number, y: number): void {
    this.tip.hidden = text === "";
    this.tip.textContent = text;
    this.tip.style.left = `${Math.min(x + 12, window.innerWidth - 330)}px`;
    this.tip.style.top = `${y + 14}px`;
  }

  /** Move the focus to the next thing that is wrong: a cell, or with canvases its line beside. */
  next(step: number): boolean {
    const found = this.many
      ? all(".wall-worst a", this)
      : all(".cell.is-solid, .cell.is-hollow", this);
    if (!found.length) return false;
    const at = found.indexOf(document.activeElement as HTMLElement);
    found[(at + step + found.length) % found.length]?.focus();
    return true;
  }
}

/** Whom and which session it is about. */
export function about(worst: Worst): string {
  return [worst.who, worst.cell.title].filter(Boolean).join(", ");
}

function put(place: HTMLElement, html: string): void {
  if (place.dataset["html"] === html) return;
  const focused = place.contains(document.activeElement) ? (document.activeElement as HTMLAnchorElement).getAttribute("href") : null;
  place.dataset["html"] = html;
  place.innerHTML = html;
  if (focused) place.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
}
