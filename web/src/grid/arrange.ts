/** The cameras in the order a person gave them; cameras that the order does not know follow in their own order. */
export function inOrder<Item extends { readonly id: string }>(
  items: readonly Item[],
  order: readonly string[],
): Item[] {
  const places = new Map(order.map((id, place) => [id, place]));
  const placeOf = (item: Item) => places.get(item.id) ?? order.length;
  return [...items].sort((a, b) => placeOf(a) - placeOf(b));
}

/** The ids with one of them moved to another place; an id that is not there changes nothing. */
export function moved(ids: readonly string[], id: string, place: number): readonly string[] {
  const from = ids.indexOf(id);
  const to = Math.max(0, Math.min(place, ids.length - 1));
  if (from === -1 || from === to) return ids;
  const rest = ids.filter((other) => other !== id);
  return [...rest.slice(0, to), id, ...rest.slice(to)];
}

/** Matches names and ids as people type them: any case, without accents, words in any order. */
export function matchesSearch(camera: { readonly id: string; readonly name: string }, search: string): boolean {
  const text = plain(`${camera.name} ${camera.id}`);
  return plain(search)
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function plain(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .toLocaleLowerCase();
}
