/** One way to call the service: JSON in, JSON out, every failure as a `Problem`. */

const LONGEST_MS = 20_000;

/** A call that failed: `status` 0 means that no answer came; `fault` says why, `wait` are the seconds asked for. */
export class Problem extends Error {
  constructor(status, body = {}, wait = 0) {
    super(body.detail || body.title || String(status));
    this.status = status;
    this.fault = body.fault ?? "";
    this.wait = wait;
  }
}

/** As JSON; half a character, left where a text was cut, is replaced: the service refuses it. */
const packed = (body) => JSON.stringify(body, (_, value) => (typeof value === "string" ? value.toWellFormed?.() ?? value : value));

/** Retry-After in seconds, however it is written; 0 without one. */
export function secondsAsked(header) {
  const seconds = Number(header);
  if (seconds > 0) return seconds;
  const until = Date.parse(header);
  return until > Date.now() ? Math.ceil((until - Date.now()) / 1000) : 0;
}

/** The response to a request that may be given up by `signal`; rejects with Problem or AbortError. */
export async function fetchFrom(address, { method = "GET", body, token, signal, headers, lang, keepalive } = {}) {
  try {
    return await fetch(address, {
      method,
      signal,
      keepalive,
      mode: "cors",
      credentials: "omit",
      cache: "no-store",
      headers: {
        Accept: "application/json",
        ...(lang ? { "Accept-Language": lang } : {}),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : packed(body),
    });
  } catch (error) {
    if (error.name === "AbortError" && signal?.aborted) throw error;
    throw new Problem(0);
  }
}

/** Calls `address`; the parsed answer, or null for one without a body. */
export async function ask(address, { signal, longest = LONGEST_MS, ...more } = {}) {
  const limit = new AbortController();
  const giveUp = () => limit.abort();
  signal?.addEventListener("abort", giveUp);
  const timer = setTimeout(giveUp, longest);
  try {
    const response = await fetchFrom(address, { ...more, signal: limit.signal });
    const answer = response.status === 204 ? null : await response.json().catch(() => undefined);
    if (!response.ok) throw new Problem(response.status, answer, secondsAsked(response.headers.get("Retry-After")));
    if (answer === undefined) throw new Problem(0);
    return answer;
  } catch (error) {
    if (error.name !== "AbortError") throw error;
    if (signal?.aborted) throw error;
    throw new Problem(0); // it took too long
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}
