// The check before entering: camera, microphone, speaker, connection, each with plain advice. Nobody has to.
import { fill, handed, the, type Words } from "../lib/page";
import { choices, choose, offer } from "./choices";
import { isSlow, measure } from "./network";

type State = "due" | "asking" | "kept" | "wrong";
const HEARD = 0.02;
const QUIET_MS = 8000;

export class Check {
  private readonly words: Words = handed("check-words");
  private stream: MediaStream | null = null;
  private context: AudioContext | null = null;
  private frame = 0;

  constructor(private readonly box: HTMLElement) {}

  start(): void {
    const begin = the<HTMLButtonElement>("check-start");
    if (this.box.dataset["auto"] === "1") void this.open();
    else {
      begin.hidden = false;
      for (const part of ["camera", "microphone"]) this.say(part, "due", "unchecked");
    }
    begin.addEventListener("click", () => { begin.hidden = true; void this.open(); });
    for (const kind of ["camera", "microphone"] as const) {
      const select = the<HTMLSelectElement>(kind);
      select.addEventListener("change", () => { choose({ [kind]: select.value }); void this.open(); });
    }
    const speaker = the<HTMLSelectElement>("speaker");
    speaker.addEventListener("change", () => { choose({ speaker: speaker.value }); void this.play(); });
    the("play").addEventListener("click", () => void this.play());
    the("measure").addEventListener("click", () => void this.connection());
    window.addEventListener("pagehide", () => this.close());
    this.say("speaker", "due", "try_sound");
    void this.connection();
  }

  private say(part: string, state: State, key: string, values: Record<string, string | number> = {}): void {
    const row = the(`check-${part}`);
    row.dataset["state"] = state;
    const line = row.querySelector("p");
    const text = fill(this.words, key, values);
    if (line && line.textContent !== text) line.textContent = text;
  }

  private async open(): Promise<void> {
    this.close();
    this.say("camera", "asking", "asking");
    this.say("microphone", "asking", "asking");
    if (!navigator.mediaDevices) {
      this.say("camera", "wrong", "insecure");
      this.say("microphone", "wrong", "insecure");
      return;
    }
    const chosen = choices();
    // Together, so that the browser asks once; apart where that fails, so that one does not cost the other.
    const wish = { video: exactly(chosen.camera), audio: exactly(chosen.microphone) };
    try {
      this.stream = await navigator.mediaDevices.getUserMedia(wish);
    } catch {
      this.stream = new MediaStream();
      await this.alone("camera", { video: wish.video });
      await this.alone("microphone", { audio: wish.audio });
    }
    this.showCamera();
    this.showMicrophone();
    await offer(the<HTMLSelectElement>("camera"), "videoinput", this.stream.getVideoTracks()[0]?.getSettings().deviceId);
    await offer(the<HTMLSelectElement>("microphone"), "audioinput", this.stream.getAudioTracks()[0]?.getSettings().deviceId);
    await offer(the<HTMLSelectElement>("speaker"), "audiooutput", chosen.speaker);
  }

  private async alone(part: "camera" | "microphone", wish: MediaStreamConstraints): Promise<void> {
    try {
      for (const track of (await navigator.mediaDevices.getUserMedia(wish)).getTracks()) this.stream?.addTrack(track);
    } catch (error) {
      this.say(part, "wrong", advice(error, part));
    }
  }

  private showCamera(): void {
    const track = this.stream?.getVideoTracks()[0];
    const video = the<HTMLVideoElement>("preview");
    video.srcObject = track ? this.stream : null;
    the("no-preview").hidden = Boolean(track);
    if (!track) return;
    this.say("camera", "kept", "camera_works");
    window.setTimeout(() => { if (track.readyState === "live" && isBlack(video)) this.say("camera", "wrong", "camera_dark"); }, 2500);
  }

