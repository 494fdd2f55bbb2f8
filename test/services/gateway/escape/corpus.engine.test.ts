import { corpus } from "./corpus";
import type { EscapeCase } from "./corpus/escape-case";
import { isAsExpected, replay } from "./replay";
import { Targets } from "./targets";

jest.setTimeout(60_000);

const AT_ONCE = 8;
let targets: Targets;
let before: string;
let canaryBefore: ReturnType<Targets["canary"]>;

beforeAll(async () => {
  targets = await Targets.start();
  before = await targets.victimState();
  canaryBefore = targets.canary();
});
afterAll(() => targets.dispose());

/** What is wrong with an answer; undefined where nothing is. */
async function finding(escape: EscapeCase): Promise<string | undefined> {
  const answer = await replay(targets, escape);
  const head = answer.text.slice(0, 400).replace(/\r\n/g, " | ");
  if (answer.text.includes(targets.secret)) return `${escape.name}: the answer holds the secret: ${head}`;
  return isAsExpected(answer, escape)
    ? undefined
    : `${escape.name}: expected ${escape.expect}, got ${answer.status} ${head}`;
}

interface Created {
  Config: { Labels: Record<string, string> };
  HostConfig: {
    Privileged: boolean;
    Binds: string[] | null;
    NetworkMode: string;
    PidMode: string;
    CapDrop: string[];
    SecurityOpt: string[];
  };
  Mounts: { Type: string }[];
}

describe("the escape corpus", () => {
  it("has at least 150 requests, each with a name of its own", () => {
    expect(corpus.length).toBeGreaterThanOrEqual(150);
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
  });

  it("has no request that succeeds in front of a real engine", async () => {
    const waiting = [...corpus];
    const findings: string[] = [];
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const found = await finding(next);
          if (found !== undefined) findings.push(found);
        }
      }),
    );
    expect(findings).toEqual([]);
  });

  it("left the canary on the host unread and unchanged, and the other developer's objects as they were", async () => {
    expect(targets.canary()).toEqual(canaryBefore);
    expect(await targets.victimState()).toBe(before);
  });

  it("left no container with forbidden settings, and no image or volume", async () => {
    const { prefix, host } = {
      prefix: targets.installation.prefix,
      host: targets.installation.host.bind(targets.installation),
    };
    const ids = (await host(["ps", "-aq", "--filter", `name=${prefix}-dev-`])).split("\n");
    const created = JSON.parse(await host(["inspect", ...ids])) as Created[];
    expect(created).toHaveLength(2);
    for (const { HostConfig: settings, Mounts: mounts } of created) {
      expect(settings).toMatchObject({
        Privileged: false,
        Binds: null,
        PidMode: "",
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
      });
      expect(settings.NetworkMode).toBe(`${prefix}-dev-network`);
      expect(mounts.filter(({ Type }) => Type === "bind")).toEqual([]);
    }
    expect(await host(["ps", "-aq", "--filter", "name=escape"])).toBe("");
    expect(await host(["images", "-q", `${prefix}-escape`])).toBe("");
    expect((await host(["volume", "ls", "-q", "--filter", `name=${prefix}`])).split("\n")).toEqual([
      `${prefix}-dev-02-data`,
    ]);
  });
});
