import * as fs from "node:fs";
import { checkDockerfile } from "../../../../services/gateway/rules/build/dockerfile";
import { absent } from "../../../../services/gateway/rules/refusals";

const SHARED: Record<string, string> = {
  "berth-dev-runtime-node:latest": "sha256:a0",
  "berth-dev-runtime-python:latest": "sha256:a1",
  "berth-extra-ca:host": "sha256:ca",
};

const check = (app: string, buildArgs: Record<string, string>): Promise<string> =>
  checkDockerfile(fs.readFileSync(`examples/${app}/Dockerfile`, "utf8"), { buildArgs }, (reference) => {
    const id = SHARED[reference];
    if (id === undefined) return absent.image(reference);
    return Promise.resolve({ id, reference, tags: [], labels: {}, volumes: [], owned: false });
  });

describe.each([
  ["shop", "berth-dev-runtime-node:latest"],
  ["ledger", "berth-dev-runtime-python:latest"],
])("the Dockerfile of %s", (app, runtime) => {
  it("is built in every stage on the host's images, named by build arguments", async () => {
    const source = fs.readFileSync(`examples/${app}/Dockerfile`, "utf8");
    const checked = await check(app, {
      BERTH_RUNTIME_IMAGE: runtime,
      BERTH_EXTRA_CA_IMAGE: "berth-extra-ca:host",
    });
    expect(checked.split("\n").filter((line) => line.startsWith("FROM"))).toEqual(
      source
        .split("\n")
        .filter((line) => line.startsWith("FROM"))
        .map((line) =>
          line
            .replace("${BERTH_RUNTIME_IMAGE}", SHARED[runtime] ?? "")
            .replace("${BERTH_EXTRA_CA_IMAGE}", SHARED["berth-extra-ca:host"] ?? ""),
        ),
    );
  });

  it("is not built where an argument names an image that the caller may not use", async () => {
    const buildArgs = { BERTH_RUNTIME_IMAGE: runtime, BERTH_EXTRA_CA_IMAGE: "theirs:dev-02-latest" };
    await expect(check(app, buildArgs)).rejects.toThrow("No such image: theirs:dev-02-latest");
  });
});
