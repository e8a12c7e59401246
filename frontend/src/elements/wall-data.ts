// The wall's data: as the server tells it, and as the script holds it. Told whole once, then only what changed.

export interface Case {
  id: number;
  severity: string;
  state: string;
  title: string;
  who: string;
  since: number;
  owner: string;
  ownerName: string;
  mine: boolean;
}

export interface Cell {
  key: string;
  title: string;
  start: number;
  end: number;
  learners: number;
  live: boolean;
  place: string;
  region: string;
  subject: string;
  node: string;
  severity: string;
  state: string;
  what: string;
  cases: Case[];
  /** Grows with every change, so that what shows it knows whether to draw anew. */
  rev: number;
}

export interface Worst extends Case {
  cell: Cell;
}

export interface Group {
  key: string;
  title: string;
  place: string;
  cells: Cell[];
  fine: number;
  worst: Worst[];
  /** Differs where anything of the group does. */
  stamp: string;
}

export interface Sums {
  live: number;
  fine: number;
  now: number;
  soon: number;
  watch: number;
  hand: number;
}

export interface Wanted {
  by: string;
  severity: string;
  place: string;
  region: string;
  subject: string;
  text: string;
}

type Row = [string, number, number, number, number, number, number, number, number, number];
type CaseRow = [number, string, string, string, string, string, number, string, string, number];

export interface Told {
  names: string[];
  rows: Row[];
  cases: CaseRow[];
  coming?: { at: string; n: number }[];
  gone?: string[];
}

const RANK: Record<string, number> = { now: 0, soon: 1, watch: 2 };

function byUrgency(a: Case, b: Case): number {
  return (a.state === "solid" ? 0 : 1) - (b.state === "solid" ? 0 : 1) || (RANK[a.severity] ?? 3) - (RANK[b.severity] ?? 3) || a.since - b.since;
}

export class Store {
  cells = new Map<string, Cell>();
  coming: { at: string; n: number }[] = [];
  private rev = 0;

  /** Take in the whole wall, or a part of it. Cells that stay keep their place. */
  take(told: Told): void {
    const whole = told.coming !== undefined;
    const rev = ++this.rev;
    const cases = new Map<string, Case[]>();
    for (const [id, key, severity, state, title, who, since, owner, ownerName, mine] of told.cases) {
      const found = cases.get(key) ?? [];
      if (!found.length) cases.set(key, found);
      found.push({ id, severity, state, title, who, since, owner, ownerName, mine: mine === 1 });
    }
    const seen = new Set<string>();
    for (const [key, title, start, end, learners, live, place, region, subject, node] of told.rows) {
      const wrong = (cases.get(key) ?? []).sort(byUrgency);
      const worst = wrong[0];
      const name = (index: number): string => told.names[index] ?? "";
      const fresh: Cell = {
        key, title: name(title), start, end, learners, live: live === 1, place: name(place), region: name(region), subject: name(subject),
        node: name(node), severity: worst?.severity ?? "", state: worst?.state ?? "", what: worst?.title ?? "", cases: wrong, rev,
      };
      const held = this.cells.get(key);
      if (held && same(held, fresh)) fresh.rev = held.rev;
      this.cells.set(key, fresh);
      seen.add(key);
    }
    for (const key of told.gone ?? []) this.cells.delete(key);
    if (whole) {
      for (const key of this.cells.keys()) if (!seen.has(key)) this.cells.delete(key);
      this.coming = told.coming ?? [];
    }
  }

  sums(): Sums {
    const sums: Sums = { live: 0, fine: 0, now: 0, soon: 0, watch: 0, hand: 0 };
    for (const cell of this.cells.values()) {
      if (cell.live) { sums.live++; if (!cell.cases.length) sums.fine++; }
      for (const each of cell.cases) {
        if (each.owner || each.state === "hollow") sums.hand++;
        else if (each.severity === "now" || each.severity === "soon" || each.severity === "watch") sums[each.severity]++;
      }
    }
    return sums;
  }

  /** Every value that cells have of a kind, in order, for a list to choose from. */
  values(of: "place" | "region" | "subject"): string[] {
    const found = new Set<string>();
    for (const cell of this.cells.values()) found.add(cell[of]);
    return [...found].sort((a, b) => a.localeCompare(b));
  }

  groups(wanted: Wanted, startOf: (at: number) => string): Group[] {
    const found = new Map<string, Group>();
    const sumOf = new Map<string, number>();
    const text = wanted.text.toLowerCase();
    for (const cell of this.cells.values()) {
      if (!fits(cell, wanted, text)) continue;
      const key = wanted.by === "start" ? startOf(cell.start) : wanted.by === "region" ? cell.region : wanted.by === "subject" ? cell.subject
        : wanted.by === "node" ? cell.node : cell.place;
      let group = found.get(key);
      if (!group) {
        group = { key, title: key, place: wanted.by === "provider" || wanted.by === "node" ? cell.region : "", cells: [], fine: 0, worst: [], stamp: "" };
        found.set(key, group);
      }
      group.cells.push(cell);
      sumOf.set(key, (sumOf.get(key) ?? 0) + cell.rev);
      if (cell.live && !cell.cases.length) group.fine++;
      for (const each of cell.cases) group.worst.push({ ...each, cell });
    }
    for (const group of found.values()) {
      group.worst.sort(byUrgency);
      group.stamp = `${group.cells.length}:${sumOf.get(group.key) ?? 0}`;
    }
    const groups = [...found.values()];
    if (wanted.by === "start") return groups.sort((a, b) => (a.cells[0]?.start ?? 0) - (b.cells[0]?.start ?? 0));
    return groups.sort((a, b) => a.key.localeCompare(b.key));
  }
}

function same(a: Cell, b: Cell): boolean {
  return a.live === b.live && a.severity === b.severity && a.state === b.state && a.what === b.what && a.title === b.title && a.start === b.start
    && a.end === b.end && a.learners === b.learners && a.node === b.node && a.place === b.place && a.region === b.region && a.subject === b.subject
    && a.cases.length === b.cases.length && a.cases.every((each, i) => each.id === b.cases[i]?.id && each.owner === b.cases[i]?.owner && each.state === b.cases[i]?.state);
}

function fits(cell: Cell, wanted: Wanted, text: string): boolean {
  if (wanted.place && cell.place !== wanted.place) return false;
  if (wanted.region && cell.region !== wanted.region) return false;
  if (wanted.subject && cell.subject !== wanted.subject) return false;
  if (wanted.severity === "wrong" ? !cell.cases.length : wanted.severity && !cell.cases.some((each) => each.severity === wanted.severity)) return false;
  return !text || cell.title.toLowerCase().includes(text) || cell.node.toLowerCase().includes(text) || cell.cases.some((each) => each.who.toLowerCase().includes(text));
}
