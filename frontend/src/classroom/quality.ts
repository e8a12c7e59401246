// Steps down before the connection drops: coarser pictures, then sound alone; and back up, more slowly.
import { type Room, RoomEvent, Track, VideoQuality } from "livekit-client";
import { type Both, type Figures, loss } from "./stats";

export type Step = "full" | "coarse" | "sound";
const STEPS: readonly Step[] = ["full", "coarse", "sound"];

const BAD = { loss: 0.05, rtt: 0.5, jitter: 0.06 };
const BAD_LOOKS: Readonly<Record<Step, number>> = { full: 2, coarse: 4, sound: Infinity };
const GOOD_LOOKS = 10;
const MOST_LOOKS = 60;

/** Decides by looks, two seconds apart: pure, and told apart from what it does to a room. */
export class Ladder {
  step: Step = "full";
  private bad = 0;
  private good = 0;
  private needs = GOOD_LOOKS;

  /** The step after this look. Each relapse asks for twice the calm before the next try upwards. */
  after(both: Both): Step {
    const isBad = worse(both.up, 1) || worse(both.down, 1);
    const isGood = !worse(both.up, 0.5) && !worse(both.down, 0.5);
    this.bad = isBad ? this.bad + 1 : 0;
    this.good = isGood ? this.good + 1 : 0;
    const place = STEPS.indexOf(this.step);
    if (this.bad >= BAD_LOOKS[this.step] && place < STEPS.length - 1) {
      this.step = STEPS[place + 1] ?? "sound";
      this.bad = 0;
      this.needs = Math.min(MOST_LOOKS, this.needs * 2);
    } else if (this.good >= this.needs && place > 0) {
      this.step = STEPS[place - 1] ?? "full";
      this.good = 0;
    } else if (this.good >= MOST_LOOKS) {
      this.needs = GOOD_LOOKS;
    }
    return this.step;
  }

  /** Somebody wants to see again, whatever the figures say. */
  reset(): void {
    this.step = "full";
    this.bad = this.good = 0;
  }
}

/** Over `share` of what the contract calls a bad report. */
function worse(figures: Figures, share: number): boolean {
  if (!figures.seen) return false;
  return (loss(figures) ?? 0) > BAD.loss * share || figures.rtt > BAD.rtt * share || figures.jitter > BAD.jitter * share;
}

/** Bring a room to a step, and keep whatever is published later at it. */
export class Quality {
  private room: Room | null = null;
  private step: Step = "full";

  of(room: Room): void {
    this.room = room;
    for (const event of [RoomEvent.TrackSubscribed, RoomEvent.LocalTrackPublished, RoomEvent.TrackPublished] as const) {
      room.on(event, () => { if (this.room === room) this.apply(); });
    }
  }

  to(step: Step): void {
    this.step = step;
    this.apply();
  }

  private apply(): void {
    if (!this.room) return;
    for (const person of this.room.remoteParticipants.values()) {
      for (const each of person.videoTrackPublications.values()) {
        if (each.source !== Track.Source.Camera) continue; // a shared screen is what the lesson is about
        if (each.isEnabled === (this.step === "sound")) each.setEnabled(this.step !== "sound");
        each.setVideoQuality(this.step === "full" ? VideoQuality.HIGH : VideoQuality.LOW);
      }
    }
    const own = this.room.localParticipant.getTrackPublication(Track.Source.Camera);
    const track = own?.videoTrack;
    if (!own || !track || own.isMuted) return;
    if ("setPublishingQuality" in track) {
      track.setPublishingQuality(this.step === "full" ? VideoQuality.HIGH : VideoQuality.LOW);
    }
    if (this.step === "sound" && !own.isUpstreamPaused) void own.pauseUpstream();
    if (this.step !== "sound" && own.isUpstreamPaused) void own.resumeUpstream();
  }
}
