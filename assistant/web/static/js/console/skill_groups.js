/** The skill groups of the site, as the reader calls them. */

import { call } from "../api.js";

let loading = null;
const labels = new Map();

/** All groups as `{ name, label }`; asked for once, again after a failure. */
export function skillGroups() {
  loading ??= call("GET", "/api/v1/skill-groups").then(({ groups }) => {
    groups.forEach(({ name, label }) => labels.set(name, label));
    return groups;
  }).catch((problem) => {
    loading = null;
    throw problem;
  });
  return loading;
}

/** What the reader calls a group; its own name until the list is here. */
export const groupLabel = (name) => labels.get(name) ?? name;
