/* eslint-disable @typescript-eslint/no-require-imports -- is started as it is written here, not bundled */
// What `pulumi-resource-…` and `pulumi-language-nodejs` start: runs the bundle beside this file from its compiled code, since to parse
// and compile megabytes is what a start otherwise takes longest for. Compiled code of another Node, or of another bundle, is not used.
// With --write-code-cache it keeps what is compiled by the time the program says that it listens, and ends.
const { Buffer } = require("node:buffer");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const { createRequire, wrap } = require("node:module");
const path = require("node:path");
const { Script } = require("node:vm");

const WRITE = "--write-code-cache";
const DIGEST_BYTES = 32;

const bundle = module.filename.replace(/\.cjs$/, "-code.cjs");
const cache = bundle.replace(/cjs$/, `${process.version}-${process.arch}.cache`);

const source = fs.readFileSync(bundle);
const digest = createHash("sha256").update(source).digest();

/** V8 itself compares no more than the length of the source. */
function codeOfThisBundle() {
  if (!fs.existsSync(cache)) return undefined;
  const kept = fs.readFileSync(cache);
  return digest.equals(kept.subarray(0, DIGEST_BYTES)) ? kept.subarray(DIGEST_BYTES) : undefined;
}

const script = new Script(wrap(source.toString("utf8")), {
  // Compiled code keeps this name for stack traces, also after its folder was renamed into place.
  filename: path.basename(bundle),
  cachedData: codeOfThisBundle(),
});

if (process.argv[2] === WRITE) {
  process.argv.splice(2, 1);
  process.stdout.write = () => {
    const unfinished = `${cache}.${process.pid}`;
    fs.writeFileSync(unfinished, Buffer.concat([digest, script.createCachedData()]));
    fs.renameSync(unfinished, cache);
    process.exit();
  };
}

script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, path.dirname(bundle));
