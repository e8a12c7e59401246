// The door of a session: it counts down, opens by itself, and lets people check their devices before they enter.
import "./styles/entrance.css";
import { Check } from "./classroom/check";
import { one } from "./lib/dom";
import { the } from "./lib/page";

/** A room that is on its way is there any moment; all else is known by the clock. */
const SOON_MS = 5000;
const SELDOM_MS = 60_000;
const page = document.body;
const offset = Date.parse(page.dataset["now"] ?? "") - Date.now();
const count = one<HTMLElement>("[data-count]");

/** Seconds left as m:ss, hours before them where there are any, days in place of all where it is that long. */
function left(ms: number): string {
  const s = Math.max(0, Math.ceil(ms / 1000));
  const clock = `${String(Math.floor((s % 3600) / 60)).padStart(s >= 3600 ? 2 : 1, "0")}:${String(s % 60).padStart(2, "0")}`;
  return s >= 3600 ? `${Math.floor(s / 3600)}:${clock}` : clock;
}

/** Read the page again once its door says something else. */
async function ask(): Promise<void> {
  if (document.visibilityState === "hidden") return;
  try {
    const response = await fetch(page.dataset["poll"] ?? "", { headers: { Accept: "application/json" } });
    const said = (await response.json()) as { state: string };
    // "late" follows "open" by time alone: no reason to take the page from under anyone's hands.
    const alike = ["open", "late"];
    const same = said.state === page.dataset["state"] || (alike.includes(said.state) && alike.includes(page.dataset["state"] ?? ""));
    if (!same) location.reload();
  } catch {
    // Not reached: the next time will tell.
  }
}

if (count) {
  const until = Date.parse(count.dataset["count"] ?? "");
  let asked = false;
  const tick = (): void => {
    const ms = until - Date.now() - offset;
    count.textContent = left(ms);
    if (ms <= 0 && !asked) {
      asked = true;
      void ask();
    }
  };
  tick();
  window.setInterval(tick, 1000);
}
if ("waits" in page.dataset) {
  window.setInterval(() => void ask(), page.dataset["state"] === "not_ready" ? SOON_MS : SELDOM_MS);
}
document.addEventListener("visibilitychange", () => void ask());

const enter = one<HTMLAnchorElement>("#enter");
enter?.addEventListener("click", (event) => {
  if (enter.getAttribute("aria-disabled") === "true") event.preventDefault();
});
if (one("#check")) new Check(the("check")).start();
