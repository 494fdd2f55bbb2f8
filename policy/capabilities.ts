/** Linux capabilities that a container may get back; those that reach the host (SYS_ADMIN, SYS_MODULE, …) are not among them. */
export const grantableCapabilities = [
  "CHOWN",
  "DAC_OVERRIDE",
  "FOWNER",
  "KILL",
  "NET_BIND_SERVICE",
  "SETGID",
  "SETUID",
] as const;
