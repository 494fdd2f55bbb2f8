/* eslint-disable @typescript-eslint/no-require-imports -- loads TypeScript, so it cannot be TypeScript */
const fs = require("node:fs");
const path = require("node:path");

const folder = path.join(path.dirname(module.filename), "../.berth/build");

/** Where a run leaves what the next one need not do again. */
module.exports.keptFile = (name) => path.join(folder, name);

/** When the run ends, replaces the file by what `make` returns, as a whole; undefined leaves it as it is. */
module.exports.keepAtExit = (file, make) =>
  process.on("exit", () => {
    try {
      const content = make();
      if (content === undefined) return;
      const unfinished = `${file}.${process.pid}`;
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(unfinished, content);
      fs.renameSync(unfinished, file);
    } catch (error) {
      // The run itself went well: it is only the next one that takes longer.
      process.stderr.write(`compiled code is not kept for the next run: ${error.message}\n`);
    }
  });
