/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
// Required by Node before everything else (Pulumi.yaml, nodeargs): keeps what V8 compiles of some 900 modules in one file for the next run,
// with the functions that this run called. Compiling is a third of the time that the SDK and the program take to load.
const { Buffer } = require("node:buffer");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const { setFlagsFromString } = require("node:v8");
const { Script } = require("node:vm");
const { keepAtExit, keptFile } = require("./kept-file.js");

// The SDK sets it while it is loaded, and V8 takes no compiled code that was made under other flags.
setFlagsFromString("--allow-natives-syntax");

// Compiled code fits one version of Node.
const file = keptFile(`compiled-${process.version}-${process.arch}.bin`);
const compileWithout = Module.prototype._compile;

/** File name: { digest of the source, where its compiled code lies in `bytes` }. */
const { kept, bytes } = readKept();
/** What this run compiled itself. */
const fresh = [];

Module.prototype._compile = function (content, filename) {
  // A script of vm's has no loader for import(), and takes no #! line within its wrapper.
  if (/^#!|\bimport\s*\(/.test(content)) return compileWithout.call(this, content, filename);
  const digest = createHash("sha256").update(content).digest("hex");
  const known = kept[filename]?.digest === digest ? kept[filename] : undefined;
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {\n${content}\n})`, {
    filename,
    lineOffset: -1,
    cachedData: known && bytes.subarray(known.from, known.to),
  });
  if (known === undefined || script.cachedDataRejected) fresh.push({ filename, digest, script });
  const run = script.runInThisContext();
  return run.call(this.exports, this.exports, requireFor(this), this, filename, path.dirname(filename));
};

/** As Node makes it for each module. */
function requireFor(from) {
  const requireFrom = (id) => from.require(id);
  requireFrom.resolve = (request, options) => Module._resolveFilename(request, from, false, options);
  requireFrom.resolve.paths = (request) => Module._resolveLookupPaths(request, from);
  requireFrom.main = process.mainModule;
  requireFrom.extensions = Module._extensions;
  requireFrom.cache = Module._cache;
  return requireFrom;
}

function readKept() {
  if (!fs.existsSync(file)) return { kept: {}, bytes: Buffer.alloc(0) };
  const whole = fs.readFileSync(file);
  const start = whole.indexOf("\n") + 1;
  return { kept: JSON.parse(whole.subarray(0, start).toString()), bytes: whole.subarray(start) };
}

function allCompiled() {
  if (fresh.length === 0) return undefined;
  const index = {};
  const parts = [];
  let from = 0;
  const add = (filename, digest, data) => {
    index[filename] = { digest, from, to: from + data.length };
    parts.push(data);
    from += data.length;
  };
  const anew = new Set(fresh.map(({ filename }) => filename));
  for (const [filename, { digest, from, to }] of Object.entries(kept))
    if (!anew.has(filename) && fs.existsSync(filename)) add(filename, digest, bytes.subarray(from, to));
  for (const { filename, digest, script } of fresh) add(filename, digest, script.createCachedData());
  return Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...parts]);
}

keepAtExit(file, allCompiled);
