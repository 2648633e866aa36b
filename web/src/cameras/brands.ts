/** Where the cameras of a maker keep their two streams; `main` and `sub` follow the host in an RTSP address. */
export type Brand = {
  readonly id: string;
  readonly name: string;
  readonly main: string;
  readonly sub: string;
  /** Tells a path of this maker from all others. */
  readonly pattern: RegExp;
  /** The sub-stream of a main path, also on another channel. */
  subOf(path: string): string;
};

type Rewrite = readonly [from: RegExp, to: string];

function brand(
  id: string,
  name: string,
  paths: readonly [main: string, sub: string],
  pattern: RegExp,
  rewrite: Rewrite,
): Brand {
  return { id, name, main: paths[0], sub: paths[1], pattern, subOf: (path) => path.replace(rewrite[0], rewrite[1]) };
}

export const BRANDS: readonly Brand[] = [
  brand(
    'hikvision',
    'Hikvision',
    ['/Streaming/Channels/101', '/Streaming/Channels/102'],
    /^\/(?:ISAPI\/)?Streaming\/Channels\/\d+/i,
    [/(\d)01(?=$|[/?])/, '$102'],
  ),
  brand(
    'dahua',
    'Dahua, Amcrest, Lorex',
    ['/cam/realmonitor?channel=1&subtype=0', '/cam/realmonitor?channel=1&subtype=1'],
    /^\/cam\/realmonitor/i,
    [/subtype=0/i, 'subtype=1'],
  ),
  brand(
    'reolink',
    'Reolink',
    ['/h264Preview_01_main', '/h264Preview_01_sub'],
    /^\/(?:h26[45])?Preview_\d+_(?:main|sub)/i,
    [/_main$/i, '_sub'],
  ),
  brand('tapo', 'TP-Link Tapo, VIGI', ['/stream1', '/stream2'], /^\/stream[12]$/i, [/stream1$/i, 'stream2']),
  brand('axis', 'Axis', ['/axis-media/media.amp', '/axis-media/media.amp?resolution=640x360'], /^\/axis-media\//i, [
    /media\.amp(?:\?.*)?$/i,
    'media.amp?resolution=640x360',
  ]),
  brand('uniview', 'Uniview', ['/media/video1', '/media/video2'], /^\/media\/video\d/i, [/video1$/i, 'video2']),
  brand('hanwha', 'Hanwha', ['/profile2/media.smp', '/profile3/media.smp'], /^\/profile\d+\/media\.smp/i, [
    /profile2/i,
    'profile3',
  ]),
  brand('foscam', 'Foscam', ['/videoMain', '/videoSub'], /^\/video(?:Main|Sub)$/i, [/videoMain$/i, 'videoSub']),
  brand('ezviz', 'Ezviz', ['/h264/ch1/main/av_stream', '/h264/ch1/sub/av_stream'], /^\/h264\/ch\d+\//i, [
    /\/main\//i,
    '/sub/',
  ]),
];

export function brandOfPath(path: string): Brand | undefined {
  return BRANDS.find(({ pattern }) => pattern.test(path));
}
