// The live wall's page: the element, its filters and keys, and its line to the server.
//
// All is read once. After that each word of the stream names the sessions that changed, and only those are asked
// for. A word lost, too many at once, a gap: all is read anew.
import { WallElement } from "./elements/wall";
import type { Told } from "./elements/wall-data";
import { Filters } from "./elements/wall-filters";
import { drawTable } from "./elements/wall-table";
import { one } from "./lib/dom";
import { onKey } from "./lib/keys";
import { onChange, type Changed } from "./lib/stream";

customElements.define("callboard-wall", WallElement);

const GAP_MS = 500;
const WHOLE_GAP_MS = 3000;
const WHOLE_EVERY_MS = 60_000;
const MOST_KEYS = 400;

const wall = one<WallElement>("callboard-wall");
const table = one("#wall-table");
const form = one<HTMLFormElement>("#wall-filters");
const waiting = new Set<string>();
let wholeWanted = true;
let busy = false;
let timer = 0;
let wholeAt = 0;
let lastAt = 0;

const filters = wall && form ? new Filters(form, wall.dataset["by"] ?? "provider", show) : null;
if (wall && filters) wall.wanted = filters.wanted;

function show(): void {
  if (!wall) return;
  wall.draw();
  if (table && !table.hidden) drawTable(wall, table);
}

async function read(keys: string[] | null): Promise<void> {
  const address = wall?.dataset["src"] ?? "";
  const response = await fetch(keys ? `${address}?keys=${keys.map(encodeURIComponent).join(",")}` : address, { headers: { "X-Live": "1" } });
  if (response.status === 401 || response.status === 403 || response.redirected) { location.reload(); return; }
  if (!response.ok) throw new Error(String(response.status));
  wall?.take((await response.json()) as Told);
  if (wall) filters?.offer(wall.store);
  if (wall && table && !table.hidden) drawTable(wall, table);
}

/** Ask for what is wanted, one question at a time, never more than two a second; for all of it seldom. */
function soon(): void {
  if (timer || busy || !(wholeWanted || waiting.size)) return;
  const from = wholeWanted ? Math.max(wholeAt + WHOLE_GAP_MS, lastAt + GAP_MS) : lastAt + GAP_MS;
  timer = window.setTimeout(() => { timer = 0; void run(); }, Math.max(0, from - Date.now()));
}

async function run(): Promise<void> {
  const keys = wholeWanted || waiting.size > MOST_KEYS ? null : [...waiting];
  busy = true;
  waiting.clear();
  wholeWanted = false;
  lastAt = Date.now();
  if (!keys) wholeAt = lastAt;
  try {
    await read(keys);
  } catch {
    // The stream says that we are off; what was asked for is asked for again.
    wholeWanted = true;
  } finally {
    busy = false;
    soon();
  }
}

function heard(changed: Changed | null): void {
  if (!changed || changed.topics.includes("lost")) wholeWanted = true;
  for (const topic of ["case", "session"]) {
    const keys = changed?.by?.[topic];
    if (keys === undefined) continue;
    if (keys === null) wholeWanted = true;
    else for (const key of keys) waiting.add(key);
  }
  soon();
}

if (wall) {
  onChange(heard);
  void run();
  // Sessions come up on the wall by the clock alone, which nobody tells of.
  window.setInterval(() => { wholeWanted = true; soon(); }, WHOLE_EVERY_MS);
}

onKey((key) => {
  if (key === "t" && wall && table) {
    table.hidden = !table.hidden;
    wall.hidden = !table.hidden;
    show();
    return true;
  }
  if (key === "f" && filters) { filters.focus(); return true; }
  if (key === "ArrowRight") return wall?.next(1) ?? false;
  if (key === "ArrowLeft") return wall?.next(-1) ?? false;
  return false;
});
