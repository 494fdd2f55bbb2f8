import { z } from "zod";
import { secretsOf } from "../../config/app-secrets";
import { SECRETS_FOLDER } from "../../spec/container-spec";
import type { LocalApp } from "../app/find-app";
import type { ContainerFile } from "../driver/container-file";
import { causeOf, Failure } from "../failure";
import { findCheckout, type CheckoutFlags } from "../operator/checkout";
import { drive } from "../operator/drive";
import { projectSecrets } from "../secrets/open-stores";
import type { Session } from "../session";

const configuredSchema = z.record(z.string(), z.string());

/**
 * The secrets that an app names, as the environment's own app gets them in tst: those of the stack's config where its checkout is at
 * hand, else the project's. Nobody's own ones.
 * @throws Failure that names the missing ones with the commands that set them.
 */
export async function tstSecretFiles(
  session: Session,
  { manifest }: Pick<LocalApp, "manifest">,
  flags: CheckoutFlags,
): Promise<ContainerFile[]> {
  if (manifest.secrets.length === 0) return [];
  const checkout = findCheckout(flags);
  const answer =
    checkout === undefined ? {} : await drive(checkout, { action: "secrets", environment: "tst" });
  const { values, problem } = await secretsOf(manifest, {
    environment: "tst",
    configured: configuredSchema.parse(answer),
    project: async ({ app, key }) => {
      try {
        const { secrets } = await projectSecrets(session);
        return { value: (await secrets.get({ key, app })) ?? (await secrets.get({ key })) };
      } catch (error) {
        return { problem: causeOf(error) };
      }
    },
  });
  if (problem !== undefined) throw new Failure(`${problem}${checkout === undefined ? NO_CHECKOUT : ""}`);
  return Object.entries(values).map(([key, content]) => ({ path: `${SECRETS_FOLDER}/${key}`, content }));
}

const NO_CHECKOUT =
  "\nThe config's secrets are read where the operator's checkout is: work there, or set BERTH_CHECKOUT";
