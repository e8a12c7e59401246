// The wall's data as the server tells it.

export interface Cell {
  key: string;
  title: string;
  start: number;
  end: number;
  learners: number;
  live: boolean;
  severity: string;
  state: string;
  what: string;
}

type Row = [string, string, number, number, number, number, string, string, string];

export interface Worst {
  id: number;
  severity: string;
  state: string;
  title: string;
  about: string;
  since: string;
  age: string;
  owner: string;
  owner_name: string;
  me: boolean;
  href: string;
}

export interface Group {
  key: string;
  title: string;
  place: string;
  fine: string;
  count: number;
  cells: Row[];
  worst: Worst[];
  more: number;
}

export interface Wall {
  groups: Group[];
  live: number;
  fine: number;
  now: number;
  soon: number;
  watch: number;
  hand: number;
  coming: { at: string; n: number }[];
}

export function cellsOf(group: Group): Cell[] {
  return group.cells.map(([key, title, start, end, learners, live, severity, state, what]) => ({
    key, title, start, end, learners, live: live === 1, severity, state, what,
  }));
}
