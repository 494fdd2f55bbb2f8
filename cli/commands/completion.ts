import { Argument, type Command } from "commander";
import type { Shell } from "../completion/command";
import { examples } from "./options";

const SHELLS: Shell[] = ["bash", "zsh", "fish"];

/** `berth completion`, and what its scripts call. */
export function addCompletionCommands(berth: Command): void {
  berth
    .command("completion")
    .description("print what makes a shell complete berth's commands, options and app names")
    .addArgument(new Argument("<shell>", "whose").choices(SHELLS))
    .addHelpText(
      "after",
      examples(
        "echo 'eval \"$(berth completion bash)\"' >> ~/.bashrc",
        "echo 'source <(berth completion zsh)' >> ~/.zshrc      # after compinit",
        "berth completion fish > ~/.config/fish/completions/berth.fish",
      ),
    )
    .action(async (shell: Shell) => (await import("../completion/command.js")).completionScript(shell));
  berth
    .command("complete", { hidden: true })
    .argument("[words...]")
    .action(async (words: string[]) => (await import("../completion/command.js")).complete(berth, words));
}
