// A group's cells on a canvas: for thousands of sessions. Quiet cells go in batched paths; what is wrong is drawn
// last, larger than its cell, with a halo.
import type { Cell } from "./wall-data";

const WIDTH = 6;
const HEIGHT = 5;
const GAP = 1.5;
const MARK = 6.5;
const PAD = 8;

interface Tones {
  quiet: string;
  line: string;
  ground: string;
  now: string;
  soon: string;
  watch: string;
}

export class CellCanvas {
  private readonly canvas = document.createElement("canvas");
  private slots: (string | null)[] = [];
  private cells = new Map<string, Cell>();
  private perRow = 1;

  constructor(readonly place: HTMLElement, private readonly open: (cell: Cell) => void, private readonly tip: (text: string, x: number, y: number) => void) {
    place.append(this.canvas);
    this.canvas.setAttribute("role", "img");
    this.canvas.addEventListener("click", (event) => { const cell = this.at(event); if (cell) this.open(cell); });
    this.canvas.addEventListener("pointermove", (event) => {
      const cell = this.at(event);
      this.tip(cell ? (cell.what ? `${cell.title}: ${cell.what}` : cell.title) : "", event.clientX, event.clientY);
    });
    this.canvas.addEventListener("pointerleave", () => this.tip("", 0, 0));
  }

  draw(cells: Cell[], label: string): void {
    this.cells = new Map(cells.map((cell) => [cell.key, cell]));
    const known = new Set(this.slots);
    this.slots = this.slots.map((key) => (key !== null && this.cells.has(key) ? key : null));
    let free = 0;
    for (const cell of cells) {
      if (known.has(cell.key)) continue;
      while (free < this.slots.length && this.slots[free] !== null) free++;
      this.slots[free] = cell.key;
    }
    this.canvas.setAttribute("aria-label", label);
    this.paint();
  }

  paint(): void {
    const width = this.place.clientWidth - 16;
    if (width <= 0) return;
    this.perRow = Math.max(1, Math.floor((width - 2 * PAD) / (WIDTH + GAP)));
    const rows = Math.ceil(this.slots.length / this.perRow);
    const height = rows * (HEIGHT + GAP) + 2 * PAD;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.height = `${height}px`;
    const context = this.canvas.getContext("2d");
    if (!context) return;
    context.scale(ratio, ratio);
    const tones = this.tones();
    const wrong: [Cell, number, number][] = [];
    const quiet = new Path2D();
    const waiting = new Path2D();
    for (const [slot, key] of this.slots.entries()) {
      const cell = key === null ? undefined : this.cells.get(key);
      if (!cell) continue;
      const [x, y] = this.place_(slot);
      if (cell.live) quiet.rect(x, y, WIDTH, HEIGHT);
      else waiting.rect(x + 0.5, y + 0.5, WIDTH - 1, HEIGHT - 1);
      if (cell.severity && cell.state !== "grey") wrong.push([cell, x + WIDTH / 2, y + HEIGHT / 2]);
    }
    context.fillStyle = tones.quiet;
    context.fill(quiet);
    context.strokeStyle = tones.line;
    context.lineWidth = 1;
    context.stroke(waiting);
    const order = ["watch", "soon", "now"];
    wrong.sort((a, b) => order.indexOf(a[0].severity) - order.indexOf(b[0].severity));
    for (const [cell, x, y] of wrong) this.mark(context, cell, x, y, tones);
  }

  private place_(slot: number): [number, number] {
    return [PAD + (slot % this.perRow) * (WIDTH + GAP), PAD + Math.floor(slot / this.perRow) * (HEIGHT + GAP)];
  }

  private mark(context: CanvasRenderingContext2D, cell: Cell, x: number, y: number, tones: Tones): void {
    const shape = new Path2D();
    if (cell.severity === "now") {
      shape.moveTo(x, y - MARK); shape.lineTo(x + MARK, y); shape.lineTo(x, y + MARK); shape.lineTo(x - MARK, y); shape.closePath();
    } else if (cell.severity === "soon") {
      shape.moveTo(x, y - MARK); shape.lineTo(x + MARK, y + MARK * 0.8); shape.lineTo(x - MARK, y + MARK * 0.8); shape.closePath();
    } else {
      shape.arc(x, y, MARK * 0.72, 0, Math.PI * 2);
    }
    const tone = cell.severity === "now" ? tones.now : cell.severity === "soon" ? tones.soon : tones.watch;
    context.strokeStyle = tones.ground;
    context.lineWidth = 5;
    context.lineJoin = "round";
    context.stroke(shape);
    context.strokeStyle = tone;
    context.fillStyle = cell.state === "solid" && cell.severity !== "watch" ? tone : tones.ground;
    context.lineWidth = cell.severity === "watch" && cell.state === "solid" ? 2.4 : 1.5;
    context.fill(shape);
    context.stroke(shape);
  }

  private at(event: MouseEvent): Cell | null {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left - PAD, event.clientY - box.top - PAD];
    let nearest: Cell | null = null;
    let best = 8;
    for (const [slot, key] of this.slots.entries()) {
      const cell = key === null ? undefined : this.cells.get(key);
      if (!cell?.severity) continue;
      const [cx, cy] = this.place_(slot);
      const far = Math.hypot(cx - PAD + WIDTH / 2 - x, cy - PAD + HEIGHT / 2 - y);
      if (far < best) { best = far; nearest = cell; }
    }
    if (nearest) return nearest;
    const column = Math.floor(x / (WIDTH + GAP));
    const row = Math.floor(y / (HEIGHT + GAP));
    if (column < 0 || row < 0 || column >= this.perRow) return null;
    const key = this.slots[row * this.perRow + column];
    return key ? (this.cells.get(key) ?? null) : null;
  }

  private tones(): Tones {
    const probe = document.createElement("i");
    this.place.append(probe);
    const read = (token: string): string => {
      probe.style.color = `var(${token})`;
      return getComputedStyle(probe).color;
    };
    const tones = {
      quiet: read("--quiet"), line: read("--quiet2"), ground: read("--canvas"), now: read("--now"), soon: read("--soon"), watch: read("--watch"),
    };
    probe.remove();
    return tones;
  }
}
