import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Audit, AuditUnavailable } from "../../../../services/gateway/audit/audit";
import { LogFile } from "../../../../services/gateway/audit/log-file";
import { readAudit } from "../../../../services/gateway/audit/read";
import type { AuditRecord } from "../../../../services/gateway/audit/record";

let folder: string;

beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-audit-"))));
afterEach(() => fs.rmSync(folder, { recursive: true }));

const limits = { maximumFileMb: 1, keptFiles: 3 };
const read = (file: string): string => fs.readFileSync(path.join(folder, file), "utf8");

function record(changed: Partial<AuditRecord>): AuditRecord {
  return {
    ...{ time: "2026-01-01T00:00:00.000Z", id: "1", event: "begun", developerId: "01", role: "developer" },
    ...{
      serial: "00",
      method: "GET",
      route: "GET /info",
      object: "engine",
      decision: "allow",
      address: "::1:1",
    },
    ...changed,
  };
}

describe("the audit log", () => {
  it("gets whole lines at its end, and keeps those of before a restart", () => {
    const first = new LogFile(folder, limits);
    first.append("one");
    first.close();
    const second = new LogFile(folder, limits);
    second.append("two");
    second.close();
    expect(read("audit.jsonl")).toBe("one\ntwo\n");
    expect(fs.statSync(path.join(folder, "audit.jsonl")).mode & 0o777).toBe(0o644);
  });

  it("drops half a line that a killed process left", () => {
    fs.writeFileSync(path.join(folder, "audit.jsonl"), 'whole\n{"half');
    const file = new LogFile(folder, limits);
    file.append("next");
    file.close();
    expect(read("audit.jsonl")).toBe("whole\nnext\n");
  });

  it("is rotated by size, and so many files are kept", () => {
    const file = new LogFile(folder, limits);
    const line = "x".repeat(1024 * 1024 - 1);
    for (const letter of ["a", "b", "c", "d", "e", "f"]) file.append(letter + line.slice(1));
    file.close();
    expect(fs.readdirSync(folder).sort()).toEqual([
      "audit.1.jsonl",
      "audit.2.jsonl",
      "audit.3.jsonl",
      "audit.jsonl",
    ]);
    expect(
      ["audit.jsonl", "audit.1.jsonl", "audit.2.jsonl", "audit.3.jsonl"].map((name) => read(name)[0]),
    ).toEqual(["f", "e", "d", "c"]);
  });

  it("says when it cannot be written, and takes the next record when it can", () => {
    const place = path.join(folder, "place");
    fs.writeFileSync(place, "not a folder");
    const audit = new Audit(new LogFile(place, limits));
    expect(() => audit.write(record({}))).toThrow(AuditUnavailable);
    expect(audit.problem).toMatch(/cannot be written, so nothing is served: /);
    fs.rmSync(place);
    audit.retry();
    expect(audit.problem).toBeUndefined();
    audit.write(record({}));
    audit.close();
    expect(fs.readFileSync(path.join(place, "audit.jsonl"), "utf8").split("\n")).toHaveLength(3);
  });
});

describe("reading the audit log", () => {
  function write(...records: Partial<AuditRecord>[]): void {
    const file = new LogFile(folder, limits);
    for (const changed of records) file.append(JSON.stringify(record(changed)));
    file.append('{"time":"2026-01-01T00:00:00.000Z","event":"resumed"}');
    file.close();
  }

  it("puts the lines of one request together", async () => {
    write(
      { id: "1" },
      { id: "2", object: "container a" },
      { id: "1", event: "ended", status: 200, durationMs: 3 },
      { id: "2", event: "cut", decision: "refuse", reason: "certificate-revoked" },
      { id: "2", event: "ended", status: 101, durationMs: 9 },
      { id: "3" },
    );
    expect(await readAudit(folder, {})).toMatchObject([
      { state: "ended", decision: "allow", status: 200, durationMs: 3 },
      { state: "cut", decision: "refuse", reason: "certificate-revoked", status: 101, durationMs: 9 },
      { state: "open" },
    ]);
  });

  it("finds by developer, decision, object and time", async () => {
    write(
      { id: "1", developerId: "02" },
      { id: "2", event: "refused", decision: "refuse", reason: "x", status: 403 },
      { id: "3", object: "container berth-dev-01-shop" },
      { id: "4", time: "2026-02-01T00:00:00.000Z" },
    );
    const count = async (query: Parameters<typeof readAudit>[1]) => (await readAudit(folder, query)).length;
    expect(await count({ developerId: "02" })).toBe(1);
    expect(await count({ decision: "refuse" })).toBe(1);
    expect(await count({ object: "01-shop" })).toBe(1);
    expect(await count({ since: new Date("2026-01-15") })).toBe(1);
  });

  it("says where it looked when there is none", async () => {
    await expect(readAudit(folder, {})).rejects.toThrow(/no audit log in .*--folder/);
  });
});
