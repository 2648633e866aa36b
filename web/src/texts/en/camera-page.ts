/** The page of one camera. */
export const cameraPageTexts = {
  statistics: 'Statistics',
  controls: 'Controls',
  addresses: 'Addresses for other programs',
  addressesHint: 'They ask for a token or for a name and password of this gateway.',
  remove: 'Remove camera',
  removeTitle: (name: string) => `Remove ${name}?`,
  removeHint: 'Ends every view of it and takes back its share links. It can be added again.',
  removed: (name: string) => `${name} removed.`,
};
