/** Our own icons on a 20 x 20 grid: outlines of 1.5, round ends. Each is one path in the current colour. */
const PATHS = {
  add: 'M10 4v12M4 10h12',
  back: 'M12 4l-6 6 6 6',
  forward: 'M8 4l6 6-6 6',
  down: 'M5 8l5 5 5-5',
  close: 'M5 5l10 10M15 5L5 15',
  check: 'M4 10.5l4 4 8-9',
  search: 'M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM13 13l4 4',
  more: 'M4.5 10h.01M10 10h.01M15.5 10h.01',
  sound: 'M3 8v4h3l4 3.5v-11L6 8zM13 7.5a3.5 3.5 0 0 1 0 5M15.5 5a7 7 0 0 1 0 10',
  muted: 'M3 8v4h3l4 3.5v-11L6 8zM13.5 8l4 4M17.5 8l-4 4',
  talk: 'M10 12.5A2.5 2.5 0 0 0 12.5 10V5a2.5 2.5 0 0 0-5 0v5a2.5 2.5 0 0 0 2.5 2.5zM4.5 9.5a5.5 5.5 0 0 0 11 0M10 15v2.5',
  snapshot: 'M3 6.5h3L7.5 4h5L14 6.5h3v9H3zM10 13.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  'picture-in-picture': 'M17 9V4.5H3v11h5M11 12h6v4h-6z',
  share: 'M10 12V3M6.5 6L10 2.5 13.5 6M5 9H4v8h12V9h-1',
  'full-screen': 'M3.5 7.5v-4h4M12.5 3.5h4v4M16.5 12.5v4h-4M7.5 16.5h-4v-4',
  'leave-full-screen': 'M7.5 3.5v4h-4M16.5 7.5h-4v-4M12.5 16.5v-4h4M3.5 12.5h4v4',
  settings: 'M3 6h7M14 6h3M3 14h3M10 14h7M12 8a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 16a2 2 0 1 0 0-4 2 2 0 0 0 0 4z',
  edit: 'M4 16l.8-3.6L13 4.2l2.8 2.8-8.2 8.2zM11.5 5.7l2.8 2.8',
  delete: 'M4 5.5h12M8 5V3h4v2M5.5 5.5L6.3 17h7.4l.8-11.5M8.5 8.5v5.5M11.5 8.5v5.5',
  grid: 'M3.5 3.5h5v5h-5zM11.5 3.5h5v5h-5zM3.5 11.5h5v5h-5zM11.5 11.5h5v5h-5z',
  single: 'M3 4.5h14v11H3z',
  focus: 'M3 3.5h14v8H3zM3 14h3.5v2.5H3zM8.3 14h3.4v2.5H8.3zM13.5 14H17v2.5h-3.5z',
  rotate: 'M16 8A6.5 6.5 0 0 0 4.5 6.5M4 12a6.5 6.5 0 0 0 11.5 1.5M4.5 3v3.5H8M15.5 17v-3.5H12',
  person: 'M10 10a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 17a6.5 6.5 0 0 1 13 0',
  people: 'M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5a5.5 5.5 0 0 1 11 0M13 4a3 3 0 0 1 0 5.5M15 12a5 5 0 0 1 3 4.5',
  key: 'M7 13a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM10.5 9.5H18V12M14.5 9.5V12',
  list: 'M3.5 5h.01M3.5 10h.01M3.5 15h.01M7 5h10M7 10h10M7 15h10',
  camera: 'M3 6h9.5v8H3zM12.5 9L17 6.5v7L12.5 11z',
  warning: 'M10 3.5L18 16.5H2zM10 8v4M10 14.3h.01',
  information: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM10 9.5V14M10 6.5h.01',
  copy: 'M7 7h9.5v9.5H7zM4.5 13h-1V3.5H13v1',
  help: 'M10 17a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM8 8a2 2 0 1 1 2.8 1.8c-.6.3-.8.7-.8 1.4M10 13.8h.01',
  stop: 'M5 5h10v10H5z',
  eye: 'M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5zM10 12.3a2.3 2.3 0 1 0 0-4.6 2.3 2.3 0 0 0 0 4.6z',
  arrange: 'M10 2.5v15M2.5 10h15M7.5 5L10 2.5 12.5 5M7.5 15l2.5 2.5 2.5-2.5M5 7.5L2.5 10 5 12.5M15 7.5l2.5 2.5-2.5 2.5',
  link: 'M8.5 11.5a3 3 0 0 0 4.2 0l3-3a3 3 0 0 0-4.2-4.2l-1 1M11.5 8.5a3 3 0 0 0-4.2 0l-3 3a3 3 0 0 0 4.2 4.2l1-1',
  sun: 'M10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon is decoration only: the control around it has the name. */
export function Icon({ name, small = false }: { readonly name: IconName; readonly small?: boolean }) {
  const size = small ? 16 : 20;
  return (
    <svg
      viewBox="0 0 20 20"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      stroke-width={name === 'more' ? 2.5 : 1.5}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
