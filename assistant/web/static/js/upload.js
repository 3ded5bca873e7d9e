/** Sending files with their progress: fetch does not tell how far it is, so this is the older way. */

import { Problem } from "./api.js";

/**
 * Posts `form` to `path`; `onProgress(share)` is called with 0 to 1 while it goes out.
 * Resolves to the parsed body, rejects with Problem (status 0: offline), as `call` does.
 */
export function upload(path, form, { onProgress, signal } = {}) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", path);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.onprogress = (event) => { if (event.lengthComputable) onProgress?.(event.loaded / event.total); };
    request.onload = () => {
      if (request.status >= 200 && request.status < 300 && request.response) return resolve(request.response);
      if (request.status === 401) location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
      return reject(new Problem(request.status, request.response ?? {}));
    };
    request.onerror = () => reject(new Problem(0, { title: "offline" }));
    request.onabort = () => reject(new DOMException("aborted", "AbortError"));
    signal?.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}
