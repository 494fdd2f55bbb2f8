import { z } from "zod";
import { isObject, kept, shownImage } from "../answers";
import { checkChange } from "../build/instructions";
import { isZero } from "../container/fields";
import { allow, withQuery, type RequestContext, type RouteRule } from "../context";
import { asIs, formatFilters, images, references, rewriteFilters } from "../filters";
import { findImage, isOwnTag, isSharedReference, ownTag, type FoundImage } from "../images";
import { findContainer } from "../lookup";
import { flag, matching, never, platform, text } from "../parameters";
import { absent, malformed, refuse, refuseField } from "../refusals";
import type { Allow } from "../types";
import { dropped, ownOnly } from "./container-routes";

export const imageRoutes: RouteRule[] = [
  {
    method: "GET",
    pattern: "/images/json",
    query: { all: flag, filters: text, digests: flag, "shared-size": flag, manifests: flag },
    decide: listImages,
  },
  {
    method: "GET",
    pattern: "/images/get",
    query: { names: text, platform },
    repeatable: ["names"],
    stream: true,
    decide: saveImages,
  },
  {
    method: "GET",
    pattern: "/images/{image}/get",
    query: { platform },
    stream: true,
    decide: onImage("/get"),
  },
  { method: "GET", pattern: "/images/{image}/history", query: { platform }, decide: onImage("/history") },
  {
    method: "GET",
    pattern: "/images/{image}/json",
    query: { manifests: flag, platform },
    decide: inspectImage,
  },
  {
    method: "POST",
    pattern: "/images/create",
    query: {
      fromImage: text,
      tag: text,
      platform,
      fromSrc: never("images come from builds: docker build, with FROM scratch and ADD of the archive"),
      repo: never("it belongs to imports"),
      message: never("it belongs to imports"),
      changes: never("it belongs to imports"),
    },
    ...dropped,
    stream: true,
    decide: pullImage,
  },
  {
    method: "POST",
    pattern: "/images/{image}/tag",
    query: { repo: text, tag: text },
    ...dropped,
    decide: tagImage,
  },
  { method: "POST", pattern: "/images/prune", query: { filters: text }, ...dropped, decide: pruneImages },
  {
    method: "DELETE",
    pattern: "/images/{image}",
    query: { force: flag, noprune: flag, platforms: text },
    decide: removeImage,
  },
  {
    method: "POST",
    pattern: "/commit",
    query: {
      container: text,
      repo: text,
      tag: text,
      comment: text,
      author: text,
      pause: flag,
      changes: matching(/^[^\0]{0,4096}$/, "instructions"),
    },
    repeatable: ["changes"],
    body: "json",
    decide: commit,
  },
];

async function listImages(context: RequestContext): Promise<Allow> {
  const plain = { dangling: asIs, label: asIs, until: asIs };
  const filters = await rewriteFilters(context, {
    ...plain,
    reference: references,
    before: images,
    since: images,
  });
  return allow(context, "images", {
    query: withQuery(context.query, { filters: formatFilters(filters) }),
    answer: { json: (body) => kept(body, (image) => shownImage(context.ownership, image)) },
  });
}

function onImage(action: string): RouteRule["decide"] {
  return async (context) => {
    const image = await findImage(context, context.names["image"] ?? "");
    return allow(context, `image ${image.reference}`, { path: `/images/${image.reference}${action}` });
  };
}

async function inspectImage(context: RequestContext): Promise<Allow> {
  const image = await findImage(context, context.names["image"] ?? "");
  return allow(context, `image ${image.reference}`, {
    path: `/images/${image.id}/json`,
    answer: {
      json: (body) => {
        if (!isObject(body)) return {};
        const shown = shownImage(context.ownership, { ...body, Labels: image.labels });
        return { ...body, RepoTags: shown?.["RepoTags"] ?? [] };
      },
    },
  });
}

