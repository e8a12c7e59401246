// The server's time, told on: clock, ages, countdowns. Silent to screen readers, since it changes all the time.
import { all, one, say } from "./dom";

let offset = 0;

/** Learn the server's time; what is shown counts from it, whatever this machine's clock says. */
export function learn(now: string): void {
  const theirs = Date.parse(now);
  if (!Number.isNaN(theirs)) offset = theirs - Date.now();
}

export function now(): number {
  return Date.now() + offset;
}

export function clockText(at: number): string {
  const zone = document.body.dataset["zone"] ?? "UTC";
  return new Intl.DateTimeFormat("en-GB", {
    timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false,
  }).format(at);
}

export function age(ms: number, exact = false): string {
  const s = Math.max(0, Math.floor(ms / 1000));
  if (s < 60) return say("s", s);
  if (s < 3600) return say("min", Math.floor(s / 60)) + (exact ? ` ${say("s", s % 60)}` : "");
  if (s < 86400) {
    const m = Math.floor((s % 3600) / 60);
    return say("h", Math.floor(s / 3600)) + (m ? ` ${say("min", m)}` : "");
  }
  return say("d", Math.floor(s / 86400));
}

export function countdown(ms: number): string {
  const past = ms < 0;
  const s = past ? Math.ceil(-ms / 1000) : Math.floor(ms / 1000);
  const h = Math.floor(s / 3600);
  const mm = Math.floor((s % 3600) / 60);
  const ss = String(s % 60).padStart(2, "0");
  return (past ? "+" : "") + (h ? `${h}:${String(mm).padStart(2, "0")}:${ss}` : `${mm}:${ss}`);
}

function put(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Bring every clock, age and countdown on the page up to date. */
export function tick(): void {
  const at = now();
  const clock = one("[data-clock]");
  if (clock) put(clock, clockText(at));
  for (const element of all("[data-since]")) {
    put(element, age(at - Date.parse(element.dataset["since"] ?? ""), "exact" in element.dataset));
  }
  for (const element of all("[data-until]")) {
    const left = Date.parse(element.dataset["until"] ?? "") - at;
    put(element, countdown(left));
    const due = element.closest(".due");
    const tail = due?.querySelector("[data-tail]");
    if (due && tail) {
      due.classList.toggle("is-close", left < 60_000);
      if (left < 0) put(tail, say("overdue"));
    }
  }
}

export function start(): void {
  learn(document.body.dataset["now"] ?? "");
  tick();
  window.setInterval(tick, 1000);
  document.addEventListener("visibilitychange", tick);
}
