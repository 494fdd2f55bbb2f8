import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { IdentityStore } from "../../cli/identity/store";
import type { Pair } from "../../cli/identity/pair";
import { TestAuthority } from "../services/gateway/support/certificates";

let authority: TestAuthority;
let home: string;
let store: IdentityStore;
beforeAll(() => {
  authority = new TestAuthority();
});
afterAll(() => authority.remove());
beforeEach(() => {
  home = fs.mkdtempSync(path.join(os.tmpdir(), "btest-store-"));
  store = new IdentityStore(home, "01");
  store.prepare();
});
afterEach(() => fs.rmSync(home, { recursive: true }));

function pair(endsInSeconds?: number): Pair {
  const { keyPem, chainPem } = authority.client({ developerId: "01", endsInSeconds });
  return { keyPem, certPem: chainPem, caPem: authority.rootPem };
}

const listing = (): string[] =>
  fs.readdirSync(path.join(home, "certs"), { recursive: true }).map(String).sort();

describe("an identity on the disk", () => {
  it("is at the same path before and after a renewal", () => {
    const [first, second] = [pair(), pair()];
    store.save(first, undefined);
    expect(store.current()).toMatchObject({ ...first, problem: undefined });
    store.save(second, undefined);
    expect(store.current()).toMatchObject({ ...second, problem: undefined });
    expect(fs.readFileSync(path.join(store.link, "key.pem"), "utf8")).toBe(second.keyPem);
  });

  it("stays the old one until the new one is whole: a kill before the switch loses neither", () => {
    const [first, second] = [pair(), pair()];
    const old = store.save(first, undefined);
    store.save(second, undefined);
    // What is there when the kill came one step earlier.
    store.use(old);
    expect(store.current()).toMatchObject({ ...first, problem: undefined });
    store.save(second, undefined);
    expect(store.current()).toMatchObject({ ...second, problem: undefined });
  });

  it("keeps one key for the renewal of one certificate, and has another for the next", () => {
    const identity = store.save(pair(), undefined);
    const key = store.keyForRenewal(identity);
    expect(store.keyForRenewal(identity)).toEqual(key);
    const next = store.save(pair(), undefined);
    expect(store.keyForRenewal(identity)).toEqual(key);
    expect(store.keyForRenewal(next)).not.toEqual(key);
  });

  it("that is a plain folder is moved aside with its key for the renewal, not lost", () => {
    const [made, renewed] = [pair(), pair()];
    fs.mkdirSync(store.link);
    for (const [name, text] of [
      ["key.pem", made.keyPem],
      ["cert.pem", made.certPem],
      ["ca.pem", made.caPem],
    ]) {
      fs.writeFileSync(path.join(store.link, name!), text!);
    }
    const identity = store.current()!;
    expect(identity.problem).toBeUndefined();
    store.keyForRenewal(identity);
    store.save(renewed, undefined);
    expect(store.current()).toMatchObject(renewed);
    expect(listing().filter((file) => file.endsWith("next/key.pem"))).toHaveLength(1);
  });

  it("that is damaged is found again in the folder beside it", () => {
    const identity = store.save(pair(), undefined);
    fs.rmSync(store.link);
    expect(store.current()).toBeUndefined();
    expect(store.newestUsable()).toEqual(identity);
  });

  it("is refused where key and certificate are no pair, and nothing changes", () => {
    const good = pair();
    store.save(good, undefined);
    expect(() => store.save({ ...pair(), keyPem: pair().keyPem }, undefined)).toThrow(
      "key.pem is not the key",
    );
    expect(store.current()).toMatchObject(good);
  });

  it.each([
    ["of another developer", () => ({ ...pair(), ...renamed() })],
    ["that has ended", () => pair(-10)],
    ["of another CA", () => ({ ...pair(), caPem: otherRoot() })],
  ])("%s is not taken", (_what, made) => {
    expect(() => store.save(made(), undefined)).toThrow("cannot be used");
    expect(store.current()).toBeUndefined();
  });

  it("takes back the CA that it lost, and no other", () => {
    const { folder } = store.save(pair(), undefined);
    fs.rmSync(path.join(folder, "ca.pem"));
    expect(store.restoreCa(store.current()!, otherRoot()).problem).toBe("ca.pem missing");
    expect(store.restoreCa(store.current()!, authority.rootPem).problem).toBeUndefined();
  });

  it("leaves no half-made file behind", () => {
    store.save(pair(), undefined);
    store.save(pair(), undefined);
    expect(listing().filter((file) => file.includes(".new-"))).toEqual([]);
  });

  it("forgets what has ended, and never what is in use", () => {
    store.save(pair(5), undefined);
    const used = store.save(pair(), undefined);
    store.forgetEnded(new Date(Date.now() + 60_000));
    expect(fs.readdirSync(path.join(home, "certs", ".01"))).toEqual([path.basename(used.folder)]);
    expect(store.current()).toEqual(used);
  });
});

function renamed(): Pick<Pair, "keyPem" | "certPem"> {
  const { keyPem, chainPem } = authority.client({ developerId: "02" });
  return { keyPem, certPem: chainPem };
}

function otherRoot(): string {
  const other = new TestAuthority();
  const { rootPem } = other;
  other.remove();
  return rootPem;
}
