// <callboard-wall>: every live session at a glance. Elements for some hundreds, canvases for thousands.
import * as clock from "../lib/clock";
import { all, one } from "../lib/dom";
import { escape, markSvg } from "../lib/marks";
import { CellCanvas } from "./canvas";
import { Cells } from "./cells";
import { cellsOf, type Cell, type Group, type Wall, type Worst } from "./wall-data";

const ELEMENTS_UP_TO = 600;
const GAP_MS = 1000;

interface Drawn {
  section: HTMLElement;
  cells: Cells | null;
  canvas: CellCanvas | null;
}

export class WallElement extends HTMLElement {
  private readonly groups = new Map<string, Drawn>();
  private readonly tip = document.createElement("div");
  private last: Wall | null = null;
  private busy = false;
  private again = false;
  private lastAt = 0;
  private many = false;

  connectedCallback(): void {
    this.tip.className = "wall-tip";
    this.tip.hidden = true;
    this.append(this.tip);
    const data = document.getElementById("wall-data")?.textContent;
    if (data) this.draw(JSON.parse(data) as Wall);
    new ResizeObserver(() => { for (const drawn of this.groups.values()) drawn.canvas?.paint(); }).observe(this);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
    window.setInterval(() => this.redraw(), 30_000);
  }

  redraw(): void {
    if (this.last) this.draw(this.last);
  }

  /** Read the wall anew, at most once a second and never twice at a time; slower where reading is slow. */
  async refresh(): Promise<void> {
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    const wait = this.lastAt + GAP_MS - Date.now();
    if (wait > 0) await new Promise((done) => window.setTimeout(done, wait));
    this.again = false;
    this.lastAt = Date.now();
    try {
      const response = await fetch(this.dataset["src"] ?? "", { headers: { "X-Live": "1" } });
      if (response.status === 401 || response.redirected) { location.reload(); return; }
      if (response.ok) this.draw((await response.json()) as Wall);
    } catch {
      // The stream says that we are off.
    } finally {
      this.busy = false;
      if (this.again) void this.refresh();
    }
  }

  private draw(wall: Wall): void {
    this.last = wall;
    for (const sum of all<HTMLElement>("[data-sum]")) {
      const value = wall[sum.dataset["sum"] as "live"];
      if (sum.textContent !== String(value)) sum.textContent = String(value);
    }
    const total = wall.groups.reduce((n, group) => n + group.count, 0);
    const many = total > ELEMENTS_UP_TO;
    if (many !== this.many) {
      for (const drawn of this.groups.values()) drawn.section.remove();
      this.groups.clear();
      this.many = many;
    }
    const wanted = new Set(wall.groups.map((group) => group.key));
    for (const [key, drawn] of this.groups) {
      if (!wanted.has(key)) { drawn.section.remove(); this.groups.delete(key); }
    }
    let before: Element | null = null;
    for (const group of wall.groups) {
      const drawn = this.groups.get(group.key) ?? this.make(group);
      if (drawn.section.previousElementSibling !== before || !drawn.section.isConnected) {
        if (before) before.after(drawn.section);
        else this.prepend(drawn.section);
      }
      before = drawn.section;
      this.fill(drawn, group);
    }
    this.empty(wall, before);
    this.coming(wall);
  }

  private make(group: Group): Drawn {
    const section = document.createElement("section");
    section.className = "wall-group";
    section.setAttribute("aria-label", group.title);
    section.innerHTML = `<div class="wall-name"></div><div class="${this.many ? "wall-canvas" : "wall-cells"}"></div><div class="wall-worst"></div>`;
    const place = section.children[1] as HTMLElement;
    const drawn: Drawn = { section, cells: null, canvas: null };
    if (this.many) drawn.canvas = new CellCanvas(place, (cell) => location.assign(this.address(cell.key)), (text, x, y) => this.say(text, x, y));
    else drawn.cells = new Cells(place, (key) => this.address(key));
    this.groups.set(group.key, drawn);
    return drawn;
  }

  private fill(drawn: Drawn, group: Group): void {
    const cells: Cell[] = cellsOf(group);
    const name = drawn.section.children[0] as HTMLElement;
    put(name, `<h2>${escape(group.title)}</h2><b>${group.count.toLocaleString()}</b>${group.place ? `<span>${escape(group.place)}</span>` : ""}<span>${escape(group.fine)}</span>`);
    drawn.cells?.draw(cells);
    drawn.canvas?.draw(cells, `${group.title}: ${group.count}, ${group.fine}`);
    const rows = this.many ? group.worst.slice(0, 3) : group.worst;
    const more = group.more + group.worst.length - rows.length;
    put(drawn.section.children[2] as HTMLElement, rows.length
      ? rows.map((worst) => line(worst)).join("") + (more ? `<p>${escape((this.dataset["more"] ?? "").replace("%n", String(more)))}</p>` : "")
      : `<p>${escape(this.dataset["fine"] ?? "")}</p>`);
  }

  private empty(wall: Wall, before: Element | null): void {
    const place = one(".wall-empty", this);
    if (before) { place?.remove(); return; }
    if (!place) this.insertAdjacentHTML("afterbegin", `<div class="wall-empty"><h2>${escape(this.dataset["none"] ?? "")}</h2></div>`);
    void wall;
  }

  private coming(wall: Wall): void {
    let place = one(".wall-coming", this);
    if (!wall.coming.length) { place?.remove(); return; }
    if (!place) {
      place = document.createElement("section");
      place.className = "wall-coming";
      this.append(place);
    }
    const most = Math.max(...wall.coming.map((each) => each.n));
    put(place, `<div><h2>${escape(this.dataset["next"] ?? "")}</h2><p>${escape(this.dataset["nextsub"] ?? "")}</p></div><ol>${wall.coming.map((each) => {
      const height = Math.max(2, Math.round((each.n / most) * 34));
      return `<li><svg viewBox="0 0 42 34" aria-hidden="true"><rect x="0" y="${34 - height}" width="42" height="${height}"/></svg><span><b class="num">${escape(each.at)}</b> <span class="dim">${each.n}</span></span></li>`;
    }).join("")}</ol>`);
    this.append(place);
  }

  private address(key: string): string {
    return (this.dataset["session"] ?? "").replace("KEY", encodeURIComponent(key));
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

function put(place: HTMLElement, html: string): void {
  if (place.dataset["html"] === html) return;
  const focused = place.contains(document.activeElement) ? (document.activeElement as HTMLAnchorElement).getAttribute("href") : null;
  place.dataset["html"] = html;
  place.innerHTML = html;
  if (focused) place.querySelector<HTMLElement>(`a[href="${CSS.escape(focused)}"]`)?.focus();
}

function line(worst: Worst): string {
  const owner = worst.owner
    ? `<span class="avatar${worst.me ? " is-me" : ""}" role="img" aria-label="${escape(worst.owner_name)}">${escape(worst.owner)}</span>`
    : "<span></span>";
  return `<a href="${escape(worst.href)}">${markSvg(worst.severity, worst.state, worst.severity)}<span><b>${escape(worst.title)}</b> ${escape(worst.about)}</span>` +
    `<time data-since="${escape(worst.since)}">${escape(clock.age(clock.now() - Date.parse(worst.since)))}</time>${owner}</a>`;
}
