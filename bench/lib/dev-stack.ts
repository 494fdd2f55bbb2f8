import * as fs from "node:fs";
import * as path from "node:path";
import { outputsSchema, type Outputs } from "../../scripts/lib/outputs";
import { makeCheckout, type Checkout } from "../../test/support/checkout";
import type { Leftovers } from "./cleanup";
import { timedOrThrow, type Finished } from "./command";
import { peaksDuring, type Peak } from "./peak-memory";
import { pulumiEnvironment } from "./pulumi-project";

/** A checkout of this project whose dev stack is up. */
export class DevStack {
  private constructor(
    readonly checkout: Checkout,
    /** Most memory that each of Pulumi's processes had during `make up`. */
    readonly peaks: Peak[],
  ) {}

  /**
   * Brings it up; `leftovers` gets what removes it.
   * @param configure changes its configuration before.
   */
  static async up(
    leftovers: Leftovers,
    configure: (checkout: Checkout) => Promise<void> = () => Promise.resolve(),
  ): Promise<DevStack> {
    const checkout = await makeCheckout();
    await configure(checkout);
    leftovers.add(`the dev stack in ${checkout.folder}`, async () => {
      const { exitCode, stderr } = await checkout.run("make", ["purge", "YES=1", "DEVELOPERS=remove"]);
      if (exitCode !== 0) throw new Error(`make purge failed: ${stderr.slice(-2000)}`);
      checkout.remove();
    });
    const { result, peaks } = await peaksDuring(() => checkout.run("make", ["up"]));
    if (result.exitCode !== 0)
      throw new Error(`make up of the dev stack failed:\n${result.stderr}${result.stdout}`);
    return new DevStack(checkout, peaks);
  }

  /** What `make outputs` prints. */
  async outputs(): Promise<Outputs> {
    const { exitCode, stdout, stderr } = await this.checkout.run("make", ["-s", "outputs"]);
    if (exitCode !== 0) throw new Error(`make outputs failed: ${stderr}`);
    return outputsSchema.parse(JSON.parse(stdout));
  }

  /** Previews it and takes the time. @throws Error where there is a change: then it is another thing that was measured. */
  async preview(): Promise<Finished> {
    const { folder } = this.checkout;
    const config = path.join(folder, ".berth/config/Pulumi.dev.yaml");
    fs.copyFileSync(path.join(folder, "Pulumi.dev.yaml"), config);
    const finished = await timedOrThrow(
      "pulumi",
      ["preview", "--non-interactive", "--stack", "dev", "--config-file", config],
      {
        folder,
        environment: pulumiEnvironment(
          path.join(folder, ".berth/state"),
          path.join(folder, ".berth/passphrase"),
        ),
      },
    );
    assertUnchanged(finished);
    return finished;
  }
}

/** @throws Error with the plan where a preview found a change. */
export function assertUnchanged({ output }: Finished): void {
  if (!/^ +\d+ unchanged$/m.test(output)) throw new Error(`a preview without a change found one:\n${output}`);
}
