// The timeline's data as the server tells it; times in epoch milliseconds.

export type Span = [number, number];

export interface Person {
  key: string;
  name: string;
  sub: string;
  href: string;
  spans: Span[];
  speech: Span[];
  bad: [number, number, number][];
  expected: Span[];
  missing: string;
  stranger?: boolean;
}

export interface PromiseMark {
  text: string;
  at: number;
  state: "kept" | "late" | "missed" | "due" | "waived";
  said: string;
}

export interface CaseBar {
  id: number;
  text: string;
  severity: string;
  state: string;
  over: boolean;
  from: number;
  to: number;
  length: string;
  href: string;
}

export interface Recorder {
  name: string;
  from: number;
  to: number;
  state: string;
  text: string;
}

export interface Timeline {
  from: number;
  to: number;
  now: number | null;
  start: number;
  end: number;
  zone: string;
  promises: PromiseMark[];
  promised: string;
  cases: CaseBar[];
  cased: string;
  people: Person[];
  recordings: Recorder[];
  connection: { name: string; points: [number, number][]; limit: number } | null;
  words: Record<string, string>;
}
