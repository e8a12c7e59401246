// Evidence of one's own: how the connection is, every ten seconds for each direction, and when one speaks.
import { type Room, RoomEvent } from "livekit-client";
import { notice, withdraw } from "./notices";
import { now, say } from "./page";
import type { Outbox } from "./outbox";
import { type Both, type Figures, Looks, loss, none, together } from "./stats";

const LOOK_MS = 2000;
const REPORT_MS = 10_000;
const DEAD = 0.001;
const DEAD_S = 12;

export class Reports {
  private room: Room | null = null;
  private looks = new Looks();
  private sum: Both = { up: none(), down: none() };
  private since = now();
  private speaking = 0;
  private dead = 0;

  constructor(private readonly outbox: Outbox, private readonly seen: (both: Both) => void) {
    window.setInterval(() => void this.look(), LOOK_MS);
    window.setInterval(() => this.report(), REPORT_MS);
    window.addEventListener("pagehide", () => this.spoke(false));
  }

  /** From now on this room is reported on. */
  of(room: Room): void {
    this.spoke(false);
    this.room = room;
    this.looks = new Looks();
    room.on(RoomEvent.ActiveSpeakersChanged, () => {
      if (this.room === room) this.spoke(room.localParticipant.isSpeaking);
    });
    room.on(RoomEvent.Disconnected, () => { if (this.room === room) this.spoke(false); });
  }

  private async look(): Promise<void> {
    const room = this.room;
    if (!room || room.state === "disconnected" || room.state === "connecting") return;
    const both = await this.looks.look(room);
    if (this.room !== room) return;
    this.sum = { up: together(this.sum.up, both.up), down: together(this.sum.down, both.down) };
    this.listen(both.up);
    this.seen(both);
  }

  /** Tell whoever speaks into a dead microphone, long before anybody else has to. */
  private listen(up: Figures): void {
    const loud = (level(up)["audio_level"] ?? 0) >= DEAD;
    this.dead = up.sounded > 0 && !loud ? this.dead + up.sounded : 0;
    if (this.dead >= DEAD_S && this.dead - up.sounded < DEAD_S) notice("unheard", { text: say("unheard"), tone: "soon" });
    if (!this.dead) withdraw("unheard");
  }

  private report(): void {
    const interval = Math.round((now() - this.since) / 100) / 10;
    const { up, down } = this.sum;
    this.since = now();
    this.sum = { up: none(), down: none() };
    if (up.seen) this.outbox.add("connection.report", { interval, direction: "up", ...figures(up), ...level(up) });
    if (down.seen) this.outbox.add("connection.report", { interval, direction: "down", ...figures(down), freezes: Math.max(0, down.freezes) });
  }

  private spoke(speaking: boolean): void {
    if (speaking && !this.speaking) this.speaking = now();
    if (!speaking && this.speaking) {
      this.outbox.add("speech", { ends_at: new Date(now()).toISOString() }, this.speaking);
      this.speaking = 0;
    }
  }
}

function figures(of: Figures): Record<string, number> {
  const lost = loss(of);
  return {
    ...(lost === null ? {} : { loss: round(lost, 4), jitter_ms: round(of.jitter * 1000, 1) }),
    ...(of.rtt > 0 ? { rtt_ms: round(of.rtt * 1000, 1) } : {}),
  };
}

/** The root of the mean square of an open microphone's sound; nothing where none was open. */
function level(of: Figures): Record<string, number> {
  return of.sounded > 0 ? { audio_level: round(Math.min(1, Math.sqrt(Math.max(0, of.energy) / of.sounded)), 5) } : {};
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
