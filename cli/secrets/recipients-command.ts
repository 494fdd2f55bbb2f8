import { developerIdProblem } from "../../services/onboarding/identity/role";
import { EXIT, Failure } from "../failure";
import { printFact, tableOf, type OutputOptions } from "../output";
import { openSession } from "../session";
import type { SettingFlags } from "../settings";
import { recipientProblem } from "./age";
import { projectSecrets } from "./open-stores";

type Flags = SettingFlags & OutputOptions;

/** `berth secrets recipients`: who opens the project's secrets, and how this developer gets among them. */
export async function listRecipients(flags: Flags): Promise<void> {
  const session = await openSession(flags);
  const { secrets, own } = await projectSecrets(session);
  const recipients = secrets.recipients();
  const isIn = recipients[session.devId] === own.recipient;
  const rows = Object.entries(recipients).sort();
  const you = isIn
    ? `you are ${session.devId}`
    : `you are ${session.devId} and not among them; somebody who is lets you in with:\n  berth secrets recipients add ${session.devId} ${own.recipient}`;
  const shown =
    rows.length > 0 ? tableOf(["developer", "recipient"], rows) : `${secrets.file} has no recipients yet`;
  printFact(
    flags,
    { file: secrets.file, recipients, you: { devId: session.devId, recipient: own.recipient, isIn } },
    `${shown}\n\n${you}`,
  );
}

/** `berth secrets recipients add <id> <age1…>`. */
export async function addRecipient(developerId: string, recipient: string, flags: Flags): Promise<void> {
  const problem = developerIdProblem(developerId) ?? (await recipientProblem(recipient));
  if (problem !== undefined) throw new Failure(problem, EXIT.usage);
  const { secrets } = await projectSecrets(await openSession(flags));
  await secrets.addRecipient(developerId, recipient);
  printFact(
    flags,
    { file: secrets.file, developerId, recipient },
    `developer ${developerId} can open the secrets in ${secrets.file}: commit it`,
  );
}

/** `berth secrets recipients rm <id>`. */
export async function removeRecipient(developerId: string, flags: Flags): Promise<void> {
  const { secrets } = await projectSecrets(await openSession(flags));
  if (!(await secrets.removeRecipient(developerId))) {
    const known = Object.keys(secrets.recipients()).sort().join(", ") || "nobody";
    throw new Failure(
      `developer ${developerId} is no recipient of ${secrets.file}: there is ${known}`,
      EXIT.usage,
    );
  }
  printFact(
    flags,
    { file: secrets.file, developerId, removed: true },
    `developer ${developerId} opens nothing that is encrypted from now on; they have known the values until now, and older versions ` +
      `of the file still open for them: change the secrets themselves`,
  );
}
