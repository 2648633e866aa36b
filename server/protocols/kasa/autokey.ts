/** TP-Link's obfuscation: each cipher byte is the key of the next one. It protects nothing, but the devices require it. */
const FIRST_KEY = 0xab;

export function encodeAutokey(plain: Uint8Array): Uint8Array {
  const out = new Uint8Array(plain.length);
  let key = FIRST_KEY;
  for (let at = 0; at < plain.length; at++) {
    key ^= plain[at] as number;
    out[at] = key;
  }
  return out;
}

export function decodeAutokey(cipher: Uint8Array): Uint8Array {
  const out = new Uint8Array(cipher.length);
  let key = FIRST_KEY;
  for (let at = 0; at < cipher.length; at++) {
    const byte = cipher[at] as number;
    out[at] = key ^ byte;
    key = byte;
  }
  return out;
}
