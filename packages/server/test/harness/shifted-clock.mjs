// Loaded before the program by tests (node --import): its clock is ahead of the machine's by CLOCK_AHEAD_MS, and at each
// SIGUSR2 its time since the start, which nobody ever sets, is set back by 20 seconds.
const aheadMs = Number(process.env.CLOCK_AHEAD_MS ?? 0);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + aheadMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + aheadMs;
  }
};

let backMs = 0;
const now = performance.now.bind(performance);
performance.now = () => now() - backMs;
process.on('SIGUSR2', () => {
  backMs += 20_000;
});
