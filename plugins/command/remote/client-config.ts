import { utils, type AuthenticationType, type ConnectConfig, type ServerHostKeyAlgorithm } from "ssh2";

import type { Endpoint } from "./connection";

/**
 * What the SSH library is told for an endpoint. Keys are read here, before anything is dialled: a key that cannot be read
 * will not be better at the next attempt.
 *
 * @throws Error for a private key or host key that cannot be read.
 */
export function clientConfig(endpoint: Endpoint): ConnectConfig {
  const { host, port, user, password, agentSocketPath, perDialTimeoutSeconds } = endpoint;
  return {
    host,
    port,
    username: user,
    readyTimeout: perDialTimeoutSeconds * 1000,
    ...hostKeyConfig(endpoint),
    ...privateKeyConfig(endpoint),
    ...(password !== undefined && { password, tryKeyboard: true }),
    ...(agentSocketPath && { agent: agentSocketPath }),
    authHandler: authOrder(endpoint),
  };
}

/** The key takes preference over the password, the agent comes last (schema of the connection's properties). */
function authOrder({ privateKey, password, agentSocketPath }: Endpoint): AuthenticationType[] {
  return [
    "none",
    ...(privateKey !== undefined ? (["publickey"] as const) : []),
    ...(password !== undefined ? (["password", "keyboard-interactive"] as const) : []),
    ...(agentSocketPath ? (["agent"] as const) : []),
  ];
}

function privateKeyConfig({ host, privateKey, privateKeyPassword }: Endpoint): ConnectConfig {
  if (privateKey === undefined) return {};
  const parsed = utils.parseKey(privateKey, privateKeyPassword);
  if (parsed instanceof Error)
    throw new Error(
      `the private key for ${host} cannot be read: ${parsed.message}; ` +
        `give a PEM or OpenSSH key, and privateKeyPassword if it is encrypted`,
    );
  return { privateKey, ...(privateKeyPassword !== undefined && { passphrase: privateKeyPassword }) };
}

function hostKeyConfig({ host, hostKey }: Endpoint): ConnectConfig {
  if (hostKey === undefined) return {};
  const parsed = utils.parseKey(hostKey);
  if (parsed instanceof Error)
    throw new Error(
      `the hostKey of ${host} cannot be read: ${parsed.message}; give it as in authorized_keys`,
    );
  const expected = parsed.getPublicSSH();
  return {
    hostVerifier: (key: Buffer) => key.equals(expected),
    algorithms: { serverHostKey: algorithmsOf(parsed.type) },
  };
}

/** A server offers one key of each kind; asking for the expected kind makes it show the one to compare. */
function algorithmsOf(type: string): ServerHostKeyAlgorithm[] {
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"] : [type as ServerHostKeyAlgorithm];
}
