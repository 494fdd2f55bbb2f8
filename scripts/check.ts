// `make check`: every static gate, all of them even if one fails, with one line each.
import { main } from "./lib/steps";
import { gates, runGate } from "./lib/gates";

main(async () => {
  const failed: string[] = [];
  for (const gate of gates) {
    const result = await runGate(gate);
    process.stdout.write(
      `${result.passed ? "ok  " : "FAIL"} ${gate.name} (${result.seconds.toFixed(1)} s)\n`,
    );
    if (!result.passed) {
      process.stdout.write(result.output);
      failed.push(gate.name);
    }
  }
  if (failed.length > 0) throw new Error(`check failed: ${failed.join(", ")}`);
});
