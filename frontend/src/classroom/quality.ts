// What a step of the ladder means for a room: which pictures are sent and asked for.
import { type Room, RoomEvent, Track, VideoQuality } from "livekit-client";
import type { Look, Step } from "./ladder";
import { type Both, loss } from "./stats";

/** What the ladder looks at: the directions in which anything goes. */
export function looksOf(both: Both): Look[] {
  return [both.up, both.down]
    .filter((each) => each.seen)
    .map((each) => ({ loss: loss(each) ?? 0, rtt: each.rtt, jitter: each.jitter }));
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