  private showMicrophone(): void {
    const track = this.stream?.getAudioTracks()[0];
    const meter = the<HTMLMeterElement>("level");
    meter.hidden = !track;
    if (!track || !this.stream) return;
    this.say("microphone", "asking", "say");
    this.context = new AudioContext();
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 1024;
    this.context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const began = performance.now();
    let heard = false;
    const look = (): void => {
      analyser.getFloatTimeDomainData(samples);
      const level = Math.sqrt(samples.reduce((sum, each) => sum + each * each, 0) / samples.length);
      meter.value = Math.min(1, level * 6);
      if (level > HEARD && !heard) {
        heard = true;
        this.say("microphone", "kept", "heard");
      }
      if (!heard && performance.now() - began > QUIET_MS) this.say("microphone", "wrong", "silent");
      this.frame = window.requestAnimationFrame(look);
    };
    look();
  }

  /** Two soft tones, through the chosen speaker where the browser lets one choose. */
  private async play(): Promise<void> {
    const context = new AudioContext();
    const chosen = choices().speaker;
    const aimed = context as AudioContext & { setSinkId?: (id: string) => Promise<void> };
    if (chosen && aimed.setSinkId) await aimed.setSinkId(chosen).catch(() => undefined);
    [523.25, 659.25].forEach((pitch, n) => {
      const tone = context.createOscillator();
      const gain = context.createGain();
      const at = context.currentTime + n * 0.25;
      tone.frequency.value = pitch;
      gain.gain.setValueAtTime(0, at);
      gain.gain.linearRampToValueAtTime(0.2, at + 0.03);
      gain.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
      tone.connect(gain).connect(context.destination);
      tone.start(at);
      tone.stop(at + 0.5);
    });
    this.say("speaker", "kept", "played");
    window.setTimeout(() => void context.close(), 1500);
  }

  private async connection(): Promise<void> {
    if (typeof RTCPeerConnection === "undefined") {
      this.say("network", "wrong", "no_webrtc");
      return;
    }
    this.say("network", "asking", "network_asking");
    const data = this.box.dataset;
    const found = await measure(data["ping"] ?? "", data["bulk"] ?? "", await this.roomsAddress());
    const values = { ms: Math.round(found.ms ?? 0), mbit: found.mbit >= 10 ? Math.round(found.mbit) : found.mbit.toFixed(1) };
    if (found.ms === null) this.say("network", "wrong", "network_off");
    else if (found.rooms === false) this.say("network", "wrong", "network_server");
    else if (isSlow(found)) this.say("network", "wrong", "network_slow", values);
    else this.say("network", "kept", "network_good", values);
  }

  /** Where the session's room stands, once its door is open. */
  private async roomsAddress(): Promise<string | null> {
    if (this.box.dataset["auto"] !== "1") return null;
    try {
      const headers = { "X-CSRFToken": this.box.dataset["token"] ?? "" };
      const response = await fetch(this.box.dataset["enter"] ?? "", { method: "POST", headers });
      const said = (await response.json()) as { kind?: string; url?: string };
      return said.kind === "livekit" ? (said.url ?? null) : null;
    } catch {
      return null;
    }
  }

  private close(): void {
    window.cancelAnimationFrame(this.frame);
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    void this.context?.close();
    this.context = null;
  }
}

function exactly(device: string | undefined): MediaTrackConstraints | boolean {
  return device ? { deviceId: { ideal: device } } : true;
}

/** Which words help with what the browser said. Names of errors: W3C Media Capture and Streams, getUserMedia. */
function advice(error: unknown, part: "camera" | "microphone"): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return `missing_${part}`;
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "failed";
}

function isBlack(video: HTMLVideoElement): boolean {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 16;
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context || !video.videoWidth) return false;
  context.drawImage(video, 0, 0, 16, 16);
  const pixels = context.getImageData(0, 0, 16, 16).data;
  let brightest = 0;
  for (let n = 0; n < pixels.length; n += 4) brightest = Math.max(brightest, pixels[n] ?? 0, pixels[n + 1] ?? 0, pixels[n + 2] ?? 0);
  return brightest < 12;
}
