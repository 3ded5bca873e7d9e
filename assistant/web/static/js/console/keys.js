/** The keyboard of the console. */

import { Keys } from "../keys.js";

export const keys = new Keys(["reply", "answers", "contacts", "general"]);
