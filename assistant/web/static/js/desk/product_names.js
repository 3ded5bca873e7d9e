/** Products as people know them. Entries keep their ids; whoever draws a page tells the names first. */

const names = new Map();

/** Learns names by id. */
export function learnProducts(known) {
  for (const [id, name] of Object.entries(known)) names.set(id, name);
}

/** What a product is called; its id where that is not known. */
export const productName = (id) => names.get(id) ?? id;

/** The id that is meant by a name or an id; what is neither stays as it is. */
export function productId(word) {
  const wanted = word.toLowerCase();
  return [...names].find(([id, name]) => id === word || name.toLowerCase() === wanted)?.[0] ?? word;
}
