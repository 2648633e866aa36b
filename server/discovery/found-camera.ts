/** A camera that answered on the LAN. `url` is what to paste into "add a camera". */
export type FoundCamera = {
  readonly kind: 'onvif' | 'kasa';
  readonly address: string;
  readonly name: string;
  readonly url: string;
};
