// Asking the door: what opens the room now, or why nothing does.
import { csrf, page } from "./page";

const GIVE_UP_MS = 5000;

export type Answer =
  | { state: "open"; kind: "livekit" | "link"; url: string; token: string; room: string; reports: string }
  | { state: string; title: string; text?: string; wait: boolean };

export type Open = Extract<Answer, { state: "open"; kind: unknown }>;

export function isOpen(answer: Answer): answer is Open {
  return answer.state === "open";
}

/** The door's answer; null where it was not reached. */
export async function ask(): Promise<Answer | null> {
  try {
    const response = await fetch(page.paths.enter, {
      method: "POST",
      headers: { "X-CSRFToken": csrf, Accept: "application/json" },
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    // A server that is being replaced answers 502 or 503: that is not the door's word.
    if (response.status >= 500 || !(response.headers.get("Content-Type") ?? "").includes("json")) return null;
    return (await response.json()) as Answer;
  } catch {
    return null;
  }
}
