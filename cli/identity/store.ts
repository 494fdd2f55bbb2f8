import * as fs from "node:fs";
import * as path from "node:path";
import { createFolderWhole, privateFolder, readIfThere, switchLink, writePrivate } from "../files";
import type { ServerFacts } from "../server/answer";
import { newKeyAndRequest, requestFor, type KeyAndRequest } from "./certificate-request";
import { FILES, readIdentity, type Identity } from "./identity";
import { endOf, pairProblem, serialOf, type Pair } from "./pair";
import { keep, keyIn } from "./pending-key";

/**
 * One developer's key, certificate and CA.
 *
 * `certs/<id>`, which DOCKER_CERT_PATH names for ever, is a link to a folder `certs/.<id>/<serial>` that is made whole and never changed,
 * so that key and certificate are a pair at every moment. A key is on the disk before its request is sent, and stays there until its
 * certificate is: `certs/.<id>/pending` for a PIN; `next` in the folder of the certificate that is renewed, for which no second key
 * can be made.
 */
export class IdentityStore {
  readonly link: string;
  private readonly vault: string;

  constructor(
    home: string,
    readonly developerId: string,
  ) {
    this.link = path.join(home, "certs", developerId);
    this.vault = path.join(home, "certs", `.${developerId}`);
  }

  /** Makes the folders, for their owner only. */
  prepare(): void {
    for (const folder of [path.dirname(path.dirname(this.link)), path.dirname(this.link), this.vault]) {
      privateFolder(folder);
    }
  }

  /** What `certs/<id>` holds now; undefined where there is nothing. */
  current(): Identity | undefined {
    return fs.existsSync(this.link) ? readIdentity(this.developerId, fs.realpathSync(this.link)) : undefined;
  }

  /** The usable identity in the vault that ends last: what there is to go back to when `certs/<id>` is damaged. */
  newestUsable(): Identity | undefined {
    if (!fs.existsSync(this.vault)) return undefined;
    return fs
      .readdirSync(this.vault, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => readIdentity(this.developerId, path.join(this.vault, name)))
      .filter(({ problem }) => problem === undefined)
      .sort((a, b) => endOf(b.certPem).getTime() - endOf(a.certPem).getTime())[0];
  }

  /**
   * The key for a PIN: the one of an earlier try, the one in `certs/<id>` that has lost its certificate, or a new one.
   * @param fresh a new one in any case: the server has given a certificate for the other, which came with an earlier PIN.
   */
  keyForPin(fresh = false): KeyAndRequest {
    if (fresh) this.forgetKeyForPin();
    const folder = path.join(this.vault, "pending");
    const earlier = keyIn(folder);
    if (earlier) return earlier;
    const lone = this.current();
    const made =
      !fresh && lone !== undefined && lone.keyPem !== "" && lone.certPem === ""
        ? { keyPem: lone.keyPem, csrPem: requestFor(lone.keyPem, this.developerId) }
        : newKeyAndRequest(this.developerId);
    return keep(folder, made);
  }

  /** Gives up the key for a PIN, whose certificate is in. */
  forgetKeyForPin(): void {
    fs.rmSync(path.join(this.vault, "pending"), { recursive: true, force: true });
  }

  /** The one key with which this certificate is renewed, however often that is tried. */
  keyForRenewal({ folder }: Identity): KeyAndRequest {
    const next = path.join(folder, "next");
    return keyIn(next) ?? keep(next, newKeyAndRequest(this.developerId));
  }

  /** Whether a renewal of this certificate has begun. */
  isBeingRenewed({ folder }: Identity): boolean {
    return keyIn(path.join(folder, "next")) !== undefined;
  }

  /** Stores a pair whole, and only then makes it the current one. */
  save(pair: Pair, facts: ServerFacts | undefined): Identity {
    const problem = pairProblem(this.developerId, pair);
    if (problem !== undefined) throw new Error(`the answer of the server cannot be used: ${problem}`);
    this.prepare();
    const folder = path.join(this.vault, serialOf(pair.certPem));
    const files = {
      [FILES.keyPem]: pair.keyPem,
      [FILES.certPem]: pair.certPem,
      [FILES.caPem]: pair.caPem,
      ...(facts && { [FILES.facts]: `${JSON.stringify(facts, null, 2)}\n` }),
    };
    if (!createFolderWhole(folder, files) && readIdentity(this.developerId, folder).problem !== undefined) {
      fs.renameSync(folder, `${folder}-damaged-${Date.now()}`);
      createFolderWhole(folder, files);
    }
    const saved = readIdentity(this.developerId, folder);
    this.use(saved);
    return saved;
  }

  /** Makes an identity of the vault the current one. */
  use({ folder }: Identity): void {
    const there = fs.lstatSync(this.link, { throwIfNoEntry: false });
    // Made without this command: a folder, which no rename replaces. It keeps its pending key.
    if (there?.isDirectory() === true) {
      const certPem = readIfThere(path.join(this.link, FILES.certPem));
      fs.renameSync(
        this.link,
        path.join(this.vault, `${certPem ? serialOf(certPem) : "unknown"}-${Date.now()}`),
      );
    }
    switchLink(this.link, path.relative(path.dirname(this.link), folder));
  }

  /** Removes what has ended, and nothing else. */
  forgetEnded(now = new Date()): void {
    for (const entry of fs.readdirSync(this.vault, { withFileTypes: true })) {
      const folder = path.join(this.vault, entry.name);
      const certPem = readIfThere(path.join(folder, FILES.certPem));
      if (certPem && folder !== fs.realpathSync(this.link) && endOf(certPem) < now) {
        fs.rmSync(folder, { recursive: true });
      }
    }
  }

  /** Puts a CA back that went missing, if it is the one that the certificate leads to. */
  restoreCa(identity: Identity, caPem: string): Identity {
    if (pairProblem(this.developerId, { ...identity, caPem }) !== undefined) return identity;
    writePrivate(path.join(identity.folder, FILES.caPem), caPem);
    return readIdentity(this.developerId, identity.folder);
  }
}
