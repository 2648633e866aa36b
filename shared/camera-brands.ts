/**
 * The usual addresses of common brands, checked against field notes. `{host}` stands for the camera's address. ONVIF or the
 * user can override all of them.
 */
export type CameraBrand = {
  readonly name: string;
  readonly main: string;
  readonly sub?: string;
  /** What the user should know before typing an address. */
  readonly note?: string;
};

/** The brands that speak RTSP. The brands of other kinds are in source-kinds.ts, which also lists all of them. */
export const RTSP_BRANDS: readonly CameraBrand[] = [
  {
    name: 'Amcrest',
    main: 'rtsp://{host}/cam/realmonitor?channel=1&subtype=0',
    sub: 'rtsp://{host}/cam/realmonitor?channel=1&subtype=1',
  },
  {
    name: 'Axis',
    main: 'rtsp://{host}/axis-media/media.amp',
    sub: 'rtsp://{host}/axis-media/media.amp?resolution=640x360',
  },
  {
    name: 'Dahua',
    main: 'rtsp://{host}/cam/realmonitor?channel=1&subtype=0',
    sub: 'rtsp://{host}/cam/realmonitor?channel=1&subtype=1',
    note: 'Locks the account after a few wrong passwords.',
  },
  { name: 'Foscam', main: 'rtsp://{host}:88/videoMain', sub: 'rtsp://{host}:88/videoSub' },
  {
    name: 'Hikvision',
    main: 'rtsp://{host}/Streaming/Channels/101',
    sub: 'rtsp://{host}/Streaming/Channels/102',
  },
  { name: 'Reolink', main: 'rtsp://{host}/h264Preview_01_main', sub: 'rtsp://{host}/h264Preview_01_sub' },
  {
    name: 'Tapo',
    main: 'rtsp://{host}/stream1',
    sub: 'rtsp://{host}/stream2',
    note: 'Make a camera account in the Tapo app first.',
  },
  { name: 'UniFi Protect', main: 'rtsps://{host}:7441/KEY', note: 'Copy the address from Protect; drop ?enableSrtp.' },
  { name: 'Wyze', main: 'rtsp://{host}/live', note: 'Needs the RTSP firmware.' },
];

/** How the address of a brand's main stream turns into that of its small one. */
const SUBSTREAM_RULES: readonly (readonly [RegExp, string])[] = [
  [/(\/Streaming\/(?:Unicast\/)?[Cc]hannels\/\d*)01(?=$|[/?])/, '$102'],
  [/(\/cam\/realmonitor\?.*subtype=)0/, '$11'],
  [/(\/(?:h26[45])?Preview_\d+_)main/, '$1sub'],
  [/\/stream1(?=$|[/?])/, '/stream2'],
  [/\/videoMain(?=$|[/?])/, '/videoSub'],
  [/(\/onvif)1(?=$|[/?])/, '$12'],
  [/\/(live|media)\/main(?=$|[/?])/, '/$1/sub'],
  [/(\/axis-media\/media\.amp)$/, '$1?resolution=640x360'],
];

/** The address of the small stream that probably belongs to `url`, or undefined when the brand is not known. */
export function likelySubstream(url: string): string | undefined {
  for (const [pattern, replacement] of SUBSTREAM_RULES) {
    if (!pattern.test(url)) continue;
    const sub = url.replace(pattern, replacement);
    if (sub !== url) return sub;
  }
  return undefined;
}
