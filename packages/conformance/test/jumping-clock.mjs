// Loaded into a server process with `--import`: every look at the wall clock is a day off, now before, now after.
const DAY_MS = 86_400_000;
const RealDate = Date;
let looks = 0;

function jump() {
  looks += 1;
  return ((looks % 3) - 1) * DAY_MS;
}

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + jump());
    else super(...parts);
  }

  static now() {
    return RealDate.now() + jump();
  }
};
