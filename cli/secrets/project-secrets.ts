import * as path from "node:path";
import { z } from "zod";
import { causeOf, EXIT, Failure } from "../failure";
import { readIfThere, writePrivate } from "../files";
import { withFileLock } from "../lock";
import { decryptWith, encryptTo, type AgeIdentity } from "./age";
import { nameOf, setCommand, textOf, type SecretFacts, type SecretName } from "./name";

export const PROJECT_FILE = "berth.secrets.json";

const entrySchema = z.strictObject({
  /** Developer ids of those who can open it. */
  to: z.array(z.string()),
  changedAt: z.string(),
  sealed: z.base64(),
});
const fileSchema = z.strictObject({
  version: z.literal(1),
  /** By developer id. */
  recipients: z.record(z.string(), z.string()),
  secrets: z.record(z.string(), entrySchema),
});
type Content = z.output<typeof fileSchema>;

/** What is encrypted: a value that is moved under another key is noticed. */
const sealedSchema = z.strictObject({ key: z.string(), value: z.string() });

/** A shared secret, and who of the recipients cannot open it: one who came in while somebody else changed it. */
export interface ProjectSecretFacts extends SecretFacts {
  notFor: string[];
}

/** A team's secrets in its workspace, each encrypted to every recipient: a file that may be committed. */
export class ProjectSecrets {
  readonly file: string;

  constructor(
    workspaceRoot: string,
    private readonly home: string,
    private readonly developerId: string,
    private readonly own: AgeIdentity,
  ) {
    this.file = path.join(workspaceRoot, PROJECT_FILE);
  }

  /** Recipients by developer id; nobody where there is no file. */
  recipients(): Record<string, string> {
    return this.read()?.recipients ?? {};
  }

  list(): ProjectSecretFacts[] {
    const { recipients = {}, secrets = {} } = this.read() ?? {};
    return Object.entries(secrets)
      .map(([text, { to, changedAt }]) => {
        const notFor = Object.keys(recipients).filter((id) => !to.includes(id));
        return { ...nameOf(text), changedAt, notFor };
      })
      .sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  }

  /** The value; undefined where there is none. @throws Failure where this developer cannot open it. */
  async get(name: SecretName): Promise<string | undefined> {
    const text = textOf(name);
    const entry = this.read()?.secrets[text];
    return entry && this.open(text, entry.sealed);
  }

  /** @throws Failure where this developer is no recipient: they could not read what they wrote. */
  async set(name: SecretName, value: string): Promise<void> {
    await this.change(async (content) => {
      await this.reseal(content, (to) => to);
      content.secrets[textOf(name)] = await this.seal(textOf(name), value, content.recipients);
    });
  }

  /** Whether there was one. */
  async remove(name: SecretName): Promise<boolean> {
    // Nothing to remove makes no file.
    if (!(textOf(name) in (this.read()?.secrets ?? {}))) return false;
    let found = false;
    await this.change((content) => {
      found = textOf(name) in content.secrets;
      delete content.secrets[textOf(name)];
      return Promise.resolve();
    });
    return found;
  }

  /** Lets a developer in: every secret is encrypted anew. */
  async addRecipient(developerId: string, recipient: string): Promise<void> {
    await this.change(async (content) => {
      content.recipients[developerId] = recipient;
      // Whoever had another recipient until now opens nothing with the new one.
      await this.reseal(content, (to) => to.filter((id) => id !== developerId));
    });
  }

  /** Takes a developer out: what is encrypted from now on they cannot open. Whether they were in. */
  async removeRecipient(developerId: string): Promise<boolean> {
    if (!(developerId in this.recipients())) return false;
    let found = false;
    await this.change(async (content) => {
      found = developerId in content.recipients;
      if (found && developerId === this.developerId)
        throw new Failure("you cannot take yourself out: somebody else who is a recipient does that");
      delete content.recipients[developerId];
      await this.reseal(content, (to) => to);
    });
    return found;
  }

  /** Encrypts anew what is not for exactly the present recipients. */
  private async reseal(content: Content, stillFor: (to: string[]) => string[]): Promise<void> {
    const wanted = Object.keys(content.recipients).sort().join();
    for (const [text, entry] of Object.entries(content.secrets)) {
      if (stillFor(entry.to).sort().join() === wanted) continue;
      const { changedAt } = entry;
      const value = await this.open(text, entry.sealed);
      content.secrets[text] = { ...(await this.seal(text, value, content.recipients)), changedAt };
    }
  }

  private async seal(text: string, value: string, recipients: Content["recipients"]) {
    const sealed = await encryptTo(Object.values(recipients), JSON.stringify({ key: text, value }));
    return { to: Object.keys(recipients).sort(), changedAt: new Date().toISOString(), sealed };
  }

  private async open(text: string, sealed: string): Promise<string> {
    let opened: z.output<typeof sealedSchema>;
    try {
      opened = sealedSchema.parse(JSON.parse(await decryptWith(this.own, sealed)));
    } catch (error) {
      throw new Failure(
        `the project secret ${text} does not open for developer ${this.developerId} (${causeOf(error)}): ${this.advice()}`,
        undefined,
        { cause: error },
      );
    }
    if (opened.key === text) return opened.value;
    throw new Failure(
      `the project secret ${text} in ${this.file} was made as '${opened.key}': somebody moved it; ${setCommand(nameOf(text).key, " --project")} gives it a value`,
    );
  }

  private advice(): string {
    return `ask somebody who is a recipient to run \`berth secrets recipients add ${this.developerId} ${this.own.recipient}\` and to commit ${PROJECT_FILE}`;
  }

  /** Reads and writes under the file's lock. The first one to write is the first recipient. */
  private async change(edit: (content: Content) => Promise<void>): Promise<void> {
    await withFileLock(this.home, this.file, async () => {
      const first: Content = {
        version: 1,
        recipients: { [this.developerId]: this.own.recipient },
        secrets: {},
      };
      const content = this.read() ?? first;
      if (content.recipients[this.developerId] !== this.own.recipient) {
        throw new Failure(
          `developer ${this.developerId} is no recipient of ${this.file}: ${this.advice()}`,
          EXIT.refused,
        );
      }
      await edit(content);
      writePrivate(this.file, `${JSON.stringify(content, null, 2)}\n`);
    });
  }

  private read(): Content | undefined {
    const text = readIfThere(this.file);
    if (text === undefined) return undefined;
    try {
      return fileSchema.parse(JSON.parse(text));
    } catch (error) {
      const why = error instanceof z.ZodError ? z.prettifyError(error) : causeOf(error);
      throw new Failure(
        `${this.file} is damaged (${why}): put the last good version back, for example with git`,
        undefined,
        { cause: error },
      );
    }
  }
}
