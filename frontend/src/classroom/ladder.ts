// When to step down before a connection drops, and when to come back up: decided from looks alone.

/** full: everything; coarse: coarser pictures; sound: no pictures of people, so that sound gets through. */
export type Step = "full" | "coarse" | "sound";

/** One look at one direction: loss as a share, round trip and jitter in seconds. */
export interface Look {
  loss: number;
  rtt: number;
  jitter: number;
}

const STEPS: readonly Step[] = ["full", "coarse", "sound"];
/** What makes a report a bad one, as the rule for bad connections has it by default; good is half of it. */
const BAD: Look = { loss: 0.05, rtt: 0.5, jitter: 0.06 };
const BAD_LOOKS: Readonly<Record<Step, number>> = { full: 2, coarse: 4, sound: Infinity };
/** Good looks for a step up: after the first step down ten. */
const CALM = 5;
const MOST_LOOKS = 60;

export class Ladder {
  step: Step = "full";
  private bad = 0;
  private good = 0;
  private needs = CALM;

  /** The step after the looks of one moment. Each step down asks for twice the calm before the next up. */
  after(looks: readonly Look[]): Step {
    this.bad = looks.some((look) => over(look, 1)) ? this.bad + 1 : 0;
    this.good = looks.some((look) => over(look, 0.5)) ? 0 : this.good + 1;
    const place = STEPS.indexOf(this.step);
    if (this.bad >= BAD_LOOKS[this.step]) {
      this.step = STEPS[place + 1] ?? "sound";
      this.bad = 0;
      this.needs = Math.min(MOST_LOOKS, this.needs * 2);
    } else if (this.good >= this.needs && place > 0) {
      this.step = STEPS[place - 1] ?? "full";
      this.good = 0;
    } else if (this.good >= MOST_LOOKS) {
      this.needs = CALM;
    }
    return this.step;
  }

  /** Somebody wants to see again, whatever the figures say. */
  reset(): void {
    this.step = "full";
    this.bad = this.good = 0;
  }
}

function over(look: Look, share: number): boolean {
  return look.loss > BAD.loss * share || look.rtt > BAD.rtt * share || look.jitter > BAD.jitter * share;
}
