// What the browser knows of each direction of its connection, as sums between two looks.
//
// Names of figures: W3C, Identifiers for WebRTC's Statistics API. Loss upwards is what the server reports back of
// our packets; downwards, the gaps in what came. A stream that rests keeps its last figures for good, so only one
// in which something went since the last look is asked for them.
import { type LocalTrack, type Room, Track } from "livekit-client";

export interface Figures {
  packets: number;
  lost: number;
  /** Means of the looks that told any, in seconds; `jitters` and `rtts` are how many those were. */
  jitter: number;
  jitters: number;
  rtt: number;
  rtts: number;
  freezes: number;
  /** Sums of squares of the sound's level and of its seconds; of an open microphone alone. */
  energy: number;
  sounded: number;
  seen: boolean;
}

export interface Both {
  up: Figures;
  down: Figures;
}

type Row = Record<string, unknown> & { id: string; type: string };

export function none(): Figures {
  return {
    packets: 0, lost: 0, jitter: 0, jitters: 0, rtt: 0, rtts: 0, freezes: 0, energy: 0, sounded: 0, seen: false,
  };
}

/** Two stretches as one: counts add up, and of the rest it is the mean. */
export function together(one: Figures, other: Figures): Figures {
  return {
    packets: one.packets + other.packets,
    lost: one.lost + other.lost,
    jitter: mean(one.jitter, one.jitters, other.jitter, other.jitters),
    jitters: one.jitters + other.jitters,
    rtt: mean(one.rtt, one.rtts, other.rtt, other.rtts),
    rtts: one.rtts + other.rtts,
    freezes: one.freezes + other.freezes,
    energy: one.energy + other.energy,
    sounded: one.sounded + other.sounded,
    seen: one.seen || other.seen,
  };
}

function mean(one: number, ones: number, other: number, others: number): number {
  return ones + others > 0 ? (one * ones + other * others) / (ones + others) : 0;
}

export function loss(figures: Figures): number | null {
  return figures.packets > 0 ? Math.min(1, Math.max(0, figures.lost) / figures.packets) : null;
}

export class Looks {
  private before = new Map<string, number>();

  /** What happened since the last look. */
  async look(room: Room): Promise<Both> {
    const after = new Map<string, number>();
    const up = none();
    const down = none();
    const since = (row: Row, key: string): number => {
      const value = number(row[key]);
      const name = `${row.id} ${key}`;
      after.set(name, value);
      return value - (this.before.get(name) ?? value);
    };
    const round = (figures: Figures, row: Row): void => {
      if (row.type === "candidate-pair" && row["nominated"] === true && row["state"] === "succeeded") {
        figures.rtt = Math.max(figures.rtt, number(row["currentRoundTripTime"]));
      }
    };
    const own = await rows(locals(room));
    const sent = new Map(own.filter((row) => row.type === "outbound-rtp").map((row) => [row.id, since(row, "packetsSent")]));
    for (const row of own) {
      round(up, row);
      if (row.type === "outbound-rtp") { up.packets += sent.get(row.id) ?? 0; up.seen = true; }
      if (row.type === "remote-inbound-rtp") {
        const lost = since(row, "packetsLost");
        if (!sent.get(String(row["localId"]))) continue;
        up.lost += lost;
        up.jitter = Math.max(up.jitter, number(row["jitter"]));
        up.rtt = Math.max(up.rtt, number(row["roundTripTime"]));
      }
      if (row.type === "media-source" && row["kind"] === "audio" && room.localParticipant.isMicrophoneEnabled) {
        up.energy += since(row, "totalAudioEnergy");
        up.sounded += since(row, "totalSamplesDuration");
      }
    }
    for (const row of await rows(remotes(room))) {
      round(down, row);
      if (row.type !== "inbound-rtp") continue;
      const lost = since(row, "packetsLost");
      const came = since(row, "packetsReceived");
      down.lost += lost;
      down.packets += came + Math.max(0, lost);
      if (came > 0) down.jitter = Math.max(down.jitter, number(row["jitter"]));
      down.freezes += since(row, "freezeCount");
      down.seen = true;
    }
    this.before = after;
    for (const each of [up, down]) {
      each.jitters = each.jitter > 0 ? 1 : 0;
      each.rtts = each.rtt > 0 ? 1 : 0;
    }
    return { up, down };
  }
}

type Reported = Pick<LocalTrack, "getRTCStatsReport">;

function locals(room: Room): Reported[] {
  return [...room.localParticipant.trackPublications.values()].flatMap((each) => (each.track ? [each.track] : []));
}

function remotes(room: Room): Reported[] {
  return [...room.remoteParticipants.values()].flatMap((person) =>
    [...person.trackPublications.values()].flatMap((each) =>
      each.track && each.track.source !== Track.Source.Unknown ? [each.track as Reported] : []));
}

/** Each row once, though several tracks share a transport. */
async function rows(tracks: Reported[]): Promise<Row[]> {
  const found = new Map<string, Row>();
  for (const track of tracks) {
    const report = await track.getRTCStatsReport().catch(() => undefined);
    report?.forEach((row: Row) => found.set(row.id, row));
  }
  return [...found.values()];
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
