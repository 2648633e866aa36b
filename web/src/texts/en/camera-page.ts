/** The page of one camera. */
export const cameraPageTexts = {
  facts: {
    udpLoss: (percent: number, until: string) =>
      `${percent} % of this camera's packets were lost over UDP, so Oriel asks for its picture over TCP until ${until}.`,
    bareTunnel: (device: string, networks: string) =>
      `The device ${device} proves nothing: whoever dials in from ${networks} is taken for this camera. Give it a token as soon as it knows the handshake.`,
  },
  statistics: 'Statistics',
  controls: 'Controls',
  /** Where what the camera calls it means little, or the opposite. */
  controlNames: { led: 'LED', camera: 'Privacy switch (no picture)' } as Readonly<Record<string, string>>,
  addresses: 'Addresses for other programs',
  addressesHint: 'They ask for a token or for a name and password of this gateway.',
  remove: 'Remove camera',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeHint: 'Ends every view of it and takes back its share links. It can be added again.',
  removed: (name: string) => `${name} removed.`,
};
