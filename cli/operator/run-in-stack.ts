import { z } from "zod";
import { EXIT, Failure } from "../failure";
import { printFact, type OutputOptions } from "../output";
import { openSession } from "../session";
import type { SettingFlags } from "../settings";
import { requiredCheckout, type CheckoutFlags } from "./checkout";
import { drive } from "./drive";
import { requireChangingRole } from "./role";

/** Options of `berth run` as far as tst and pro know them: the others are dev's. */
export interface StackRunFlags extends SettingFlags, OutputOptions, CheckoutFlags {
  reload?: boolean;
  port?: number;
  tag?: string;
  debug?: boolean;
  rebuild?: boolean;
}

const DEV_ONLY = ["reload", "port", "tag", "debug", "rebuild"] as const;

const running = z.object({
  environment: z.string(),
  app: z.string(),
  container: z.string(),
  image: z.string(),
  url: z.string(),
});

/**
 * `berth run <app> --env tst|pro`: brings that environment up from the operator's checkout, by the image that was promoted.
 * @throws Failure (usage) for an option of dev's; (refused) without the role; in the checkout's words where an image is missing, the
 * stack is locked or the update failed.
 */
export async function runInStack(
  flags: StackRunFlags,
  appName: string,
  environment: "tst" | "pro",
): Promise<void> {
  const wrong = DEV_ONLY.filter((name) => flags[name] !== undefined && flags[name] !== false);
  if (wrong.length > 0) {
    throw new Failure(
      `${wrong.map((name) => `--${name}`).join(", ")} ${wrong.length > 1 ? "are" : "is"} for --env dev: ${environment} runs the image that was promoted, as it is`,
      EXIT.usage,
    );
  }
  const session = await openSession(flags);
  requireChangingRole(session, `running an app in ${environment}`);
  const checkout = requiredCheckout(flags);
  const app = running.parse(
    await drive(checkout, { action: "run", environment, app: appName }, undefined, session),
  );
  printFact(flags, app, `${app.app} runs in ${environment} at ${app.url}\n  ${app.image}`);
}
