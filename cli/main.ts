import { CommanderError } from "commander";
import { causeOf, EXIT, Failure } from "./failure";
import { program } from "./program";

// Whoever reads it may have enough, as head does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

program()
  .parseAsync()
  .catch((error: unknown) => {
    if (error instanceof CommanderError) {
      // Commander has said it already.
      process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
      return;
    }
    process.stderr.write(`berth: ${causeOf(error)}\n`);
    process.exitCode = error instanceof Failure ? error.exitCode : EXIT.failed;
  });
