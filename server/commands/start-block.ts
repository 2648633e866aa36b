import type { App } from '../app.ts';

export type StartBlock = Pick<App, 'url' | 'signInLink' | 'ports'> & {
  readonly isDemo: boolean;
  /** Whether only this computer reaches it. */
  readonly isLocal: boolean;
};

/** What `oriel serve` says once it is ready: where it is, how to get in, and what to do next. Its first line is read by programs. */
export function startBlock({ url, signInLink, ports, isDemo, isLocal }: StartBlock): string {
  const lines = [
    `Oriel is ready at ${url}`,
    '',
    ...(signInLink === undefined
      ? ['  Sign in there. Without a password, oriel user link NAME makes a link that signs you in.']
      : ['  Open this link to sign in. It works once, within a day:', `  ${signInLink}`]),
    '',
    isDemo
      ? '  Next: watch the demo cameras, then choose "Add a camera" and paste the address of yours.'
      : '  Next: choose "Add a camera" and paste its address, or name a file of settings with --config.',
    ...(isLocal
      ? ['  Only this computer reaches it. For phones and other computers start it with --host 0.0.0.0']
      : []),
    `  Ports: WebRTC ${ports.webrtc}, RTSP ${ports.rtsp}. Ctrl-C stops the gateway.`,
  ];
  return `\n${lines.join('\n')}\n\n`;
}
