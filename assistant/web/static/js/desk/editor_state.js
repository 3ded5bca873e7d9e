/** What is being written, as one plain object: what the form shows, what is autosaved, what is sent. */

const EMPTY = {
  kind: "", title: "", body: "", lang: "zh-CN", audience: "customer", effective_from: "", effective_until: "", risk: 2,
  products: [], channels: [], tags: [], questions: [], counter: [], depends_on: [], supersedes: [], short_code: "", slots: [],
};

/** A whole state from what is known of one; what is unknown has its default. */
export function whole({ id = "", content = {}, stewardship = {} } = {}) {
  const kept = Object.fromEntries(Object.keys(EMPTY).map((name) => [name, structuredClone(content[name] ?? EMPTY[name])]));
  const { owner = "", reviewer = "", review_every: every = 0 } = stewardship;
  return { id, content: kept, stewardship: { owner, reviewer, review_every: every } };
}

/** The content as the service takes it: only what its kind has, texts trimmed, empty dates as none. */
export function contentIn({ content }) {
  const found = structuredClone(content);
  for (const name of ["effective_from", "effective_until"]) found[name] ||= null;
  found.title = found.title.trim();
  found.slots = found.slots.filter(({ name, label }) => name || label);
  if (found.kind !== "faq") found.counter = [];
  if (found.kind !== "reply") Object.assign(found, { short_code: "", slots: [] });
  return found;
}

/** Whether two plain values say the same, whatever the order of their keys. */
export function same(one, other) {
  if (Object.is(one, other)) return true;
  if (typeof one !== "object" || typeof other !== "object" || !one || !other) return false;
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => same(one[key], other[key]));
}

/** A moment as the service tells it (with the site's offset) as the form holds it: local, no finer than needed. */
function localMoment(iso) {
  const [, date, clock, seconds] = iso?.match(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):(\d\d)/) ?? [];
  if (!date) return "";
  return seconds !== "00" ? `${date}T${clock}:${seconds}` : clock === "00:00" ? date : `${date}T${clock}`;
}

/** Content as the service tells it, as the form holds it. */
export const fromService = (content) => ({ ...content, effective_from: localMoment(content.effective_from), effective_until: localMoment(content.effective_until) });

/** Whether nobody has written anything yet. */
export const untouched = ({ content }) => !content.title.trim() && !content.body.trim() && !content.questions.length;

const CASE = ["场景", "原因", "处理", "政策依据", "结果"];
const CASE_EN = ["Scene", "Cause", "Handling", "Policy basis", "Outcome"];

/** What the body of a new entry of a kind begins with. */
export function scaffold(kind, lang) {
  if (kind === "case") return (lang === "en" ? CASE_EN : CASE).map((part) => `## ${part}\n\n`).join("\n");
  return kind === "reply" ? "## chat\n\n" : "";
}

/** Whether a body holds nothing but such a beginning, so that another kind's may take its place. */
export const onlyScaffold = (body) => !body.replace(/^#{2}.*$/gm, "").trim();
