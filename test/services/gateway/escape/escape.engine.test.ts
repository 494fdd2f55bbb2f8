import { once } from "node:events";
import * as http from "node:http";
import type { IssuedCertificate } from "../support/certificates";
import { corpus } from "./corpus";
import type { EscapeCase } from "./corpus/escape-case";
import { listCases, objectCases, pruneCases, referenceCases, uncovered } from "./matrix";
import { isAsExpected, replay } from "./replay";
import { Targets } from "./targets";

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

/** Sends them all, some at once; what is wrong with each answer that is not as expected. */
async function findings(
  cases: readonly EscapeCase[],
  as: IssuedCertificate = targets.attacker,
  atOnce = AT_ONCE,
): Promise<string[]> {
  const waiting = [...cases];
  const found: string[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const answer = await replay(targets, next, as);
      const head = answer.text.slice(0, 400).replace(/\r\n/g, " | ");
      const { B_ID, B_NETWORK_ID, B_IMAGE_ID, PREFIX } = targets.facts;
      const traces = [
        targets.secret,
        ...(next.expect === 200 ? [B_ID!, B_NETWORK_ID!, B_IMAGE_ID!, `${PREFIX}-dev-02-`] : []),
      ];
      if (traces.some((trace) => answer.text.includes(trace)))
        found.push(`${next.name}: the answer speaks of the victim: ${head}`);
      else if (!isAsExpected(answer, next))
        found.push(`${next.name}: expected ${next.expect}, got ${answer.status} ${head}`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return found;
}

async function expectNothingChanged(): Promise<void> {
  expect(targets.canary()).toEqual(canaryBefore);
  expect(await targets.victimState()).toBe(before);
}

/** What the engine itself says of it. */
async function engineMessage(target: string): Promise<string> {
  const asked = http.get({ socketPath: "/var/run/docker.sock", path: target });
  const [answer] = (await once(asked, "response")) as [http.IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return (JSON.parse(Buffer.concat(chunks).toString()) as { message: string }).message;
}

interface Created {
  HostConfig: { Privileged: boolean; NetworkMode: string };
  Mounts: { Type: string }[];
}

describe("the escape corpus", () => {
  it("has at least 150 requests, each with a name of its own", () => {
    expect(corpus.length).toBeGreaterThanOrEqual(150);
    expect(new Set(corpus.map(({ name }) => name)).size).toBe(corpus.length);
  });

  it("has no request that succeeds in front of a real engine", async () => {
    expect(await findings(corpus)).toEqual([]);
    await expectNothingChanged();
  });

  it("left no container with forbidden settings, and no image or volume", async () => {
    const { installation } = targets;
    const { prefix } = installation;
    const ids = (await installation.host(["ps", "-aq", "--filter", `name=${prefix}-dev-`])).split("\n");
    const created = JSON.parse(await installation.host(["inspect", ...ids])) as Created[];
    expect(created).toHaveLength(2);
    for (const { HostConfig: settings, Mounts: mounts } of created) {
      expect(settings).toMatchObject({
        ...{
          Privileged: false,
          Binds: null,
          PidMode: "",
          CapDrop: ["ALL"],
          SecurityOpt: ["no-new-privileges"],
        },
        NetworkMode: `${prefix}-dev-network`,
      });
      expect(mounts.filter(({ Type }) => Type === "bind")).toEqual([]);
    }
    expect(await installation.host(["ps", "-aq", "--filter", "name=escape"])).toBe("");
    expect(await installation.host(["images", "-q", `${prefix}-escape`])).toBe("");
    expect(await installation.host(["volume", "ls", "-q", "--filter", `name=${prefix}`])).toBe(
      `${prefix}-dev-02-data`,
    );
  });
});

describe("one developer against another", () => {
  it("aims at the victim through every route that the table lets through", () => {
    expect(uncovered().sort()).toEqual([
      "HEAD /_ping",
      "POST /build",
      "POST /images/create",
      "POST /networks/create",
      "POST /volumes/create",
    ]);
  });

  it.each(["developer", "ci"] as const)(
    "finds nothing of another's as %s, by name, by id and in lists",
    async (role) => {
      const as = role === "ci" ? await targets.installation.client("robot", role) : targets.attacker;
      expect(await findings([...objectCases(), ...referenceCases, ...listCases], as)).toEqual([]);
      await expectNothingChanged();
    },
  );

  it("prunes nothing of another's", async () => {
    // The engine prunes for one at a time.
    expect(await findings(pruneCases, targets.attacker, 1)).toEqual([]);
    await expectNothingChanged();
  });

  it.each([
    ["/containers/$B/json", "/containers/$NONE/json"],
    ["/networks/$B_NETWORK", "/networks/$NONE"],
    ["/volumes/$B_VOLUME", "/volumes/$NONE"],
    ["/images/$B_IMAGE/json", "/images/$NONE/json"],
  ])("answers %s as it answers what does not exist, in the engine's own words", async (existing, absent) => {
    targets.facts["NONE"] = existing.includes("images") ? "nothing:here" : "nothing-here";
    const names = /\$\w+/.exec(existing)![0];
    const theirs = await targets.installation.bench.ask(targets.attacker, targets.fillIn(existing));
    const none = await targets.installation.bench.ask(targets.attacker, targets.fillIn(absent));
    expect(theirs.status).toBe(404);
    expect(theirs.message.replace(targets.fillIn(names), targets.fillIn("$NONE"))).toBe(none.message);
    // 20.10 says it twice of images.
    expect(await engineMessage(targets.fillIn(absent))).toContain(none.message);
  });
});
