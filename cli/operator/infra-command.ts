import { spawn } from "node:child_process";
import { z } from "zod";
import type { Environment } from "../../policy/rules";
import { causeOf, EXIT, Failure } from "../failure";
import { IdentityStore } from "../identity/store";
import { note, printFact, tableOf, type OutputOptions } from "../output";
import { openSession } from "../session";
import { readSettings, type SettingFlags } from "../settings";
import { findCheckout, requiredCheckout, type CheckoutFlags } from "./checkout";
import { drive } from "./drive";
import { mayChange, roleIn } from "./role";
import { sharedServices, type SharedService } from "./shared-services";

export interface InfraFlags extends SettingFlags, OutputOptions, CheckoutFlags {
  env: Environment;
}

const servicesSchema = z.array(z.object({ service: z.string(), container: z.string(), state: z.string() }));

/** `berth up-infra`: `make up` of the checkout; ends only when every service is healthy. */
export async function upInfra(flags: InfraFlags): Promise<void> {
  const checkout = await checkoutOfOperator(flags, "bringing the shared services up");
  await make(checkout, ["up", `ENV=${flags.env}`]);
  const services = servicesSchema.parse(
    await drive(checkout, { action: "services", environment: flags.env }),
  );
  printFact(flags, { environment: flags.env, services }, tableOfServices(services));
  const sick = services.filter(({ state }) => state !== "healthy");
  if (sick.length > 0) {
    throw new Failure(
      `not healthy: ${sick.map(({ container, state }) => `${container} (${state})`).join(", ")}. Their logs say why: docker logs ${sick[0]?.container}`,
    );
  }
}

/** `berth down-infra`: `make down` of the checkout; volumes and certificates stay. */
export async function downInfra(flags: InfraFlags): Promise<void> {
  const checkout = await checkoutOfOperator(flags, "taking the shared services down");
  await make(checkout, ["down", `ENV=${flags.env}`]);
  printFact(flags, { environment: flags.env, down: true }, `${flags.env} is down; its data is kept`);
}

/**
 * The checkout, for whoever may use it: an identity with the role of a developer may not. None at all is the operator's before the
 * first `up`, when nobody can have one.
 * @throws Failure (refused), after the state of each service was printed, for a developer.
 */
async function checkoutOfOperator(flags: InfraFlags, what: string): Promise<string> {
  const { home, devId } = readSettings(flags);
  const identity = devId.value && new IdentityStore(home.value, devId.value).current();
  if (!identity || identity.certPem === "") return requiredCheckout(flags);
  const role = roleIn(identity.certPem);
  if (mayChange(role) && findCheckout(flags) !== undefined) return requiredCheckout(flags);
  await showServices(flags);
  if (mayChange(role)) return requiredCheckout(flags);
  throw new Failure(
    `${what} is the operator's: the certificate of ${devId.value} has the role ${role}. Ask the operator where a service above is not healthy`,
    EXIT.refused,
  );
}

async function showServices(flags: InfraFlags): Promise<void> {
  try {
    const services = await sharedServices(await openSession(flags));
    printFact(flags, { environment: "dev", services }, tableOfServices(services));
  } catch (error) {
    // What matters is said after this; where the gateway is down, that is the state.
    note(`berth: the state of the services cannot be asked: ${causeOf(error)}`);
  }
}

function tableOfServices(services: SharedService[]): string {
  return tableOf(
    ["service", "container", "state"],
    services.map(({ service, container, state }) => [service, container, state]),
  );
}

/** Runs a make target there; what it prints is shown beside what programs read. */
function make(checkout: string, words: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn("make", ["--no-print-directory", ...words], {
      cwd: checkout,
      stdio: ["ignore", process.stderr, process.stderr],
    });
    // A terminal's Ctrl-C reaches it by itself: this command waits for it to end.
    const wait = (): void => undefined;
    const passOn = (): void => void child.kill("SIGTERM");
    process.on("SIGINT", wait).on("SIGTERM", passOn);
    child.once("error", (error) =>
      reject(new Failure(`cannot run make (${error.message}): install it`, EXIT.failed, { cause: error })),
    );
    child.once("close", (code) => {
      process.off("SIGINT", wait).off("SIGTERM", passOn);
      if (code === 0) resolve();
      else reject(new Failure(`'make ${words.join(" ")}' in ${checkout} failed: the cause is printed above`));
    });
  });
}