async function saveImages(context: RequestContext): Promise<Allow> {
  const found = await Promise.all(
    (context.repeated.get("names") ?? []).map((name) => findImage(context, name)),
  );
  if (found.length === 0) malformed("query parameter 'names' is missing");
  return allow(context, `images ${found.map(({ reference }) => reference).join(" ")}`, {
    query: [...context.query, ...found.map(({ reference }) => ["names", reference] as const)],
  });
}

/** Pulls go out with the engine's rights and bring in what nobody has looked at: only what the settings name. */
function pullImage(context: RequestContext): Allow {
  const { ownership, query } = context;
  const image = query.get("fromImage") ?? "";
  const tag = query.get("tag") ?? "";
  const reference = tag === "" ? image : `${image}${tag.startsWith("sha256:") ? "@" : ":"}${tag}`;
  if (!isSharedReference(ownership, reference)) {
    refuse(
      403,
      "pull",
      `pulling ${reference.slice(0, 200)} is not allowed: build it (docker build, FROM a shared image), or ask the operator to add it to the gateway's sharedImages`,
      "image pull",
    );
  }
  return allow(context, `image ${reference}`);
}

async function tagImage(context: RequestContext): Promise<Allow> {
  const image = await findImage(context, context.names["image"] ?? "");
  const { repo, tag } = targetOf(context);
  return allow(context, `image ${repo}:${tag}`, {
    path: `/images/${image.id}/tag`,
    query: [
      ["repo", repo],
      ["tag", tag],
    ],
  });
}

/** Repository and tag in the caller's namespace. */
function targetOf({ ownership, query }: RequestContext): { repo: string; tag: string } {
  const asked = query.get("repo") ?? "";
  const tagged = query.get("tag") ?? "";
  const full = ownTag(ownership, tagged === "" ? asked : `${asked}:${tagged}`);
  const cut = full.indexOf(":");
  return { repo: full.slice(0, cut), tag: full.slice(cut + 1) };
}

async function pruneImages(context: RequestContext): Promise<Allow> {
  const filters = await rewriteFilters(context, { dangling: asIs, label: asIs, "label!": asIs, until: asIs });
  return allow(context, "own images", {
    query: withQuery(context.query, { filters: ownOnly(context, filters) }),
  });
}

/** By name: the caller's own tag goes. By id: only where every name of it is the caller's. */
async function removeImage(context: RequestContext): Promise<Allow> {
  const asked = context.names["image"] ?? "";
  const image = await findImage(context, asked);
  const byOwnTag = isOwnTag(context.ownership, image.reference);
  if (!byOwnTag && !ownsWhole(context, image)) absent.image(asked);
  return allow(context, `image ${image.reference}`, {
    path: `/images/${byOwnTag ? image.reference : image.id}`,
  });
}

function ownsWhole({ ownership }: RequestContext, image: FoundImage): boolean {
  if (ownership.caller.role === "operator" && ownership.permits("operate", image.labels)) return true;
  const labelled = image.labels["berth.owner"] === undefined || ownership.permits("own", image.labels);
  return image.owned && labelled && image.tags.every((tag) => isOwnTag(ownership, tag));
}

async function commit(context: RequestContext): Promise<Allow> {
  const { ownership, query, repeated } = context;
  const container = await findContainer(context, query.get("container") ?? "", "own");
  if (
    !isZero(context.body) &&
    !Object.values(z.record(z.string(), z.unknown()).parse(context.body)).every(isZero)
  ) {
    refuseField("body", "what a commit changes is given with --change");
  }
  for (const change of repeated.get("changes") ?? []) checkChange(change);
  const name = container.Name.slice(1);
  const target = query.get("repo") ? targetOf(context) : undefined;
  const changes = [
    ...(repeated.get("changes") ?? []),
    // What the container's own labels say of its place in the proxy is not the image's.
    ...Object.entries(ownership.labels("dev")).map(([key, value]) => `LABEL ${key}=${value}`),
  ];
  return allow(context, `container ${name}`, {
    query: [
      ...withQuery(query, { container: container.Id, repo: target?.repo, tag: target?.tag }),
      ...changes.map((change) => ["changes", change] as const),
    ],
    body: {},
  });
}
