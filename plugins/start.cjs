/* eslint-disable @typescript-eslint/no-require-imports -- is started as it is written here, not bundled */
// What `pulumi-resource-…` and `pulumi-language-nodejs` start: runs the bundle beside this file from its compiled code, since to parse
// and compile megabytes is what a start otherwise takes longest for. Compiled code of another Node, or of another bundle, is not used.
// With --write-code-cache it keeps what is compiled by the time the program says that it listens, and ends. V8 compiles a function when it
// is called first, so the first uses add theirs: without them a preview of a whole stack would compile a fifth of a second's worth anew.
const { Buffer } = require("node:buffer");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const { createRequire, wrap } = require("node:module");
const path = require("node:path");
const { setTimeout } = require("node:timers");
const { Script } = require("node:vm");

const WRITE = "--write-code-cache";
const DIGEST_BYTES = 32;
/** So many uses add to it: an update and a preview call different functions. */
const USES_ADDED = 5;
/** By then a stack's plugin has been called, and has not ended yet: the engine kills it without a word. */
const USED_AFTER_MS = 600;

const bundle = module.filename.replace(/\.cjs$/, "-code.cjs");
const cache = bundle.replace(/cjs$/, `${process.version}-${process.arch}.cache`);

const source = fs.readFileSync(bundle);
const digest = createHash("sha256").update(source).digest();

/** A digest, since V8 itself compares no more than the length of the source; how many uses have added to it; the compiled code. */
function readKept() {
  const kept = fs.existsSync(cache) ? fs.readFileSync(cache) : Buffer.alloc(0);
  if (!digest.equals(kept.subarray(0, DIGEST_BYTES))) return { uses: 0, code: undefined };
  return { uses: kept[DIGEST_BYTES], code: kept.subarray(DIGEST_BYTES + 1) };
}

function keep(uses) {
  const unfinished = `${cache}.${process.pid}`;
  fs.writeFileSync(unfinished, Buffer.concat([digest, Buffer.of(uses), script.createCachedData()]));
  fs.renameSync(unfinished, cache);
}

const { uses, code } = readKept();
const script = new Script(wrap(source.toString("utf8")), {
  // Compiled code keeps this name for stack traces, also after its folder was renamed into place.
  filename: path.basename(bundle),
  cachedData: code,
});

if (process.argv[2] === WRITE) {
  process.argv.splice(2, 1);
  process.stdout.write = () => {
    keep(0);
    process.exit();
  };
} else if (code !== undefined && uses < USES_ADDED) {
  setTimeout(() => {
    try {
      keep(uses + 1);
    } catch (error) {
      // Somebody else's installation: it is only the next start that takes longer.
      if (!["EACCES", "EPERM", "EROFS"].includes(error.code)) throw error;
    }
  }, USED_AFTER_MS).unref();
}

script.runInThisContext()(module.exports, createRequire(bundle), module, bundle, path.dirname(bundle));
