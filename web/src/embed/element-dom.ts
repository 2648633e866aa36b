/** The icons of the controls, drawn on a 20 x 20 grid in the current colour. */
const ICONS = {
  sound: 'M3 8v4h3l4 3.5v-11L6 8zM13 7.5a3.5 3.5 0 0 1 0 5M15.5 5a7 7 0 0 1 0 10',
  muted: 'M3 8v4h3l4 3.5v-11L6 8zM13.5 8l4 4M17.5 8l-4 4',
  play: 'M6 4l10 6-10 6z',
  snapshot: 'M3 6.5h3L7.5 4h5L14 6.5h3v9H3zM10 13.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  'picture-in-picture': 'M17 9V4.5H3v11h5M11 12h6v4h-6z',
  'full-screen': 'M3.5 7.5v-4h4M12.5 3.5h4v4M16.5 12.5v4h-4M7.5 16.5h-4v-4',
  statistics: 'M4 16V9M8 16V4M12 16v-5M16 16V7',
} as const;

export type IconName = keyof typeof ICONS;

const SVG = 'http://www.w3.org/2000/svg';

export function createElement<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  className: string,
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...children);
  return element;
}

/** A button that shows an icon and is called by its label. */
export function createButton(icon: IconName, label: string, press: () => void): HTMLButtonElement {
  const button = createElement('button', 'control', createIcon(icon));
  button.type = 'button';
  button.addEventListener('click', press);
  labelButton(button, label);
  return button;
}

export function labelButton(button: HTMLButtonElement, label: string, icon?: IconName): void {
  button.title = label;
  button.setAttribute('aria-label', label);
  if (icon) button.querySelector('path')?.setAttribute('d', ICONS[icon]);
}

function createIcon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}
