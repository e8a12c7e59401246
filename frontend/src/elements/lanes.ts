// The lanes of a session's timeline, each a piece of SVG of known height, all on one axis.
import { rect, line, round, shape, tag, text } from "./svg";
import type { Timeline } from "./timeline-data";

export interface Axis {
  x: (at: number) => number;
  left: number;
  right: number;
  narrow: boolean;
}

export interface Lane {
  svg: string;
  height: number;
}

const LABEL_X = 20;
const CHAR = 6.1;

function labels(y: number, name: string, sub: string, href = ""): string {
  const title = text(LABEL_X, y, name, "lane");
  return (href ? tag("a", { href }, title) : title) + (sub ? text(LABEL_X, y + 16, sub, "sub") : "");
}

export function promises(data: Timeline, axis: Axis, until: number): Lane {
  const y = 34;
  const parts = [
    labels(28, data.words["promises"] ?? "", data.promised),
    rect(axis.x(data.start), 8, axis.x(data.end) - axis.x(data.start), 3, "planned"),
    line(axis.left, y, until, y, "seen-line"),
    line(until, y, axis.right, y, "due-line"),
  ];
  // Names alternate above and below the line, and are left out where there is no room.
  const free = [-Infinity, -Infinity];
  const sorted = [...data.promises].sort((a, b) => a.at - b.at);
  for (const promise of sorted) {
    const x = Math.min(axis.right, Math.max(axis.left, axis.x(promise.at)));
    const mark = promise.state === "kept" ? rect(x - 1.3, y - 6, 2.6, 12, "kept")
      : promise.state === "late" ? rect(x - 1.5, y - 6, 3, 12, "late-box") + rect(x - 1.5, y, 3, 6, "kept-low")
      : promise.state === "missed" ? shape("soon", x, y, "missed tone-soon")
      : promise.state === "due" ? tag("circle", { cx: x, cy: y, r: 2.8, class: "due-dot" }) : "";
    parts.push(tag("g", {}, tag("title", {}, promise.said) + mark));
    const half = (promise.text.length * CHAR) / 2;
    const at = Math.min(axis.right - half, Math.max(axis.left + half, x));
    const side = free[1]! <= at - half ? 1 : free[0]! <= at - half ? 0 : -1;
    if (side < 0 && promise.state !== "missed") continue;
    parts.push(text(at, side === 0 ? y - 13 : y + 21, promise.text, promise.state === "missed" ? "toned tone-soon" : "", "middle"));
    free[Math.max(0, side)] = at + half + 8;
  }
  return { svg: parts.join(""), height: 70 };
}

export function cases(data: Timeline, axis: Axis): Lane {
  if (!data.cases.length) return { svg: "", height: 0 };
  const parts = [labels(24, data.words["cases"] ?? "", data.cased)];
  const rows: number[] = [];
  for (const each of data.cases) {
    const x = Math.max(axis.left, axis.x(each.from));
    const end = Math.max(x + 2, Math.min(axis.right, axis.x(each.to)));
    const label = each.over ? `${each.text}, ${each.length}` : each.text;
    const wide = label.length * CHAR;
    const flip = end + 8 + wide > axis.right;
    const from = flip ? x - 10 - wide : x - 6;
    let row = rows.findIndex((until) => until < from);
    if (row < 0) { row = rows.length; rows.push(0); }
    rows[row] = flip ? end + 8 : end + 16 + wide;
    const y = 20 + row * 20;
    const state = each.over ? "is-over" : "";
    const bar = rect(x, y - 2, end - x, 4, "case-bar");
    const words = flip ? text(x - 9, y + 4, label, each.over ? "" : "toned", "end") : text(end + 8, y + 4, label, each.over ? "" : "toned");
    parts.push(tag("a", { href: each.href, class: `tone-${each.severity} ${state}` },
      bar + shape(each.severity, x, y, `case-mark${each.state === "solid" ? "" : " is-hollow"}`) + words));
  }
  return { svg: parts.join(""), height: Math.max(56, 22 + rows.length * 20) };
}

export function people(data: Timeline, axis: Axis): Lane {
  const step = 52;
  const parts = data.people.map((person, index) => {
    const y = index * step;
    const drawn = [
      index ? line(0, y, axis.right + 40, y, "rule") : "",
      labels(y + 23, person.name, person.sub, person.href),
      ...person.expected.map(([a, b]) => rect(axis.x(a), y + 14, axis.x(b) - axis.x(a), 14, "expected", 2)),
      ...person.spans.map(([a, b]) => rect(axis.x(a), y + 14, axis.x(b) - axis.x(a), 14, "present", 2)),
      ...person.speech.map(([a, b]) => rect(axis.x(a), y + 16, axis.x(b) - axis.x(a), 10, "speech")),
      ...person.spans.map(([a, b]) => line(axis.x(a), y + 34, axis.x(b), y + 34, "conn")),
      ...person.bad.map(([a, b, level]) => rect(axis.x(a), y + 32, axis.x(b) - axis.x(a), 4.5, `bad-${level}`)),
    ];
    if (person.missing) {
      const last = person.expected.at(-1);
      if (last) {
        const at = axis.x(last[1]) + 8;
        const room = at + person.missing.length * CHAR < axis.right + 36;
        drawn.push(text(room ? at : axis.x(last[0]) + 6, y + 25, person.missing, "toned tone-soon"));
      }
    }
    return tag("g", { class: person.stranger ? "stranger" : undefined }, drawn.join(""));
  });
  return { svg: parts.join(""), height: data.people.length * step };
}

export function recordings(data: Timeline, axis: Axis): Lane {
  if (!data.recordings.length) return { svg: "", height: 0 };
  const parts = [labels(24, data.words["recording"] ?? "", data.words["recorders"] ?? "")];
  data.recordings.forEach((each, index) => {
    const y = 14 + index * 28;
    const x = axis.x(each.from);
    parts.push(rect(x, y, axis.x(each.to) - x, 6, "recorder", 1), text(x, y + 18, each.text));
    if (each.state === "failed") parts.push(shape("soon", axis.x(each.to), y + 3, "missed tone-soon"));
  });
  return { svg: parts.join(""), height: Math.max(52, 14 + data.recordings.length * 28 + 8) };
}

export function connection(data: Timeline, axis: Axis): Lane {
  const found = data.connection;
  if (!found) return { svg: "", height: 0 };
  const base = 74;
  const most = Math.max(found.limit * 3, ...found.points.map((point) => point[1]));
  const y = (loss: number): number => base - (loss / most) * 60;
  const path = found.points.map(([at, loss]) => `L${round(axis.x(at))} ${round(y(loss))}`).join("");
  const first = found.points[0];
  const last = found.points.at(-1);
  if (!first || !last) return { svg: "", height: 0 };
  const area = `M${round(axis.x(first[0]))} ${base}${path}L${round(axis.x(last[0]))} ${base}Z`;
  const limit = y(found.limit);
  return {
    svg: [
      labels(34, found.name, data.words["loss"] ?? ""),
      tag("clipPath", { id: "tl-over" }, tag("rect", { x: axis.left, y: 0, width: axis.right - axis.left, height: limit })),
      tag("path", { d: area, class: "area" }),
      tag("path", { d: area, class: "area-bad", "clip-path": "url(#tl-over)" }),
      line(axis.left, limit, axis.right, limit, "threshold"),
      line(axis.left, base, axis.right, base, "seen-line"),
      text(axis.right, limit - 5, data.words["threshold"] ?? "", "", "end"),
    ].join(""),
    height: 90,
  };
}
