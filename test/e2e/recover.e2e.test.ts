import { KillLoop, scenarios, seedFor } from "../support/kill-loop";

// Three rounds of what `make soak` plays by the hundred. A round that fails is played again with: make soak RUNS=1 SEED=<its seed>
jest.setTimeout(15 * 60_000);

let loop: KillLoop;

beforeAll(async () => {
  loop = await KillLoop.start();
});
afterAll(() => loop.close());

describe("make recover", () => {
  it("changes nothing on a stack to which nothing happened", async () => {
    const { says, before, after } = await loop.recoverHealthy();
    expect(says).toContain("nothing of 'dev' had to be recovered");
    expect(after).toBe(before);
  });

  it.each(scenarios.map((scenario) => [scenario, seedFor(scenario)] as const))(
    "makes the stack whole again after SIGKILL during %s (seed %i)",
    async (_, seed) => {
      const { problems, victim, momentSeconds } = await loop.run(seed);
      process.stderr.write(`seed ${seed}: killed ${victim} after ${momentSeconds.toFixed(1)} s\n`);
      expect(problems).toEqual([]);
    },
  );
});
