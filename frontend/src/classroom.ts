// The classroom: puts its parts together. Each part knows a room; this knows the parts.
import { ConnectionQuality, type Participant, type Room, RoomEvent } from "livekit-client";
import "./styles/classroom.css";
import type { Answer } from "./classroom/asking";
import { Controls } from "./classroom/controls";
import { Ladder, type Step } from "./classroom/ladder";
import { notice, polite, urgent, withdraw } from "./classroom/notices";
import { Outbox } from "./classroom/outbox";
import { now, page, say } from "./classroom/page";
import { looksOf, Quality } from "./classroom/quality";
import { Reports } from "./classroom/reports";
import { Side } from "./classroom/side";
import { Stage } from "./classroom/stage";
import { type Phase, Stay } from "./classroom/stay";
import { Talk } from "./classroom/talk";
import { unveil, veil } from "./classroom/veil";
import { the } from "./lib/page";

const BRIEFLY_MS = 8000;

const outbox = new Outbox();
const engaged = (tool: string): void => outbox.add("engagement", { tool });

const stage = new Stage((people) => side.people(people, stage.hands));
const side = new Side(async (text) => { await talk.say(text); engaged("chat"); });
const talk = new Talk({
  chat(from, text) {
    side.written(from, text);
    if (!from.isLocal) polite(`${from.name ?? ""}: ${text}`);
  },
  hand(from, up) {
    if (up) stage.hands.add(from.identity);
    else stage.hands.delete(from.identity);
    if (up && !from.isLocal) polite(say("raised", { name: from.name ?? "" }));
    stage.soon();
  },
  school(text) {
    notice("school", { from: page.organization, text });
    side.fromSchool(text);
    urgent(`${say("from_school")}: ${text}`);
  },
});

const ladder = new Ladder();
const quality = new Quality();
let step: Step = "full";
const reports = new Reports(outbox, (both) => stepTo(ladder.after(looksOf(both))));

function stepTo(next: Step): void {
  if (next === step) return;
  const better = next === "full" || (step === "sound" && next === "coarse");
  step = next;
  quality.to(step);
  stage.soon();
  document.body.dataset["step"] = step;
  if (step === "sound") {
    notice("quality", { text: say("audio_only"), tone: "soon", act: { text: say("pictures"), do: () => { ladder.reset(); stepTo("full"); } } });
  } else if (better) {
    notice("quality", { text: say("restored"), forMs: BRIEFLY_MS });
  } else {
    notice("quality", { text: say("lower"), tone: "soon", forMs: BRIEFLY_MS * 2 });
  }
}

const controls = new Controls({
  hand(up) { void talk.raise(up).catch(() => undefined); if (up) engaged("hand"); },
  leave() { void stay.leave(); },
  shared() { engaged("share"); },
});

let moved = false;
const stay = new Stay({
  opened(room: Room) {
    for (const part of [stage, talk, controls, quality, reports]) part.of(room);
    room.on(RoomEvent.ConnectionQualityChanged, () => link());
    room.on(RoomEvent.ParticipantConnected, (person: Participant) => polite(say("joined", { name: person.name ?? "" })));
    room.on(RoomEvent.ParticipantDisconnected, (person: Participant) => {
      stage.hands.delete(person.identity);
      polite(say("gone", { name: person.name ?? "" }));
    });
  },
  reports(token: string) { outbox.allow(token); },
  phase,
});

function phase(to: Phase, answer?: Answer | { state: string }): void {
  document.body.dataset["phase"] = to;
  link();
  if (to === "in") {
    unveil();
    withdraw("connection");
    if (moved) notice("connection", { text: say("moved"), forMs: BRIEFLY_MS });
    moved = false;
    void controls.start();
  } else if (to === "reconnecting") {
    // What was seen stays in sight: most breaks are over in a moment.
    notice("connection", { text: navigator.onLine ? say("reconnecting") : say("offline"), tone: "soon" });
    urgent(say("reconnecting"));
  } else if (to === "moving") {
    moved = true;
    veil(navigator.onLine ? say("moving") : say("offline"));
    urgent(say("moving"));
  } else if (to === "waiting") {
    veil(navigator.onLine ? say("waiting") : say("offline"), answer && "text" in answer ? (answer.text ?? "") : "");
  } else if (to === "out") {
    out(answer);
  } else {
    veil(say("entering"));
  }
}

function out(answer: Answer | { state: string } | undefined): void {
  const back = { text: say("back"), do: () => void stay.enter(), main: true };
  const door = { text: say("to_door"), do: () => location.assign(page.paths.door) };
  const state = answer?.state ?? "left";
  if (state === "left") veil(say("left"), say("left_text"), [back]);
  else if (state === "elsewhere") veil(say("elsewhere"), say("elsewhere_text"), [{ ...back, text: say("here") }]);
  else if (state === "removed") veil(say("removed"), "", [door]);
  else veil(answer && "title" in answer ? answer.title : say("ended"), answer && "text" in answer ? (answer.text ?? "") : "", [door]);
}

/** The line in the header that says how one's own connection is. */
function link(): void {
  const node = the("link");
  const inside = document.body.dataset["phase"] === "in";
  const weak = [ConnectionQuality.Poor, ConnectionQuality.Lost].includes(
    stay?.room?.localParticipant.connectionQuality ?? ConnectionQuality.Unknown,
  );
  const state = inside ? (weak || step !== "full" ? "weak" : "good") : "off";
  node.dataset["quality"] = state;
  const words = node.querySelector("span");
  if (words) words.textContent = say(state === "weak" ? "weak_own" : state);
}

/** How far the session is: minutes left, and the line under the header, solid as far as it has gone. */
function course(): void {
  const begins = Date.parse(page.starts_at);
  const ends = Date.parse(page.ends_at);
  const at = now();
  const minutes = (ms: number): number => Math.max(1, Math.ceil(ms / 60_000));
  the("time-left").textContent = at < begins
    ? say("begins_in", { n: minutes(begins - at) })
    : at < ends ? say("left_min", { n: minutes(ends - at) }) : say("over_min", { n: minutes(at - ends) });
  const share = Math.min(1, Math.max(0, (at - begins) / (ends - begins)));
  the("course").style.inlineSize = `${(share * 100).toFixed(2)}%`;
}

course();
window.setInterval(course, 5000);
outbox.start();
void stay.enter();
