// Evidence on its way out: kept until the server has committed it, through lost connections and reloads.
import { wait } from "../lib/page";
import { now, page } from "./page";

const KEY = `callboard.outbox.${page.session}.${page.me}`;
const MOST = 1000;
const AT_ONCE = 200;
const SEND_MS = 5000;
const LONGEST_MS = 60_000;

export interface Evidence {
  id: string;
  session: string;
  participant: string;
  kind: "connection.report" | "engagement" | "speech";
  at: string;
  data: Record<string, unknown>;
}

export class Outbox {
  private waiting: Evidence[] = kept();
  private token = "";
  private readonly run = Math.random().toString(36).slice(2, 10) + Date.now().toString(36);
  private count = 0;
  private pause = SEND_MS;

  start(): void {
    void this.forever();
    window.addEventListener("online", () => { this.pause = SEND_MS; });
    window.addEventListener("pagehide", () => void this.send(true));
  }

  /** Leave to send; the latest counts. */
  allow(token: string): void {
    this.token = token;
  }

  add(kind: Evidence["kind"], data: Record<string, unknown>, at = now()): void {
    const id = `${page.mark}${this.run}-${++this.count}`;
    const line: Evidence = {
      id, session: page.session, participant: page.me, kind, at: new Date(at).toISOString(), data,
    };
    this.waiting = [...this.waiting, line].slice(-MOST);
    keep(this.waiting);
  }

  private async forever(): Promise<void> {
    for (;;) {
      await wait(this.pause);
      const sent = await this.send();
      this.pause = sent ? SEND_MS : Math.min(this.pause * 2, LONGEST_MS);
    }
  }

  /** True where nothing is in the way: sent, or nothing to send. */
  private async send(leaving = false): Promise<boolean> {
    const batch = this.waiting.slice(0, AT_ONCE);
    if (!batch.length || !this.token) return true;
    try {
      const response = await fetch(page.paths.reports, {
        method: "POST",
        headers: { Authorization: `Bearer ${this.token}`, "Content-Type": "application/json" },
        body: JSON.stringify(batch),
        keepalive: leaving,
      });
      // Refused for good: sending the same again would be refused again.
      if (!response.ok && response.status !== 400 && response.status !== 413) return false;
    } catch {
      return false;
    }
    const done = new Set(batch.map((each) => each.id));
    this.waiting = this.waiting.filter((each) => !done.has(each.id));
    keep(this.waiting);
    return true;
  }
}

function kept(): Evidence[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]") as Evidence[];
  } catch {
    return [];
  }
}

function keep(lines: Evidence[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(lines));
  } catch {
    // No room to keep them: they go out as long as the page is open.
  }
}
