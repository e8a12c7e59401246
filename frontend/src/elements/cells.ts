// A group's cells as elements: for up to some hundreds of sessions. Each keeps its slot for as long as it is shown.
import * as clock from "../lib/clock";
import { SHAPES } from "../lib/marks";
import type { Cell } from "./wall-data";

const MARK_AT = 'transform="translate(8.5 5) scale(.8)"';

/** How a cell is drawn: instructor, learners and time gone, or what is wrong. */
function inside(cell: Cell): string {
  const gone = Math.min(1, Math.max(0, (clock.now() / 1000 - cell.start) / Math.max(1, cell.end - cell.start)));
  const width = cell.live ? (28 * gone).toFixed(1) : "0";
  if (cell.severity && cell.state !== "grey") {
    return `<svg viewBox="0 0 28 22" aria-hidden="true"><g class="cell-mark" ${MARK_AT}>${SHAPES[cell.severity] ?? ""}</g></svg>`;
  }
  const dots = Array.from({ length: Math.min(4, cell.learners) }, (_, i) =>
    `<rect class="cell-dot" x="${10.5 + i * 4}" y="7" width="2.4" height="2.4"/>`).join("");
  return `<svg viewBox="0 0 28 22" aria-hidden="true"><rect class="cell-ink" x="5" y="5" width="3" height="6"/>${dots}` +
    `<rect class="cell-bar" x="0" y="19.5" width="${width}" height="2.5"/></svg>`;
}

function classes(cell: Cell): string {
  const found = ["cell"];
  if (!cell.live) found.push("is-waiting");
  if (cell.severity) found.push(`tone-${cell.severity}`, `is-${cell.state}`);
  return found.join(" ");
}

export class Cells {
  private slots: (string | null)[] = [];
  private elements = new Map<string, HTMLAnchorElement>();

  constructor(readonly place: HTMLElement, private readonly address: (key: string) => string) {}

  draw(cells: Cell[]): void {
    const wanted = new Map(cells.map((cell) => [cell.key, cell]));
    for (const [index, key] of this.slots.entries()) {
      if (key !== null && !wanted.has(key)) {
        this.elements.get(key)?.remove();
        this.elements.delete(key);
        this.slots[index] = null;
      }
    }
    // A freed slot is taken by the next session to come, so that nobody else moves.
    this.slots = this.slots.filter((key) => key !== null);
    for (const cell of cells) {
      let element = this.elements.get(cell.key);
      if (!element) {
        element = document.createElement("a");
        element.href = this.address(cell.key);
        element.id = `cell-${cell.key}`;
        element.tabIndex = -1;
        this.elements.set(cell.key, element);
        this.slots.push(cell.key);
        this.place.append(element);
      }
      const name = cell.what ? `${cell.title}: ${cell.what}` : cell.title;
      const look = `${classes(cell)}|${inside(cell)}|${name}`;
      if (element.dataset["look"] !== look) {
        element.dataset["look"] = look;
        element.className = classes(cell);
        element.innerHTML = inside(cell);
        element.title = name;
        element.setAttribute("aria-label", name);
      }
      element.tabIndex = cell.severity && cell.state !== "grey" ? 0 : -1;
    }
  }

  /** What is wrong, in the order of the cells. */
  wrong(): HTMLElement[] {
    return [...this.place.querySelectorAll<HTMLElement>(".cell.is-solid, .cell.is-hollow")];
  }
}
