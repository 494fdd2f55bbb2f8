import type { ContainerInstanceManagementClientOptionalParams } from "@azure/arm-containerinstance";

type HttpClient = NonNullable<ContainerInstanceManagementClientOptionalParams["httpClient"]>;

/** One request that a client would have sent to Azure. */
export interface SentRequest {
  method: string;
  path: string;
  body: unknown;
}

/** In place of the network: keeps what is sent, and answers each write as done. */
export function recordingClient(sent: SentRequest[]): HttpClient {
  return {
    sendRequest: (request) => {
      const body = JSON.parse(typeof request.body === "string" ? request.body : "{}") as object;
      sent.push({ method: request.method, path: new URL(request.url).pathname, body });
      const answer = { ...body, properties: { provisioningState: "Succeeded", containers: [] } };
      return Promise.resolve({
        request,
        status: 200,
        // JSON too, and of the client's own kind.
        headers: request.headers,
        bodyAsText: JSON.stringify(answer),
      });
    },
  };
}

/** The API nests under `properties` what Pulumi and the clients' models have beside the name. */
export function withoutPropertiesLevel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutPropertiesLevel);
  if (typeof value !== "object" || value === null) return value;
  const { properties, ...rest } = value as Record<string, unknown>;
  const flat = { ...rest, ...(properties as object | undefined) };
  return Object.fromEntries(Object.entries(flat).map(([key, inner]) => [key, withoutPropertiesLevel(inner)]));
}
