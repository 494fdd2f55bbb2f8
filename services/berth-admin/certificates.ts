import { Command, Option } from "commander";
import { reissue, revokeDeveloper, revokeSerial, unlock } from "../onboarding/identity/operator";
import { listCertificates } from "../onboarding/identity/overview";
import type { Role } from "../onboarding/identity/role";
import { atWork, developerOption, minutesOption, roleOption } from "./context";
import { printFact, printRows } from "./output";
import { pinText } from "./pin";

/** `berth-admin list` */
export function listCommand(): Command {
  return new Command("list")
    .description("certificates: serial, developer, role, end, state")
    .addOption(developerOption("only this developer's"))
    .addHelpText("after", "\nExamples:\n  berth-admin list\n  berth-admin list --dev-id 01 --json")
    .action(async ({ devId }: { devId?: string }, command: Command) =>
      atWork(command, async ({ database, output }) => {
        const columns = ["serial", "devId", "role", "generation", "expiresAt", "state"] as const;
        printRows(output, columns, await listCertificates(database, devId), "no certificates");
      }),
    );
}

/** `berth-admin revoke` */
export function revokeCommand(): Command {
  return new Command("revoke")
    .description("end certificates now: the gateway refuses them within a second and closes their streams")
    .addOption(developerOption("all certificates and open PINs of this developer").conflicts("serial"))
    .addOption(new Option("--serial <hex>", "this certificate alone"))
    .addHelpText(
      "after",
      "\nExamples:\n  berth-admin revoke --dev-id 01\n  berth-admin revoke --serial 6f0c2e5d8a914b7c93d1e2f3a4b5c6d7",
    )
    .action(async ({ devId, serial }: { devId?: string; serial?: string }, command: Command) => {
      if (devId === undefined && serial === undefined) command.error("error: give --dev-id or --serial");
      await atWork(command, async (workplace) => {
        const revoked =
          serial === undefined
            ? await revokeDeveloper(workplace, devId ?? "")
            : [await revokeSerial(workplace, serial)];
        const text =
          revoked.length === 0 ? "there was no certificate to revoke" : `revoked ${revoked.join(", ")}`;
        printFact(workplace.output, { revoked }, text);
      });
    });
}

/** `berth-admin unlock` */
export function unlockCommand(): Command {
  return new Command("unlock")
    .description("let a locked identity's certificates hold again, a copied one included: reissue is safer")
    .addOption(developerOption().makeOptionMandatory())
    .addHelpText("after", "\nExample:\n  berth-admin events --dev-id 01\n  berth-admin unlock --dev-id 01")
    .action(async ({ devId }: { devId: string }, command: Command) =>
      atWork(command, async (workplace) => {
        await unlock(workplace, devId);
        printFact(workplace.output, { devId, locked: false }, `${devId} is unlocked`);
      }),
    );
}

/** `berth-admin reissue` */
export function reissueCommand(): Command {
  return new Command("reissue")
    .description("end all certificates of a developer, and its lock, and make a PIN for a new start")
    .addOption(developerOption().makeOptionMandatory())
    .addOption(roleOption())
    .addOption(minutesOption())
    .addHelpText("after", "\nExample:\n  berth-admin reissue --dev-id 01")
    .action(async (options: { devId: string; role?: Role; minutes: number }, command: Command) =>
      atWork(command, async (workplace) => {
        const { devId: developerId, role, minutes } = options;
        const created = await reissue(workplace, workplace.pinKey(), { developerId, role, minutes });
        const text = `revoked ${created.revoked.length} of ${developerId}'s certificates\n${pinText(created)}`;
        printFact(workplace.output, created, text);
      }),
    );
}
