/** Where the Machines API is, and who asks. */
export interface Settings {
  /** Without a slash at its end and without the version. */
  address: string;
  /** Of the header Authorization, with its scheme; secret. */
  authorization: string;
}

const DEFAULT_ADDRESS = "https://api.machines.dev";

/**
 * From the variables that Fly's own tools read: FLY_API_TOKEN or FLY_ACCESS_TOKEN; FLY_FLAPS_BASE_URL (flyctl) or FLY_API_HOSTNAME
 * (documentation of the API).
 * @throws Error that never repeats the token.
 */
export function readSettings(environment: NodeJS.ProcessEnv): Settings {
  const token = (environment.FLY_API_TOKEN ?? environment.FLY_ACCESS_TOKEN ?? "").trim();
  if (token === "") {
    throw new Error(
      "Fly.io: no token: set FLY_API_TOKEN to one that 'fly tokens create org' makes, then run the command again",
    );
  }
  if (!/^[\x21-\x7e]+( [\x21-\x7e]+)?$/.test(token)) {
    throw new Error(
      "Fly.io: FLY_API_TOKEN holds more than a token: set it to the one line that 'fly tokens create org' prints",
    );
  }
  return { address: readAddress(environment), authorization: withScheme(token) };
}

function readAddress(environment: NodeJS.ProcessEnv): string {
  const variable = environment.FLY_FLAPS_BASE_URL ? "FLY_FLAPS_BASE_URL" : "FLY_API_HOSTNAME";
  const address = environment[variable] || DEFAULT_ADDRESS;
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || !["http:", "https:"].includes(url.protocol)) {
    throw new Error(
      `Fly.io: ${variable} is '${address}': give it as https://api.machines.dev, or unset it for that one`,
    );
  }
  return address.replace(/\/+$/, "").replace(/\/v1$/, "");
}

/** Tokens of today come with their scheme (FlyV1) or are told by their beginning; older ones are bearer tokens. */
function withScheme(token: string): string {
  if (token.includes(" ")) return token;
  return /^fm\d[ar]?_/.test(token) ? `FlyV1 ${token}` : `Bearer ${token}`;
}
