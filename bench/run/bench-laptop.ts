import { X509Certificate } from "node:crypto";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Checkout } from "../../test/support/checkout";
import { admin } from "../../test/support/developer";
import type { Leftovers } from "../lib/cleanup";
import type { DevStack } from "../lib/dev-stack";

/** A developer's machine beside a stack: a home of its own, and the command. */
export class BenchLaptop {
  readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "btest-bench-laptop-"));

  private constructor(private readonly checkout: Checkout) {}

  /** One that has its identity; `leftovers` gets what ends its sync and removes it. */
  static async onboard(stack: DevStack, devId: string, leftovers: Leftovers): Promise<BenchLaptop> {
    const laptop = new BenchLaptop(stack.checkout);
    fs.mkdirSync(laptop.folderOf(""), { recursive: true });
    leftovers.add(`the laptop in ${laptop.home}`, async () => {
      await laptop.berth("dev", "down", "--containers");
      fs.rmSync(laptop.home, { recursive: true });
    });
    const { caCertPem = "", onboardingUrl = "" } = await stack.outputs();
    const fingerprint = new X509Certificate(caCertPem).fingerprint256;
    const created = await admin(stack.checkout, ["pin", "create", "--dev-id", devId, "--json"]);
    const { pin } = JSON.parse(created.stdout) as { pin: string };
    const words = ["--dev-id", devId, "--server", onboardingUrl, "--ca-fingerprint", fingerprint];
    await laptop.berth("dev", "init", ...words, "--pin", pin);
    return laptop;
  }

  folderOf(app: string): string {
    return path.join(this.home, "work", app);
  }

  /** Runs the command; returns what it prints. @throws Error with all that it said where it fails. */
  async berth(...words: string[]): Promise<string> {
    const environment = { HOME: this.home, BERTH_HOME: "", BERTH_WORKSPACE: path.join(this.home, "work") };
    const { exitCode, stdout, stderr } = await this.checkout.run("bin/berth", words, environment);
    if (exitCode !== 0)
      throw new Error(`berth ${words.join(" ")} ended with ${exitCode}:\n${stderr}${stdout}`);
    return stdout;
  }
}
