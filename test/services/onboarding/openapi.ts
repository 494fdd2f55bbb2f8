import { z } from "zod";
import type { Answer } from "./https";

/** The part of an OpenAPI document that answers are held against. */
export interface OpenApi {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

interface Operation {
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { content?: Record<string, { schema: JsonSchema }> }>;
}

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

/** Holds a real answer against what the served document says of it. @throws Error that says how it departs. */
export function assertConforms(document: OpenApi, method: string, route: string, answer: Answer): void {
  const responses = document.paths[route]?.[method]?.responses;
  const response = responses?.[answer.status] ?? responses?.[`${Math.floor(answer.status / 100)}XX`];
  const schema = response?.content?.["application/json"]?.schema;
  if (schema === undefined) {
    throw new Error(
      `${method} ${route}: ${answer.status} is not in the document (${Object.keys(responses ?? {}).join()})`,
    );
  }
  z.fromJSONSchema(schema).parse(JSON.parse(answer.text));
}
