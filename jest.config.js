// Three kinds of test, told apart by the file's ending, so that a laptop without an engine can run the first:
//   *.test.ts         needs Node and nothing else
//   *.engine.test.ts  needs a Docker engine, openssl or real processes
//   *.e2e.test.ts     brings whole stacks up and down
const swc = ["@swc/jest", { jsc: { target: "es2022" }, module: { type: "commonjs" } }];
// Packages that are ECMAScript modules only, which jest cannot load as they are.
const MODULES = "(age-encryption|is-network-error|p-retry|@noble|@scure|@bomb\\.sh)";

const base = {
  testEnvironment: "node",
  transform: { "^.+\\.ts$": swc, [`/node_modules/${MODULES}/.+\\.m?js$`]: swc },
  transformIgnorePatterns: [`/node_modules/(?!${MODULES}/)`],
  modulePathIgnorePatterns: ["<rootDir>/.berth/", "<rootDir>/images/.*/bundle/"],
  setupFilesAfterEnv: ["<rootDir>/test/support/fail-on-unhandled.ts"],
};

/** @type {import("jest").Config} */
module.exports = {
  projects: [
    {
      ...base,
      displayName: "unit",
      testMatch: ["<rootDir>/test/**/*.test.ts"],
      testPathIgnorePatterns: ["/node_modules/", "\\.engine\\.test\\.ts$", "\\.e2e\\.test\\.ts$"],
    },
    {
      ...base,
      displayName: "engine",
      testMatch: ["<rootDir>/test/**/*.engine.test.ts"],
      setupFilesAfterEnv: [...base.setupFilesAfterEnv, "<rootDir>/test/support/long-limit.ts"],
    },
    { ...base, displayName: "e2e", testMatch: ["<rootDir>/test/**/*.e2e.test.ts"] },
  ],
};
