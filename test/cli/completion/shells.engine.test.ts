import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { CLI, ensureBundle } from "../../../scripts/toolchain-parts/bundles";
import { ensureProgram } from "../../plugins/docker/support/programs";
import { runCommand } from "../../support/run-command";
import { Terminal } from "./terminal";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "btest-completion-"));
const file = (name: string, content: string, mode = 0o644): void => {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), content, { mode });
};

/** Completes as the command does, and tells what would have been run instead of running it. */
const COMMAND = `#!/bin/sh
case $1 in
complete) exec ${process.execPath} ${CLI.file} "$@" ;;
*) printf 'RAN'; printf '[%s]' "$@"; echo ;;
esac
`;

/** Each starts as its users have it, but for what the system adds. */
const SHELLS = {
  bash: "bash --noprofile --rcfile bashrc -i",
  zsh: "zsh -i",
  fish: "fish -i",
};

beforeAll(async () => {
  await ensureProgram("script", "bsdutils");
  await ensureProgram("zsh", "zsh");
  await ensureProgram("fish", "fish");
  await ensureBundle(CLI);
  file("bin/berth", COMMAND, 0o755);
  for (const name of ["shop", "ledger"]) {
    file(`workspace/apps/${name}/berth.yaml`, `name: ${name}\nlanguage: typescript\nport: 3000\n`);
  }
  file("workspace/.git/HEAD", "");
  for (const shell of Object.keys(SHELLS)) {
    file(`completion.${shell}`, (await runCommand("node", [CLI.file, "completion", shell])).stdout);
  }
  file(
    ".berth/secrets/01.json",
    JSON.stringify({ version: 1, secrets: { "stripe-key": {}, "shop/token": {} } }),
  );
  file(".berth/workspaces/01.json", JSON.stringify({ local: ["mine"], fly: ["mine", "heavy"] }));
  file(".berth/config.yaml", 'devId: "01"\n');
  file("workspace/bashrc", "PS1='READY> '\neval \"$(cat ~/completion.bash)\"\nsource ~/completion.bash\n");
  file(".zshrc", "PS1='READY> '\nautoload -U compinit && compinit -u -D\nsource ~/completion.zsh\n");
  file(
    ".config/fish/config.fish",
    "set fish_greeting\nfunction fish_prompt; echo -n 'READY> '; end\nsource ~/completion.fish\n",
  );
});
afterAll(() => fs.rmSync(folder, { recursive: true }));

describe.each(Object.entries(SHELLS))("in %s, the tab key", (shell, command) => {
  let terminal: Terminal;
  beforeAll(async () => {
    const environment = {
      PATH: `${path.join(folder, "bin")}:${process.env.PATH ?? ""}`,
      ...{ HOME: folder, TERM: "xterm", LANG: "C.UTF-8", SHELL: "/bin/sh" },
    };
    terminal = new Terminal(command, environment, path.join(folder, "workspace"));
    await terminal.until(/READY> /);
  });
  afterAll(() => terminal.end());

  const typed = async (keys: string): Promise<string | undefined> => {
    terminal.type(`${keys}\r`);
    return /RAN(\[.*\])/.exec(await terminal.until(/RAN.*[\r\n]/))?.[1];
  };

  it.each([
    ["a command", "berth vers\t", "[version]"],
    ["a command of a group", "berth secr\trecip\t", "[secrets][recipients]"],
    ["an option", "berth run shop --rel\t", "[run][shop][--reload]"],
    ["an option's value", "berth run shop --env d\t", "[run][shop][--env][dev]"],
    ["an app's name", "berth run led\t", "[run][ledger]"],
    ["an app's name after options", "berth build --tag one sh\t", "[build][--tag][one][shop]"],
    ["a choice", "berth completion fi\t", "[completion][fish]"],
    ["a workspace's name", "berth workspace stop hea\t", "[workspace][stop][heavy]"],
    ["a secret's key", "berth secrets get stri\t", "[secrets][get][stripe-key]"],
  ])("completes %s", async (_what, keys, words) => {
    expect(await typed(keys)).toBe(words);
  });

  it("runs nothing of what stands before", async () => {
    terminal.type(`berth run "$(touch ${shell}-ran)" --rel\t`);
    await terminal.until(/--reload/);
    terminal.type("\u0003");
    expect(fs.existsSync(path.join(folder, "workspace", `${shell}-ran`))).toBe(false);
  });
});

it("what bash reads has nothing that its version 3.2 lacks, which is macOS's own", () => {
  const script = fs.readFileSync(path.join(folder, "completion.bash"), "utf8");
  // Bash's CHANGES and NEWS for 4.0 to 5.2: what a completion would be written with.
  const later =
    /\b(mapfile|readarray|compopt|coproc)\b|\b(declare|local|typeset) -[a-zA-Z]*[Agnlu]|\$\{[^}]*(,,?|\^\^?|@[A-Za-z])\}|&>>|\|&|;;?&|\*\*|\[-\d+\]|read [^\n]*-[iN]|complete [^\n]*-[EI]|-o nosort/;
  expect(script).not.toMatch(later);
});
