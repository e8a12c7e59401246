// How good the way to the server and to the rooms is: measured, not guessed.

const PINGS = 5;
const BULK_MS = 4000;
const REACH_MS = 4000;
const SLOW_MS = 400;
const SLOW_MBIT = 0.8;

export interface Measured {
  /** Median round trip in ms, and what came in per second; null where the server was not reached. */
  ms: number | null;
  mbit: number;
  /** Whether the rooms' server answers; null where it was not asked. */
  rooms: boolean | null;
}

export function isSlow(measured: Measured): boolean {
  return (measured.ms ?? 0) > SLOW_MS || measured.mbit < SLOW_MBIT;
}

export async function measure(ping: string, bulk: string, rooms: string | null): Promise<Measured> {
  const times: number[] = [];
  try {
    for (let n = 0; n < PINGS; n++) {
      const began = performance.now();
      const response = await fetch(ping, { cache: "no-store", signal: AbortSignal.timeout(REACH_MS) });
      await response.arrayBuffer();
      if (n) times.push(performance.now() - began); // the first also opens the connection
    }
  } catch {
    return { ms: null, mbit: 0, rooms: null };
  }
  times.sort((a, b) => a - b);
  const [mbit, reached] = await Promise.all([speed(bulk), rooms ? reaches(rooms) : null]);
  return { ms: times[Math.floor(times.length / 2)] ?? 0, mbit, rooms: reached };
}

/** Megabits per second of one download, broken off after some seconds. */
async function speed(bulk: string): Promise<number> {
  let bytes = 0;
  const began = performance.now();
  try {
    const response = await fetch(bulk, { cache: "no-store", signal: AbortSignal.timeout(BULK_MS) });
    const reader = response.body?.getReader();
    for (;;) {
      const part = await reader?.read();
      if (!part || part.done) break;
      bytes += part.value.length;
    }
  } catch {
    // As far as it came.
  }
  return (bytes * 8) / 1e6 / ((performance.now() - began) / 1000);
}

/** Whether anything answers there: what it answers is not for us to read. */
async function reaches(address: string): Promise<boolean> {
  try {
    await fetch(address.replace(/^ws/, "http"), { mode: "no-cors", cache: "no-store", signal: AbortSignal.timeout(REACH_MS) });
    return true;
  } catch {
    return false;
  }
}
