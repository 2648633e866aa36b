/** A place on the page in CSS pixels. */
export type Place = { readonly left: number; readonly top: number; readonly width: number; readonly height: number };

export const LAYOUTS = ['auto', '1', '2', '3', '4', '5', '6', 'focus'] as const;
export type Layout = (typeof LAYOUTS)[number];

export type GridSpace = {
  readonly width: number;
  readonly height: number;
  /** Width of a picture divided by its height. */
  readonly aspect: number;
  readonly gap: number;
  /** A picture that is less wide than this is too small to read. The page scrolls instead. */
  readonly minTileWidth: number;
};

export type GridPlan = {
  readonly places: readonly Place[];
  /** Tiles in a row, for the arrow keys. */
  readonly columns: number;
  /** The height of the page when it scrolls. */
  readonly height: number;
};

const FIXED_SIDES: Partial<Record<Layout, number>> = { '1': 1, '2': 2, '3': 3, '4': 4, '5': 5, '6': 6 };

/** How many cameras one page of a layout shows; the others come on further pages. */
export function pageSize(layout: Layout, count: number): number {
  const side = FIXED_SIDES[layout];
  return side ? side * side : Math.max(count, 1);
}

export function planGrid(layout: Layout, count: number, space: GridSpace): GridPlan {
  if (count === 0 || space.width <= 0 || space.height <= 0) return { places: [], columns: 1, height: 0 };
  const side = FIXED_SIDES[layout];
  if (side) return planColumns(count, side, side, space);
  if (layout === 'focus' && count > 1) return planFocus(count, space);
  return planAuto(count, space);
}

/**
 * Takes the number of columns that makes the pictures largest. When they are still too small to read, the page
 * scrolls.
 */
function planAuto(count: number, space: GridSpace): GridPlan {
  let best = { columns: 1, width: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const { width } = largest(columns, Math.ceil(count / columns), space);
    if (width > best.width) best = { columns, width };
  }
  if (best.width >= Math.min(space.minTileWidth, space.width)) {
    return lastRowCentred(planColumns(count, best.columns, Math.ceil(count / best.columns), space), space.gap);
  }
  return lastRowCentred(planScrolling(count, space), space.gap);
}

/** The largest picture of which `columns` x `rows` fit. */
function largest(columns: number, rows: number, space: GridSpace): { width: number; height: number } {
  const widest = (space.width - space.gap * (columns - 1)) / columns;
  const highest = (space.height - space.gap * (rows - 1)) / rows;
  const width = Math.max(Math.min(widest, highest * space.aspect), 0);
  return { width, height: width / space.aspect };
}

function planColumns(count: number, columns: number, rows: number, space: GridSpace): GridPlan {
  const tile = largest(columns, rows, space);
  const used = { width: across(columns, tile.width, space.gap), height: across(rows, tile.height, space.gap) };
  const left = (space.width - used.width) / 2;
  const top = (space.height - used.height) / 2;
  return { places: inRows(count, columns, tile, { left, top }, space.gap), columns, height: space.height };
}

/** A last row that is not full stands in the middle. */
function lastRowCentred(plan: GridPlan, gap: number): GridPlan {
  const { places, columns } = plan;
  const rest = places.length % columns;
  const shift = rest === 0 ? 0 : ((columns - rest) * ((places[0]?.width ?? 0) + gap)) / 2;
  const moved = places.map((place, at) => (at < places.length - rest ? place : { ...place, left: place.left + shift }));
  return { ...plan, places: moved };
}

function planScrolling(count: number, space: GridSpace): GridPlan {
  const columns = Math.max(1, Math.floor((space.width + space.gap) / (space.minTileWidth + space.gap)));
  const width = (space.width - space.gap * (columns - 1)) / columns;
  const tile = { width, height: width / space.aspect };
  const height = across(Math.ceil(count / columns), tile.height, space.gap);
  return { places: inRows(count, columns, tile, { left: 0, top: 0 }, space.gap), columns, height };
}

const STRIP_SHARE = 0.25;

/**
 * Makes the first tile large and puts the others into one strip, below it in a high window and beside it in a wide
 * one.
 */
function planFocus(count: number, space: GridSpace): GridPlan {
  const below = focusBelow(count, space);
  const beside = transposed(focusBelow(count, transposedSpace(space)));
  const best = widthOf(below) >= widthOf(beside) ? below : beside;
  return widthOf(best) >= space.minTileWidth ? { ...best, height: space.height } : planAuto(count, space);
}

function widthOf(plan: GridPlan): number {
  return plan.places[0]?.width ?? 0;
}

function focusBelow(count: number, space: GridSpace): GridPlan {
  const { width, height, gap } = space;
  const others = count - 1;
  const highest = height * STRIP_SHARE;
  const smallest = Math.min(space.minTileWidth / 2, highest * space.aspect);
  const tileWidth = Math.max(Math.min((width - gap * (others - 1)) / others, highest * space.aspect), smallest);
  const columns = Math.max(1, Math.min(others, Math.floor((width + gap) / (tileWidth + gap))));
  const rows = Math.ceil(others / columns);
  const tile = { width: tileWidth, height: tileWidth / space.aspect };
  const stripHeight = across(rows, tile.height, gap);
  const large = largest(1, 1, { ...space, height: height - stripHeight - gap });
  const top = (height - large.height - gap - stripHeight) / 2;
  const first: Place = { left: (width - large.width) / 2, top, ...large };
  const strip = { left: (width - across(columns, tileWidth, gap)) / 2, top: top + large.height + gap };
  return { places: [first, ...inRows(others, columns, tile, strip, gap)], columns, height };
}

/** Placing the strip beside the large tile is the same as placing it below, with width and height exchanged. */
function transposedSpace(space: GridSpace): GridSpace {
  const { width, height, aspect, minTileWidth } = space;
  return { ...space, width: height, height: width, aspect: 1 / aspect, minTileWidth: minTileWidth / aspect };
}

function transposed(plan: GridPlan): GridPlan {
  const places = plan.places.map(({ left, top, width, height }) => ({
    left: top,
    top: left,
    width: height,
    height: width,
  }));
  return { ...plan, places };
}

function across(count: number, size: number, gap: number): number {
  return count * size + (count - 1) * gap;
}

function inRows(
  count: number,
  columns: number,
  tile: { readonly width: number; readonly height: number },
  origin: { readonly left: number; readonly top: number },
  gap: number,
): Place[] {
  return Array.from({ length: count }, (_, at) => ({
    left: origin.left + (at % columns) * (tile.width + gap),
    top: origin.top + Math.floor(at / columns) * (tile.height + gap),
    ...tile,
  }));
}

export type Direction = 'left' | 'right' | 'up' | 'down';

/** The tile an arrow key leads to: the nearest whose middle lies in that direction. */
export function neighbour(places: readonly Place[], from: number, direction: Direction): number {
  const here = places[from];
  if (!here) return places.length > 0 ? 0 : -1;
  let best = { at: from, distance: Number.POSITIVE_INFINITY };
  for (const [at, place] of places.entries()) {
    if (at === from) continue;
    const right = place.left + place.width / 2 - (here.left + here.width / 2);
    const down = place.top + place.height / 2 - (here.top + here.height / 2);
    const [ahead, aside] = direction === 'left' || direction === 'right' ? [right, down] : [down, right];
    const forward = direction === 'left' || direction === 'up' ? -ahead : ahead;
    if (forward < 1) continue;
    const distance = forward + Math.abs(aside) * 3;
    if (distance < best.distance) best = { at, distance };
  }
  return best.at;
}
