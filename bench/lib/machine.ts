import * as os from "node:os";
import type Docker from "dockerode";

/** What the figures were measured on. The load says whether somebody else was at work. */
export async function machine(docker: Docker): Promise<string> {
  const engine = await docker.version();
  const load = os.loadavg().map((average) => average.toFixed(2));
  const gibibytes = Math.round(os.totalmem() / 2 ** 30);
  return (
    `${os.cpus().length} cores (${os.cpus()[0]?.model ?? "unknown"}), ${gibibytes} GiB, Linux ${os.release()}, ` +
    `Docker engine ${engine.Version}, Node ${process.version}; load before: ${load.join(" ")}`
  );
}
