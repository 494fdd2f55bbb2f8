import { lookUp, lookUpList, type RequestContext } from "./context";
import { inspectedImage, listedImage, type InspectedImage, type ListedImage } from "./engine-objects";
import type { Labels, Ownership } from "./ownership";
import { absent, malformed } from "./refusals";

/** An image reference in parts; what it leaves out is what the engine fills in. */
export interface ImageReference {
  /** Without docker.io/library/. */
  repository: string;
  tag?: string;
  /** `sha256:…` of a manifest. */
  digest?: string;
}

const REFERENCE =
  /^((?:[A-Za-z0-9.-]+(?::[0-9]+)?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@(sha256:[0-9a-f]{64}))?$/;
const FULL_ID = /^(sha256:)?[0-9a-f]{64}$/;
const ID_PREFIX = /^(sha256:)?[0-9a-f]{4,63}$/;

/** Parses a reference by the distribution project's grammar; undefined where it is none. */
export function parseReference(reference: string): ImageReference | undefined {
  if (reference.length > 512 || FULL_ID.test(reference)) return undefined;
  const match = REFERENCE.exec(reference);
  if (!match?.[1]) return undefined;
  const repository = match[1].replace(/^(index\.)?docker\.io\//, "").replace(/^library\//, "");
  return { repository, ...(match[2] && { tag: match[2] }), ...(match[3] && { digest: match[3] }) };
}

/** As the engine lists it: always with a tag or a digest. */
export function formatReference({ repository, tag, digest }: ImageReference): string {
  return digest === undefined ? `${repository}:${tag ?? "latest"}` : `${repository}@${digest}`;
}

/**
 * The tag that a developer's image gets: `<app>:dev-<developer id>-<tag>`, under the prefix where it is not the usual one.
 * @throws Refused where the reference names a registry or a folder
 */
export function ownTag(ownership: Ownership, reference: string): string {
  const own = parseReference(reference) && maybeOwnTag(ownership, reference);
  return (
    own ??
    malformed(
      `'${reference}' cannot be the name of your image: use <name> or <name>:<tag>, without a registry; it becomes <name>:dev-${ownership.caller.developerId}-<tag>`,
    )
  );
}

function maybeOwnTag(ownership: Ownership, reference: string): string | undefined {
  const parsed = parseReference(reference);
  if (!parsed || parsed.digest !== undefined || parsed.repository.includes("/")) return undefined;
  const { prefix } = ownership.settings;
  const start = `dev-${ownership.caller.developerId}-`;
  const { repository, tag = "latest" } = parsed;
  const ownRepository =
    prefix === "berth" || repository.startsWith(`${prefix}-`) ? repository : `${prefix}-${repository}`;
  const full = tag.startsWith(start) && tag.length > start.length ? tag : `${start}${tag}`;
  return full.length <= 128 ? `${ownRepository}:${full}` : undefined;
}

/** Whether the tag lies in the caller's namespace. */
export function isOwnTag(ownership: Ownership, tag: string): boolean {
  return maybeOwnTag(ownership, tag) === tag;
}

interface ImageFacts {
  tags: readonly string[];
  labels: Labels | null | undefined;
}

/** Whether the image is the caller's: made through the gateway, or tagged in the caller's namespace. */
export function ownsImage(ownership: Ownership, { tags, labels }: ImageFacts): boolean {
  if (ownership.permits("own", labels)) return true;
  return !ownership.isForeign(labels) && tags.some((tag) => isOwnTag(ownership, tag));
}

/** Whether the caller may see the image, run it and build on it. */
export function readsImage(ownership: Ownership, facts: ImageFacts): boolean {
  const { settings, caller } = ownership;
  if (ownsImage(ownership, facts) || ownership.permits("read", facts.labels)) return true;
  if (facts.tags.some((tag) => isSharedReference(ownership, tag))) return true;
  // Images that the operator's stacks build for developers carry the tag alone.
  return (
    caller.role === "operator" &&
    !ownership.isForeign(facts.labels) &&
    facts.tags.some(
      (tag) =>
        /^[^/]+:dev-[a-z0-9]+-/.test(tag) && (settings.prefix === "berth" || tag.startsWith(settings.prefix)),
    )
  );
}

/** Whether the settings name the reference as everybody's. */
export function isSharedReference({ settings }: Ownership, reference: string): boolean {
  const parsed = parseReference(reference);
  if (!parsed) return false;
  return settings.sharedImages.some((shared) => {
    const known = parseReference(shared);
    return known !== undefined && formatReference(known) === formatReference(parsed);
  });
}

/** An image that the caller may see. */
export interface FoundImage {
  /** `sha256:…` of its configuration. */
  id: string;
  /** The reference by which it was found: what the engine gets where a name matters. */
  reference: string;
  /** All its names, those by digest as well. */
  tags: string[];
  labels: Labels;
  /** Folders for which it declares volumes. */
  volumes: string[];
  owned: boolean;
}

/** Finds an image by reference or id, the caller's own namespace first. */
export async function findImage(context: RequestContext, reference: string): Promise<FoundImage> {
  return (await maybeImage(context, reference)) ?? absent.image(spokenReference(reference));
}

async function maybeImage(context: RequestContext, reference: string): Promise<FoundImage | undefined> {
  for (const candidate of candidates(context.ownership, reference)) {
    const image = inspectedImage.safeParse(await lookUp(context.engine, `/images/${candidate}/json`)).data;
    if (!image || !answers(image, candidate)) continue;
    const facts = { tags: namesOf(image), labels: image.Config?.Labels };
    if (!readsImage(context.ownership, facts)) continue;
    return {
      id: image.Id,
      reference: candidate,
      tags: [...facts.tags],
      labels: facts.labels ?? {},
      volumes: Object.keys(image.Config?.Volumes ?? {}),
      owned: ownsImage(context.ownership, facts),
    };
  }
  return ID_PREFIX.test(reference) ? byPrefix(context, reference) : undefined;
}

async function byPrefix(context: RequestContext, prefix: string): Promise<FoundImage | undefined> {
  const start = prefix.startsWith("sha256:") ? prefix : `sha256:${prefix}`;
  const found = (await listImages(context)).filter(
    (image) =>
      image.Id.startsWith(start) &&
      readsImage(context.ownership, { tags: namesOf(image), labels: image.Labels }),
  );
  return found.length === 1 && found[0] ? maybeImage(context, found[0].Id) : undefined;
}

/** Every image of the engine, those between builds as well. */
async function listImages({ engine }: RequestContext): Promise<ListedImage[]> {
  return listedImage.array().parse(await lookUpList(engine, "/images/json", { all: "1" }));
}

function candidates(ownership: Ownership, reference: string): string[] {
  if (FULL_ID.test(reference)) return [reference.startsWith("sha256:") ? reference : `sha256:${reference}`];
  const parsed = parseReference(reference);
  if (!parsed) return [];
  const own = maybeOwnTag(ownership, reference);
  const plain = formatReference(parsed);
  return own === undefined || own === plain ? [plain] : [own, plain];
}

/** Its tags, and the digests by which it was pulled. */
function namesOf({ RepoTags, RepoDigests }: Pick<ListedImage, "RepoTags" | "RepoDigests">): string[] {
  return [...(RepoTags ?? []), ...(RepoDigests ?? [])];
}

/** The engine also takes the start of an id for a name: what it found must be what was asked for. */
function answers(image: InspectedImage, candidate: string): boolean {
  return (
    image.Id === candidate ||
    (image.RepoTags ?? []).includes(candidate) ||
    (image.RepoDigests ?? []).includes(candidate)
  );
}

function spokenReference(reference: string): string {
  const parsed = parseReference(reference);
  return parsed ? formatReference(parsed) : reference;
}
