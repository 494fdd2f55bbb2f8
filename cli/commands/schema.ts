import type { Command } from "commander";
import { examples } from "./options";

/** `berth schema`: what editors complete and check a berth.yaml by. */
export function addSchemaCommand(berth: Command): void {
  berth
    .command("schema")
    .description("print the JSON Schema of berth.yaml, for editors")
    .addHelpText(
      "after",
      "\nAn editor with YAML support takes it where the first line of berth.yaml names the file:\n" +
        "  # yaml-language-server: $schema=berth-app.schema.json\n" +
        examples("berth schema > berth-app.schema.json"),
    )
    .action(async () => {
      const { appSchemaText } = await import("../../spec/app-schema.js");
      process.stdout.write(appSchemaText());
    });
}
