import { setTimeout as sleep } from "node:timers/promises";
import { probe } from "../../scripts/lib/http-probe";
import { hostName } from "../../spec/names";
import type { Measured } from "../lib/comparison";
import { inGroups } from "../lib/in-groups";
import { idleApp, startIdleApp, type Home } from "./idle-app";

const AT_ONCE = 4;
const ROUTE_WAIT_MS = 60_000;
const ROUTE_POLL_MS = 10;

/** Idle apps by number, behind the dev stack's proxy. */
export class Crowd {
  constructor(
    private readonly home: Home,
    private readonly proxyUrl: string,
  ) {}

  nameOf(number: number): string {
    return idleApp(this.home.scope, number).name;
  }

  /** Starts these, a few at once, and returns seconds. */
  async fill(numbers: number[]): Promise<number> {
    const started = process.hrtime.bigint();
    await inGroups(numbers, AT_ONCE, (number) => this.start(number));
    return secondsSince(started);
  }

  /** Starts and removes the one of this number, again and again: until it runs, and until its route answers. */
  async startOften(number: number, rounds: number): Promise<{ start: Measured; answer: Measured }> {
    const start: Measured = { what: `container ${number}: it runs`, seconds: [] };
    const answer: Measured = { what: `container ${number}: its route answers`, seconds: [] };
    for (let round = 1; round <= rounds; round++) {
      const began = process.hrtime.bigint();
      start.seconds.push(await this.start(number));
      await this.untilAnswers(number);
      answer.seconds.push(secondsSince(began));
      await this.remove([number]);
      await this.untilSilent(number);
    }
    return { start, answer };
  }

  /** How many of these answer 200 through the proxy, each given a minute. */
  async countAnswers(numbers: number[]): Promise<number> {
    const answers = await inGroups(numbers, AT_ONCE, (number) =>
      this.untilAnswers(number).then(
        () => true,
        () => false,
      ),
    );
    return answers.filter(Boolean).length;
  }

  /** Removes those of these that exist. */
  async remove(numbers: number[]): Promise<void> {
    const { docker } = this.home;
    const names = new Set(numbers.map((number) => `/${this.nameOf(number)}`));
    const found = (await docker.listContainers({ all: true })).filter(({ Names }) =>
      Names.some((name) => names.has(name)),
    );
    await inGroups(found, AT_ONCE, ({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }));
  }

  private start(number: number): Promise<number> {
    return startIdleApp(this.home, idleApp(this.home.scope, number));
  }

  private untilAnswers(number: number): Promise<void> {
    return this.untilStatus(number, (status) => status === 200, "answer 200");
  }

  /** A route that is left over would make the next start look quicker than it is. */
  private untilSilent(number: number): Promise<void> {
    return this.untilStatus(number, (status) => status === 404, "go");
  }

  private async untilStatus(number: number, fits: (status: number) => boolean, what: string): Promise<void> {
    const deadline = Date.now() + ROUTE_WAIT_MS;
    const url = this.urlOf(number);
    for (;;) {
      const status = await probe(url, this.proxyUrl);
      if (fits(status)) return;
      if (Date.now() > deadline) {
        throw new Error(
          `${url} did not ${what} within ${ROUTE_WAIT_MS / 1000} s: the proxy answers ${status}`,
        );
      }
      await sleep(ROUTE_POLL_MS);
    }
  }

  private urlOf(number: number): string {
    const { scope } = this.home;
    const { host } = new URL(this.proxyUrl);
    return `http://${hostName(scope, idleApp(scope, number).instance, host)}/`;
  }
}

const secondsSince = (started: bigint): number => Number(process.hrtime.bigint() - started) / 1e9;
