import type { CloudIdentity } from '../../protocols/dahua/wsse.ts';

/** One vendor's cloud and who we are to it. The salt is for devices that do not tell their own. */
export type CloudProfile = CloudIdentity & {
  readonly host: string;
  readonly port: number;
  readonly salt?: string;
};

/**
 * What vendor applications use in public: a device is known to the cloud of the application it was bound with, so they are tried in
 * turn. Valid since October 2024; vendors changed them before, hence `dahua.clouds` in the configuration.
 */
export const KNOWN_CLOUDS: readonly CloudProfile[] = [
  {
    host: 'www.easy4ipcloud.com',
    port: 8800,
    user: 'cba1b29e32cb17aa46b8ff9e73c7f40b',
    key: '996103384cdf19179e19243e959bbf8b',
    salt: '5daf91fc5cfc1be8e081cfb08f792726',
  },
  {
    host: 'p2p.dolynkcloud.com',
    port: 8800,
    user: '793k5zdi4dd5f037sooag8yo_dolynkc',
    key: 'ef8hatgmcuk4qamgg4fxx19x33s9q1xy',
  },
];
