import { Command } from "commander";
import { createPin, revokePins, type CreatedPin } from "../onboarding/identity/operator";
import { listPins } from "../onboarding/identity/overview";
import type { Role } from "../onboarding/identity/role";
import { atWork, developerOption, minutesOption, roleOption } from "./context";
import { printFact, printRows } from "./output";

/** `berth-admin pin …` */
export function pinCommand(): Command {
  const pin = new Command("pin").description("one-time PINs with which developers onboard");
  pin
    .command("create")
    .description("make a PIN; the developer's older unused one ends")
    .addOption(developerOption().makeOptionMandatory())
    .addOption(roleOption().default("developer"))
    .addOption(minutesOption())
    .addHelpText(
      "after",
      "\nExamples:\n  berth-admin pin create --dev-id 01\n  berth-admin pin create --dev-id ci1 --role ci --minutes 60 --json",
    )
    .action(async (options: { devId: string; role: Role; minutes: number }, command: Command) =>
      atWork(command, async (workplace) => {
        const { devId: developerId, role, minutes } = options;
        const created = await createPin(workplace, workplace.pinKey(), { developerId, role, minutes });
        printFact(workplace.output, created, pinText(created));
      }),
    );
  pin
    .command("list")
    .description("the PINs of the last week and what became of them; the PINs themselves are stored nowhere")
    .addHelpText("after", "\nExample:\n  berth-admin pin list")
    .action(async (_options: object, command: Command) =>
      atWork(command, async ({ database, output }) => {
        const pins = await listPins(database);
        printRows(
          output,
          ["devId", "role", "state", "wrongTries", "createdAt", "expiresAt"],
          pins,
          "no PINs",
        );
      }),
    );
  pin
    .command("revoke")
    .description("end a developer's PIN that nobody has used")
    .addOption(developerOption().makeOptionMandatory())
    .addHelpText("after", "\nExample:\n  berth-admin pin revoke --dev-id 01")
    .action(async ({ devId }: { devId: string }, command: Command) =>
      atWork(command, async (workplace) => {
        const revoked = await revokePins(workplace, devId);
        printFact(workplace.output, { devId, revoked }, `the PIN of ${devId} is revoked`);
      }),
    );
  return pin;
}

/** The PIN, and what its developer does with it. */
export function pinText({ devId, role, pin, expiresAt }: CreatedPin): string {
  return [
    `PIN ${pin} for ${devId} (${role}), once, until ${expiresAt}`,
    `berth dev init --dev-id ${devId} --pin ${pin} --server <onboarding URL>`,
  ].join("\n");
}
