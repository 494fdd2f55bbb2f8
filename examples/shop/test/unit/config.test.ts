import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { readConfig } from "../../src/config.js";

const folder = mkdtempSync(join(tmpdir(), "shop-"));
after(() => rmSync(folder, { recursive: true }));

function fileWith(content: string): string {
  const path = join(folder, "database-url");
  writeFileSync(path, content);
  return path;
}

describe("the configuration", () => {
  it("takes the database's URL from the file, without the line's end", () => {
    const env = { DATABASE_URL_FILE: fileWith("postgres://a:b@db/c\n"), DATABASE_URL: "postgres://other" };
    assert.equal(readConfig(env).databaseUrl, "postgres://a:b@db/c");
  });

  it("listens on 3000 unless told otherwise", () => {
    const env = { DATABASE_URL: "postgres://a" };
    assert.equal(readConfig(env).port, 3000);
    assert.equal(readConfig({ ...env, PORT: "8000" }).port, 8000);
  });

  it("says what to set when there is no database", () => {
    assert.throws(() => readConfig({}), /DATABASE_URL_FILE/);
  });

  it("refuses an empty file and a port that is none", () => {
    assert.throws(() => readConfig({ DATABASE_URL_FILE: fileWith("\n") }), /empty/);
    assert.throws(() => readConfig({ DATABASE_URL: "postgres://a", PORT: "http" }), /PORT/);
  });
});
