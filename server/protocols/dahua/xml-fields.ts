/** A flat `<body>` as ordered fields: order matters, devices sign and parse by it. */
export type XmlField = readonly [name: string, value: string];

const FIELD = /<(\w+)>([^<]*)<\/\1>/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** Fields of the first `<body>`: some replies carry the document twice. A missing or empty body has none. */
export function parseXmlFields(xml: string): ReadonlyMap<string, string> {
  const from = xml.indexOf('<body>');
  const fields = new Map<string, string>();
  if (from < 0) return fields;
  const to = xml.indexOf('</body>', from);
  const inner = xml.slice(from + '<body>'.length, to < 0 ? undefined : to);
  for (const [, name = '', value = ''] of inner.matchAll(FIELD)) {
    if (!fields.has(name)) fields.set(name, unescapeXml(value));
  }
  return fields;
}

export function serializeXmlFields(fields: readonly XmlField[]): string {
  return `<body>${fields.map(([name, value]) => `<${name}>${escapeXml(value)}</${name}>`).join('')}</body>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function unescapeXml(text: string): string {
  return text.replace(/&(\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}
