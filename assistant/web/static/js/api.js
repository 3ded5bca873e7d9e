/** One way to call the service: JSON in, JSON out, problem details as errors. */

import { t } from "./i18n.js";
import { learnTime } from "./server_time.js";

export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || String(status));
    this.status = status;
    this.title = body.title || "";
    this.errors = body.errors || [];
    this.body = body; // what an answer says beyond that, such as the questions that would break
  }
}

/** What went wrong, in words. */
export const told = (problem) => (problem.status === 0 ? t("common.offline") : problem.errors?.[0]?.message ?? (problem.message || t("common.failed")));

/** As JSON; half a character, left where a text was cut, is replaced: the service refuses it. */
const packed = (body) => JSON.stringify(body, (_, value) => (typeof value === "string" ? value.toWellFormed() : value));

/**
 * Calls `path`; resolves to the parsed body, rejects with Problem (status 0: offline). With `type` the body is a text
 * of that media type and goes out as it is.
 */
export async function call(method, path, body, { signal, headers, type } = {}) {
  let response;
  const asked = Date.now();
  try {
    response = await fetch(path, {
      method,
      signal,
      headers: {
        Accept: "application/json",
        ...(body === undefined ? {} : { "Content-Type": type ?? "application/json" }),
        ...headers,
      },
      body: body === undefined || type ? body : packed(body),
      credentials: "same-origin",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem(0, { title: "offline" });
  }
  learnTime(response.headers.get("Date"), asked);
  if (response.status === 401) {
    // The sign-in form stands in no frame: there a notice opens it in a window.
    const signIn = window.parent === window ? "/login" : "/agent/sign-in";
    location.assign(`${signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
    throw new Problem(401, {});
  }
  const parsed = response.status === 204 ? null : await response.json().catch(() => {
    signal?.throwIfAborted(); // given up half-way: no answer, and no fault
    if (response.ok) throw new Problem(0, { title: "offline" });
    return {};
  });
  if (!response.ok) throw new Problem(response.status, parsed || {});
  return parsed;
}
