import * as fs from "node:fs";
import * as path from "node:path";
import { editorCommand, hasEditor } from "../editor/config";
import type { Workspace } from "../workspace";
import { askEditor, AskedPorts, askSsh } from "./ask";
import { Service } from "./service";

const LARGEST_LOG_BYTES = 5_000_000;

/** The programs that this image has and that always run. */
export function services(workspace: Workspace): Service[] {
  const { paths } = workspace;
  return [
    ...(fs.existsSync(paths.sshd) ? [sshd(workspace)] : []),
    ...(hasEditor(workspace) ? [editor(workspace)] : []),
  ];
}

function sshd({ paths, options, environment, log }: Workspace): Service {
  const asked = new AskedPorts();
  const file = logFile(path.join(paths.log, "sshd.log"), log);
  return new Service(
    {
      name: "sshd",
      program: { command: [paths.sshd, "-D", "-e", "-f", paths.sshdConfig], environment, folder: "/" },
      onLine: (line) => {
        if (line.trim() === "" || asked.isAbout(line)) return;
        log.info("sshd", line.trim());
        file(`${new Date().toISOString()} sshd: ${log.redacted(line)}\n`);
      },
      leftovers: "stay",
      ask: () => askSsh(options.sshPort, asked),
    },
    log,
  );
}

/** Lines for fail2ban, which reads files: emptied when it is large, since whoever guesses passwords writes it. */
function logFile(file: string, log: Workspace["log"]): (line: string) => void {
  let isBroken = false;
  return (line) => {
    if (isBroken) return;
    try {
      fs.mkdirSync(path.dirname(file), { recursive: true });
      const size = fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0;
      fs.writeFileSync(file, line, { flag: size > LARGEST_LOG_BYTES ? "w" : "a" });
    } catch (error) {
      isBroken = true;
      log.warn(
        "sshd",
        `${file} cannot be written (${(error as NodeJS.ErrnoException).code}): fail2ban sees nothing more`,
      );
    }
  };
}

function editor(workspace: Workspace): Service {
  const { paths, options, environment, log } = workspace;
  return new Service(
    {
      name: "editor",
      program: { command: editorCommand(workspace), environment, folder: paths.projects },
      onLine: (line) => log.info("editor", line.trim()),
      leftovers: "end",
      ask: () => askEditor(options.editorPort),
    },
    log,
  );
}
