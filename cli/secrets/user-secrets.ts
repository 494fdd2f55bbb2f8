import * as path from "node:path";
import { z } from "zod";
import { causeOf, Failure } from "../failure";
import { privateFolder, readIfThere, writePrivate } from "../files";
import { withFileLock } from "../lock";
import { nameOf, setCommand, textOf, type SecretFacts, type SecretName } from "./name";
import { derivedKey, seal, unseal } from "./sealed";

const fileSchema = z.strictObject({
  version: z.literal(1),
  secrets: z.record(z.string(), z.strictObject({ sealed: z.base64(), changedAt: z.string() })),
});
type Content = z.output<typeof fileSchema>;

/** A developer's own secrets: `~/.berth/secrets/<developer id>.json`, each value encrypted by itself. */
export class UserSecrets {
  readonly file: string;
  private readonly key: Buffer;

  /** @param secretsEncryption the developer's key, as the server gives it with the certificate. */
  constructor(
    private readonly home: string,
    private readonly developerId: string,
    secretsEncryption: string,
  ) {
    this.file = path.join(home, "secrets", `${developerId}.json`);
    this.key = derivedKey(secretsEncryption, `berth user secrets\0${developerId}`);
  }

  list(): SecretFacts[] {
    return Object.entries(this.read().secrets)
      .map(([text, { changedAt }]) => ({ ...nameOf(text), changedAt }))
      .sort((a, b) => (textOf(a) < textOf(b) ? -1 : 1));
  }

  /** The value; undefined where there is none. @throws Failure where it cannot be decrypted. */
  get(name: SecretName): string | undefined {
    const text = textOf(name);
    const entry = this.read().secrets[text];
    if (entry === undefined) return undefined;
    try {
      return unseal(this.key, this.purpose(text), entry.sealed);
    } catch (error) {
      const flags = name.app === undefined ? "" : ` --app ${name.app}`;
      throw new Failure(
        `the secret ${text} in ${this.file} does not open with this identity's key (${causeOf(error)}): it was changed, or made with the ` +
          `identity of another server. Give it anew: ${setCommand(name.key, flags)}`,
        undefined,
        { cause: error },
      );
    }
  }

  async set(name: SecretName, value: string): Promise<void> {
    const text = textOf(name);
    const sealed = seal(this.key, this.purpose(text), value);
    await this.change((content) => {
      content.secrets[text] = { sealed, changedAt: new Date().toISOString() };
    });
  }

  /** Whether there was one. */
  async remove(name: SecretName): Promise<boolean> {
    const text = textOf(name);
    if (!(text in this.read().secrets)) return false;
    let found = false;
    await this.change((content) => {
      found = text in content.secrets;
      delete content.secrets[text];
    });
    return found;
  }

  /** Reads and writes under the file's lock: of two changes at the same time neither is lost. */
  private async change(edit: (content: Content) => void): Promise<void> {
    privateFolder(path.dirname(this.file));
    await withFileLock(this.home, this.file, () => {
      const content = this.read();
      edit(content);
      writePrivate(this.file, `${JSON.stringify(content, null, 2)}\n`);
      return Promise.resolve();
    });
  }

  private read(): Content {
    const text = readIfThere(this.file);
    if (text === undefined) return { version: 1, secrets: {} };
    try {
      return fileSchema.parse(JSON.parse(text));
    } catch (error) {
      const why = error instanceof z.ZodError ? z.prettifyError(error) : causeOf(error);
      throw new Failure(
        `${this.file} is damaged (${why}): put a copy of it back, or move it away and give the secrets of developer ${this.developerId} anew`,
        undefined,
        { cause: error },
      );
    }
  }

  private purpose(text: string): string {
    return `${this.developerId}\0${text}`;
  }
}
