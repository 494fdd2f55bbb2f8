import { CommanderError } from "commander";
import { causeOf, EXIT, Failure } from "./failure";
import { program } from "./program";

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
