/**
 * The note that the official plugin keeps in each state: the version of the state's form. Without it, a stack that moves
 * there would have its state taken for the oldest form, and converted.
 * Source: kreuzwerker/terraform-provider-docker, SchemaVersion of each resource; pulumi-terraform-bridge, `__meta`.
 */
export const schemaVersion = (version: number): { __meta: string } => ({
  __meta: JSON.stringify({ schema_version: String(version) }),
});
