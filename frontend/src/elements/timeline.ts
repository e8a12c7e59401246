// <callboard-timeline>: a session on one time axis. Its twin for readers is a table, shown by the key t.
import * as clock from "../lib/clock";
import { escape } from "../lib/marks";
import { cases, connection, people, promises, recordings, type Axis, type Lane } from "./lanes";
import { line, rect, text } from "./svg";
import type { Timeline } from "./timeline-data";

const LEFT = 172;
const HEAD = 40;
const GAP_MS = 1500;
const STEPS_MIN = [1, 2, 5, 10, 15, 30, 60];

export class TimelineElement extends HTMLElement {
  private data: Timeline | null = null;
  private readonly drawing = document.createElement("div");
  private busy = false;
  private lastAt = 0;
  private zoomed = false;
  private moment = -1;

  connectedCallback(): void {
    this.append(this.drawing);
    const data = document.getElementById("timeline-data")?.textContent;
    if (data) this.data = JSON.parse(data) as Timeline;
    new ResizeObserver(() => this.draw()).observe(this);
    window.setInterval(() => this.advance(), 1000);
    this.drawing.addEventListener("pointermove", (event) => this.point(event.clientX));
    this.drawing.addEventListener("pointerleave", () => this.point(null));
  }

  async refresh(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const wait = this.lastAt + GAP_MS - Date.now();
    if (wait > 0) await new Promise((done) => window.setTimeout(done, wait));
    this.lastAt = Date.now();
    try {
      const response = await fetch(this.dataset["src"] ?? "", { headers: { "X-Live": "1" } });
      if (response.ok) {
        this.data = (await response.json()) as Timeline;
        this.draw();
      }
    } catch {
      // The stream says that we are off.
    } finally {
      this.busy = false;
    }
  }

  /** Show the last ten minutes alone, or all of it again. */
  zoom(): boolean {
    this.zoomed = !this.zoomed;
    this.draw();
    return true;
  }

  /** Go to the next moment that matters: a case, or a promise missed. */
  step(by: number): boolean {
    const found = this.moments();
    if (!found.length) return false;
    this.moment = (this.moment + by + found.length) % found.length;
    const at = found[this.moment];
    const axis = this.axis();
    if (at !== undefined && axis) {
      const box = this.drawing.getBoundingClientRect();
      this.point(box.left + axis.x(at));
    }
    return true;
  }

  private moments(): number[] {
    if (!this.data) return [];
    const found = this.data.cases.flatMap((each) => [each.from, each.to]);
    found.push(...this.data.promises.filter((each) => each.state === "missed" || each.state === "late").map((each) => each.at));
    return [...new Set(found)].sort((a, b) => a - b);
  }

  private range(data: Timeline): [number, number] {
    if (!this.zoomed) return [data.from, data.to];
    const end = data.now === null ? data.end : clock.now();
    return [end - 600_000, end + 60_000];
  }

  private axis(): Axis | null {
    if (!this.data) return null;
    const width = Math.max(720, this.clientWidth);
    const right = width - 40;
    const [from, to] = this.range(this.data);
    return { x: (at) => LEFT + ((at - from) / (to - from)) * (right - LEFT), left: LEFT, right, narrow: width < 900 };
  }

  private draw(): void {
    const data = this.data;
    const axis = this.axis();
    if (!data || !axis || this.clientWidth === 0) return;
    const now = data.now === null ? null : clock.now();
    const until = Math.min(axis.right, Math.max(axis.left, now === null ? axis.right : axis.x(now)));
    const lanes: Lane[] = [promises(data, axis, until), cases(data, axis), people(data, axis), recordings(data, axis), connection(data, axis)];
    let y = HEAD;
    const parts: string[] = [];
    for (const lane of lanes) {
      if (!lane.height) continue;
      parts.push(line(0, y, axis.right + 40, y, "rule"), `<g transform="translate(0 ${y})">${lane.svg}</g>`);
      y += lane.height;
    }
    parts.push(line(0, y, axis.right + 40, y, "rule"));
    const clip = `<clipPath id="tl-clip"><rect x="0" y="0" width="${axis.right + 40}" height="${y}"/></clipPath>`;
    const body = this.grid(data, axis, y) + `<g clip-path="url(#tl-clip)">${parts.join("")}</g>` + this.nowLine(axis, now, y);
    this.drawing.innerHTML = `<svg class="tl" viewBox="0 0 ${axis.right + 40} ${y + 4}" height="${y + 4}" role="group" aria-label="${escape(this.dataset["label"] ?? "")}">${clip}${body}<line class="pointer" y1="${HEAD - 8}" y2="${y}" x1="-9" x2="-9"/><text class="strong" id="tl-at" y="${HEAD - 16}" x="-99" text-anchor="middle"></text></svg>`;
  }

  private grid(data: Timeline, axis: Axis, height: number): string {
    const [from, to] = this.range(data);
    const span = (to - from) / 60_000;
    const most = (axis.right - axis.left) / 90;
    const step = (STEPS_MIN.find((each) => span / each <= most) ?? 120) * 60_000;
    const format = new Intl.DateTimeFormat("en-GB", { timeZone: data.zone, hour: "2-digit", minute: "2-digit", hour12: false });
    const now = data.now === null ? -1e9 : axis.x(clock.now());
    const parts: string[] = [];
    for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
      const x = axis.x(at);
      if (x < axis.left - 1) continue;
      const major = at % (step * 3) === 0;
      parts.push(line(x, HEAD - 8, x, height, major ? "grid" : "grid minor"));
      if (Math.abs(x - now) > 44) parts.push(text(x, HEAD - 16, format.format(at), major ? "strong" : "", "middle"));
    }
    return parts.join("");
  }

  private nowLine(axis: Axis, now: number | null, height: number): string {
    if (now === null) return "";
    const x = axis.x(now);
    if (x < axis.left || x > axis.right + 30) return "";
    return `<g id="tl-now" transform="translate(${x} 0)">${line(0, HEAD - 12, 0, height, "now-line")}${rect(-29, HEAD - 30, 58, 18, "now-flag", 3)}${text(0, HEAD - 17, clock.clockText(now), "now-text", "middle")}</g>`;
  }

  /** Move the now-line by itself between readings. */
  private advance(): void {
    const axis = this.axis();
    const mark = this.querySelector("#tl-now");
    if (!axis || !mark || !this.data || this.data.now === null) return;
    const now = clock.now();
    if (axis.x(now) > axis.right) { void this.refresh(); return; }
    mark.setAttribute("transform", `translate(${axis.x(now)} 0)`);
    const words = mark.querySelector("text");
    if (words) words.textContent = clock.clockText(now);
  }

  private point(clientX: number | null): void {
    const axis = this.axis();
    const pointer = this.querySelector(".pointer");
    const at = this.querySelector("#tl-at");
    const svg = this.querySelector("svg");
    if (!axis || !pointer || !at || !svg || !this.data) return;
    const box = svg.getBoundingClientRect();
    const x = clientX === null ? -99 : (clientX - box.left) * ((axis.right + 40) / box.width);
    const shown = x >= axis.left && x <= axis.right ? x : -99;
    pointer.setAttribute("x1", String(shown));
    pointer.setAttribute("x2", String(shown));
    at.setAttribute("x", String(shown));
    const [from, to] = this.range(this.data);
    at.textContent = shown < 0 ? "" : clock.clockText(from + ((shown - axis.left) / (axis.right - axis.left)) * (to - from));
  }
}
