import { ApiError, NoAnswerError } from "./api-error";

/** What a step is about, for its errors. */
export interface Subject {
  app: string;
  region?: string;
  organization?: string;
  image?: string;
}

interface Reason {
  when: (error: ApiError) => boolean;
  /** What is wrong, and how to mend it. */
  says: (subject: Subject) => string;
}

const says = (error: ApiError, ...patterns: RegExp[]): boolean =>
  patterns.some((pattern) => pattern.test(error.words));

/** In this order: Fly.io answers one thing with several statuses (Kilo-Org/cloud#787, superfly/flyctl#5141, fly-go's error codes). */
const REASONS: Reason[] = [
  {
    when: ({ status }) => status === 401,
    says: () => "it does not take the token: set FLY_API_TOKEN to a new one of 'fly tokens create org'",
  },
  {
    when: (error) => error.code === "name_taken" || says(error, /name has already been taken/i),
    says: ({ app }) =>
      `the name ${app} belongs to somebody else there: choose another namePrefix for the workspace`,
  },
  {
    when: (error) =>
      says(error, /allowed quota|quota exceeded|reached (its|the|your) .*limit|limit reached/i) ||
      says(error, /payment method|payment information|credit card|enough trust/i),
    says: ({ organization }) =>
      `the organization ${organization ?? ""} may have no more: remove what it does not need, or raise its limit (billing@fly.io, fly.io/dashboard)`,
  },
  {
    when: (error) =>
      error.code === "volume_placement_capacity" || says(error, /insufficient resources.*volume/i),
    says: () =>
      "the host that holds the volume has no room for the machine: try again later or with a smaller size; 'fly volumes fork' copies the volume to another host",
  },
  {
    when: (error) =>
      error.code === "insufficient_capacity" ||
      says(error, /insufficient (resources|memory|capacity)|(no|at|out of) capacity|could not reserve/i),
    says: ({ region }) =>
      `region ${region ?? ""} has no room for it now: try again later, with a smaller size, or make the workspace in another region`,
  },
  {
    when: (error) => error.status === 403,
    says: ({ organization }) =>
      `the token may not do that: make one for the organization ${organization ?? "of the app"} ('fly tokens create org'). A name that somebody else's app has answers the same: then choose another namePrefix`,
  },
  {
    when: (error) => says(error, /manifest|image.*(not found|unknown)|failed to (pull|resolve|get).*image/i),
    says: ({ image }) =>
      `it cannot pull the image ${image ?? ""}: push it to registry.fly.io (fly auth docker) or to a public registry`,
  },
  {
    when: (error) => says(error, /region/i) && [400, 404, 422].includes(error.status),
    says: ({ region }) => `it has no region ${region ?? ""}: 'fly platform regions' lists them`,
  },
  {
    when: (error) => says(error, /organization|org_slug/i) && [400, 404, 422].includes(error.status),
    says: ({ organization }) =>
      `it knows no organization ${organization ?? ""}: 'fly orgs list' has the slugs`,
  },
  {
    when: ({ status }) => status === 429,
    says: () => "it takes no more requests of this kind now: wait a minute, then run the command again",
  },
  {
    when: ({ status }) => status >= 500,
    says: () => "it has a fault of its own: look at status.flyio.net, then run the command again",
  },
];

/**
 * An error of the API in the words of whoever runs the command. Errors of our own stay as they are.
 * @param doing what was tried: `make the volume`.
 */
export function explained(error: unknown, doing: string, subject: Subject): Error {
  if (error instanceof NoAnswerError) {
    return new Error(
      `Fly.io: cannot ${doing} of ${subject.app}: ${error.message}: check the connection, FLY_FLAPS_BASE_URL and FLY_API_HOSTNAME, then run the command again`,
      { cause: error },
    );
  }
  if (!(error instanceof ApiError)) return error instanceof Error ? error : new Error(String(error));
  const reason = REASONS.find(({ when }) => when(error))?.says(subject);
  const id = error.requestId === undefined ? "" : `, request ${error.requestId}`;
  const words = `${error.request} answered ${error.status}: "${error.words}"${id}`;
  return new Error(
    `Fly.io: cannot ${doing} of ${subject.app}: ${reason === undefined ? words : `${reason} (${words})`}`,
    { cause: error },
  );
}
