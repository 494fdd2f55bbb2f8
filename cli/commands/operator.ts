import { Option, type Command } from "commander";
import type { InfraFlags } from "../operator/infra-command";
import type { PromoteFlags } from "../operator/promote-command";
import { examples, withSettings } from "./options";

/** What operators and CI do on a checkout of Berth. */
export function addOperatorCommands(berth: Command): void {
  withCheckout(berth.command("up-infra"))
    .description(
      "bring the shared services up and wait until all are healthy (the operator, on a checkout of Berth)\n" +
        "Without that right it shows the state of each service.",
    )
    .addHelpText("after", examples("berth up-infra", "berth up-infra --env tst --checkout ~/berth"))
    .action(async (flags: InfraFlags) => (await import("../operator/infra-command.js")).upInfra(flags));
  withCheckout(berth.command("down-infra"))
    .description("take the shared services down; their data stays (the operator)")
    .addHelpText("after", examples("berth down-infra"))
    .action(async (flags: InfraFlags) => (await import("../operator/infra-command.js")).downInfra(flags));
  withSettings(berth.command("promote <app>"))
    .description(
      "bring the very image that was built to tst or pro, by digest (ci or operator, on a checkout of Berth)",
    )
    .addOption(new Option("--to <env>", "where it goes").choices(["tst", "pro"]).makeOptionMandatory())
    .option("--tag <tag>", "of the built image", "latest")
    .option("--from <dev-id>", "whose `berth build` goes to tst; default yours, 'shared' is `make build`")
    .addOption(checkoutOption())
    .addHelpText(
      "after",
      examples(
        "berth build shop && berth promote shop --to tst && berth run shop --env tst",
        "berth promote shop --to pro",
        "berth promote services --to tst",
      ),
    )
    .action(async (app: string, flags: PromoteFlags) =>
      (await import("../operator/promote-command.js")).promoteCommand(app, flags),
    );
}

/** Where the operator's checkout is. */
export function checkoutOption(): Option {
  return new Option("--checkout <dir>", "the checkout of Berth (or BERTH_CHECKOUT; default: around here)");
}

function withCheckout(command: Command): Command {
  return withSettings(command)
    .addOption(new Option("--env <env>", "which stack").choices(["dev", "tst", "pro"]).default("dev"))
    .addOption(checkoutOption());
}
