import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A gateway that runs writes its address here, for commands that make links to it. */
const ADDRESS_FILE = 'oriel.address';

/** Answers with how to take the address back. A folder that cannot be written has none; commands then guess the usual one. */
export function writeGatewayAddress(folder: string, url: string): () => void {
  const file = join(folder, ADDRESS_FILE);
  try {
    writeFileSync(file, `${url}\n`);
  } catch {
    return () => {};
  }
  return () => rmSync(file, { force: true });
}

/** The address of the gateway that runs on this folder, when one does. */
export function readGatewayAddress(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, ADDRESS_FILE), 'utf8').trim();
    return /^https?:\/\/\S+$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
