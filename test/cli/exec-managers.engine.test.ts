import * as fs from "node:fs";
import * as path from "node:path";
import { ExecLab } from "./exec-lab";
import type { Laptop } from "./laptop";

/** One image with every program, as a team's own would have the one it uses. */
const DOCKERFILE = `ARG BERTH_RUNTIME_IMAGE
ARG BERTH_EXTRA_CA_IMAGE
FROM \${BERTH_EXTRA_CA_IMAGE} AS extra-ca
FROM \${BERTH_RUNTIME_IMAGE}
COPY --from=extra-ca /extra-ca.pem /tmp/extra-ca.pem
RUN apt-get update -q && apt-get install -y -q --no-install-recommends make
RUN if [ -s /tmp/extra-ca.pem ]; then export NODE_EXTRA_CA_CERTS=/tmp/extra-ca.pem; fi; \\
    npm install --global --no-fund --no-audit pnpm@10.15.1 yarn@1.22.22 bun@1.2.21
COPY . /app/
`;
/** Every package manager tells a script who it is. */
const PACKAGE = {
  name: "shop",
  version: "1.0.0",
  scripts: {
    test: "node -e 'console.log(`run by ${process.env.npm_config_user_agent}`); process.exit(5)'",
    "test:integration": "node -e 'console.log(`integration by ${process.env.npm_config_user_agent}`)'",
  },
};
const MAKEFILE = "test:\n\t@echo run by make; exit 5\ntest-integration:\n\t@echo integration by make\n";

let lab: ExecLab;
let laptop: Laptop;
let image: string;

beforeAll(async () => {
  lab = await ExecLab.start();
  laptop = await lab.cli.onboarded("01");
  const context = lab.workspace({
    Dockerfile: DOCKERFILE,
    "package.json": JSON.stringify(PACKAGE),
    Makefile: MAKEFILE,
  });
  const built = await lab.bench.build(context, { runtimeImage: lab.images.runtime, tag: "managers" });
  image = `${lab.cli.prefix}-shop:dev-01-managers`;
  await lab.cli.host("tag", built, image);
});
afterAll(async () => {
  if (image) await lab.cli.host("rmi", "--no-prune", image);
  await lab.dispose();
});

async function ran(command: string, files: Record<string, string>, language = "typescript") {
  const workspace = lab.workspace(files);
  const manifest = path.join(workspace, "berth.yaml");
  fs.writeFileSync(manifest, fs.readFileSync(manifest, "utf8").replace("typescript", language));
  const place = ["--workspace", workspace, "--env", "tst", "--tag", "managers"];
  const { exitCode, stdout, output } = await laptop.berth(command, "shop", ...place);
  return { exitCode, stdout, output };
}

it.each([
  ["npm", "package-lock.json"],
  ["pnpm", "pnpm-lock.yaml"],
  ["yarn", "yarn.lock"],
  ["bun", "bun.lock"],
])(
  "%s runs the scripts of an app with its lockfile, and the exit code is the test's",
  async (manager, lockfile) => {
    const files = { "package.json": JSON.stringify(PACKAGE), [lockfile]: "" };
    const test = await ran("test", files);
    expect(test.output).toMatch(new RegExp(`run by ${manager}/\\d`));
    expect(test.exitCode).toBe(5);
    const integration = await ran("test-integration", files);
    expect(integration.stdout).toMatch(new RegExp(`integration by ${manager}/\\d`));
    expect(integration.exitCode).toBe(0);
  },
);

it("make runs the targets of a Python app", async () => {
  const test = await ran("test", { Makefile: MAKEFILE }, "python");
  expect([test.stdout.trim(), test.exitCode]).toEqual(["run by make", 2]);
  const integration = await ran("test-integration", { Makefile: MAKEFILE }, "python");
  expect([integration.stdout.trim(), integration.exitCode]).toEqual(["integration by make", 0]);
});
