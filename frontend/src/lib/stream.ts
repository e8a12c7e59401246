// The line to the server: what has changed, and whether we still hear. A word says that something changed; the
// page then reads itself anew, so a word lost or doubled does no harm. After a gap it reads at once.
import * as clock from "./clock";
import { one, say } from "./dom";

export interface Changed {
  topics: string[];
  keys: string[] | null;
  by?: Record<string, string[] | null>;
  at: string;
}

/** Whether a change is of one of these topics and, on a page about one session, of that session. */
export function concerns(changed: Changed | null, topics: string[]): boolean {
  if (!changed || changed.topics.includes("lost")) return true;
  if (!changed.topics.some((topic) => topics.includes(topic))) return false;
  const only = document.body.dataset["only"];
  return !only || changed.keys === null || changed.keys.includes(only);
}

type Listener = (changed: Changed | null) => void;

const DEAF_MS = 12_000;
const listeners: Listener[] = [];
let source: EventSource | null = null;
let heardAt = Date.now();
let lastId = "";
let off = false;
let retry = 0;

/** Hear of changes; null says that some may have been missed. */
export function onChange(listener: Listener): void {
  listeners.push(listener);
}

function tell(changed: Changed | null): void {
  for (const listener of listeners) listener(changed);
}

function heard(event: MessageEvent): void {
  heardAt = Date.now();
  lastId = event.lastEventId || lastId;
  if (off) {
    setOff(false);
    tell(null);
  }
}

function setOff(now: boolean): void {
  off = now;
  const banner = one("#offline");
  const live = one("#live");
  const since = one("[data-since-clock]");
  if (banner) {
    if (now && since) since.textContent = clock.clockText(clock.now() - (Date.now() - heardAt));
    banner.hidden = !now;
  }
  if (live) live.dataset["state"] = now ? "off" : "on";
  const word = one("[data-live-word]");
  if (word) word.textContent = say(now ? "off" : "live");
  const lag = one("[data-lag]");
  if (now && lag) lag.textContent = "";
}

function connect(): void {
  const address = document.body.dataset["stream"];
  if (!address) return;
  source?.close();
  const url = new URL(address, location.href);
  if (lastId) url.searchParams.set("after", lastId);
  source = new EventSource(url);
  source.addEventListener("beat", (event) => {
    const beat = JSON.parse((event as MessageEvent<string>).data) as { now: string; heard: string };
    clock.learn(beat.now);
    heard(event as MessageEvent);
    const lag = one("[data-lag]");
    if (lag) lag.textContent = beat.heard ? say("ago", clock.age(clock.now() - Date.parse(beat.heard))) : "";
  });
  source.addEventListener("changed", (event) => {
    heard(event as MessageEvent);
    tell(JSON.parse((event as MessageEvent<string>).data) as Changed);
  });
  source.addEventListener("error", () => {
    if (!off) setOff(true);
    if (source?.readyState === EventSource.CLOSED) again();
  });
}

function again(): void {
  window.clearTimeout(retry);
  retry = window.setTimeout(connect, 2000);
}

export function start(): void {
  if (!document.body.dataset["stream"]) return;
  connect();
  window.setInterval(() => {
    if (Date.now() - heardAt < DEAF_MS) return;
    if (!off) setOff(true);
    if (source?.readyState !== EventSource.CONNECTING) again();
  }, 1000);
  window.addEventListener("offline", () => setOff(true));
  window.addEventListener("online", connect);
  window.addEventListener("pageshow", (event) => { if (event.persisted) { connect(); tell(null); } });
  window.addEventListener("pagehide", () => source?.close());
  document.addEventListener("click", (event) => {
    if ((event.target as Element).closest("[data-retry]")) { connect(); tell(null); }
  });
}
