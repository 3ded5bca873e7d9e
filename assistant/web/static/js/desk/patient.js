/** Long work that the service does one piece at a time for each person: asked again until it is our turn. */

const PAUSE_MS = 800;
const TIMES = 20;

/** What `ask()` resolves to; while the service says that work of ours is under way (429) it is asked again. */
export async function patiently(ask, signal) {
  for (let left = TIMES; ; left -= 1) {
    try {
      return await ask();
    } catch (problem) {
      if (problem.status !== 429 || !left) throw problem;
      await new Promise((resolve) => { setTimeout(resolve, PAUSE_MS); });
      signal?.throwIfAborted();
    }
  }
}
