import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { EngineAddress } from "../config/engine-address";
import type { RegistryAccess } from "./host-access";

/** The engine that everything of the stack runs on. It is asked when it is needed, so that a preview works without one. */
export function engineProvider(engine: EngineAddress, registry: RegistryAccess | undefined): docker.Provider {
  return new docker.Provider("engine", {
    host: engine.host,
    certPath: engine.certPath,
    disableDockerDaemonCheck: true,
    registryAuth: registry && logins(registry),
  });
}

function logins({
  address,
  username,
  password,
}: RegistryAccess): pulumi.Output<{ address: string; username: string; password: string }[]> {
  return pulumi
    .all([address, username, password])
    .apply(([where, who, secret]) =>
      where === "" || who === "" ? [] : [{ address: where, username: who, password: secret }],
    );
}
