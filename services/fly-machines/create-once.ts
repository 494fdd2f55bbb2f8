import { ApiError, NoAnswerError } from "./api-error";

/**
 * Makes something of which the API would make a second one if it were asked twice. Whether the first came to be is only known from the
 * answer: without one, what is there is looked at before it is tried again.
 */
export async function createOnce<T>(
  create: () => Promise<T>,
  find: () => Promise<T | undefined>,
): Promise<T> {
  try {
    return await create();
  } catch (error) {
    if (!isFateUnknown(error)) throw error;
    return (await find()) ?? create();
  }
}

function isFateUnknown(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 408 || error.status >= 500;
  return error instanceof NoAnswerError;
}
