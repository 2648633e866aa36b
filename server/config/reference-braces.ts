import { type Document, visit } from 'yaml';

/** Two characters that mean nothing to YAML; of the private area, so that nobody writes them. */
const [OPEN, CLOSE] = ['\ue000', '\ue001'];

/**
 * `token: ${NAME}` ends a plain text inside `{ … }` and `[ … ]`, because YAML takes the braces for its own. They are put out of its
 * sight, length for length, so that every place in the file stays where it is.
 */
export function hideReferenceBraces(text: string): string {
  return text.replaceAll(/\$\{(\w+)\}/g, `$$${OPEN}$1${CLOSE}`);
}

export function showReferenceBraces(document: Document): void {
  visit(document, {
    Scalar(_key, node) {
      if (typeof node.value === 'string') node.value = shown(node.value);
      if (typeof node.source === 'string') node.source = shown(node.source);
    },
  });
}

function shown(text: string): string {
  return text.replaceAll(OPEN, '{').replaceAll(CLOSE, '}');
}
