import { z } from "zod";
import { printFact, tableOf, type OutputOptions } from "../output";
import { openSession } from "../session";
import type { SettingFlags } from "../settings";
import { requiredCheckout, type CheckoutFlags } from "./checkout";
import { drive } from "./drive";
import { requireChangingRole } from "./role";

export interface PromoteFlags extends SettingFlags, OutputOptions, CheckoutFlags {
  to: "tst" | "pro";
  tag: string;
  from?: string;
}

/** As `--from` names what `make build` made. */
const SHARED = "shared";

const promotedSchema = z.array(
  z.object({
    user: z.object({ name: z.string() }),
    image: z.string(),
    previousImage: z.string().optional(),
    changed: z.boolean(),
  }),
);

/** `berth promote <app> --to tst|pro`: the very image that was built goes on; nothing is built. */
export async function promoteCommand(app: string, flags: PromoteFlags): Promise<void> {
  const { to, tag } = flags;
  const session = await openSession(flags);
  requireChangingRole(session, `promoting to ${to}`);
  const from = flags.from ?? session.devId;
  const owner = from === SHARED ? {} : { owner: from };
  const answer = await drive(requiredCheckout(flags), { action: "promote", to, app, tag, ...owner });
  const promoted = promotedSchema.parse(answer);
  const facts = promoted.map(({ user, ...rest }) => ({ name: user.name, ...rest }));
  const rows = facts.map(({ name, changed, image }) => [name, changed ? "promoted" : "unchanged", image]);
  const next = facts.some(({ changed }) => changed)
    ? `recorded in Pulumi.${to}.yaml: commit it\nnext   berth run ${app} --env ${to}`
    : `Pulumi.${to}.yaml names it already: nothing was changed`;
  printFact(flags, { to, promoted: facts }, `${tableOf(["what", "", "image"], rows)}\n\n${next}`);
}
