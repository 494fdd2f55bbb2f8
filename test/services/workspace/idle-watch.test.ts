import { IdleWatch } from "../../../services/workspace/idle/watch";

const MINUTE_MS = 60_000;

let told: string[];
let inUse: string[];
let inFlight: string[];
let watch: IdleWatch;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ["setImmediate"] });
  told = [];
  inUse = [];
  inFlight = [];
});
afterEach(() => {
  watch.stop();
  jest.useRealTimers();
});

function start(settings: Partial<{ afterMinutes: number; warnMinutes: number }> = {}): void {
  watch = new IdleWatch({ afterMinutes: 30, warnMinutes: 5, busyCpuPercent: 10, ...settings }, MINUTE_MS, {
    look: () => inUse,
    inFlight: () => inFlight,
    warn: (minutesLeft) => told.push(`warn ${minutesLeft}`),
    unwarn: () => told.push("unwarn"),
    end: (idleMinutes) => told.push(`end ${idleMinutes}`),
  });
  watch.start();
}
const pass = (minutes: number): void => void jest.advanceTimersByTime(minutes * MINUTE_MS);

it("warns once, and ends after its time", () => {
  start();
  pass(24);
  expect(told).toEqual([]);
  pass(4);
  expect(told).toEqual(["warn 5"]);
  pass(60);
  expect(told).toEqual(["warn 5", "end 30"]);
});

it("begins anew after each use, and takes the warning back", () => {
  start();
  pass(27);
  inUse = ["1 connection to SSH"];
  pass(100);
  expect(told).toEqual(["warn 5", "unwarn"]);
  expect(watch.status()).toMatchObject({ idleMinutes: 0, inUse: ["1 connection to SSH"] });
  expect(watch.status().endsAt).toBeUndefined();
  inUse = [];
  pass(26);
  expect(told).toEqual(["warn 5", "unwarn", "warn 5"]);
});

it("does not end what would be cut off, though it began after the last look", () => {
  start();
  inFlight = ["git push is in flight"];
  pass(30);
  expect(told).toEqual(["warn 5", "unwarn"]);
  expect(watch.status().inUse).toEqual(["git push is in flight"]);
  inFlight = [];
  pass(30);
  expect(told.at(-1)).toBe("end 30");
});

it("is kept awake as long as it is told, and the time begins after that", () => {
  start();
  watch.keepAwake(120);
  expect(Date.parse(watch.status().keptAwakeUntil ?? "") - Date.now()).toBe(120 * MINUTE_MS);
  expect(Date.parse(watch.status().endsAt ?? "") - Date.now()).toBe(150 * MINUTE_MS);
  pass(144);
  expect(told).toEqual([]);
  pass(7);
  expect(told).toEqual(["warn 5", "end 30"]);
});

it("may stop again when keeping awake is taken back", () => {
  start();
  watch.keepAwake(120);
  watch.keepAwake(0);
  expect(watch.status().keptAwakeUntil).toBeUndefined();
  pass(31);
  expect(told.at(-1)).toBe("end 30");
});

it("never ends by itself where the spec says so, and warns for no longer than there is", () => {
  start({ afterMinutes: 0 });
  pass(10_000);
  expect(told).toEqual([]);
  watch.stop();
  start({ afterMinutes: 2 });
  pass(1);
  expect(told).toEqual(["warn 2"]);
});
