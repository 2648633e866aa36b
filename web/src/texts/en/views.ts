/** Views: what the grid keeps under a name. */
export const viewTexts = {
  save: 'Save this view',
  name: 'Name of the view',
  hint: 'Keeps these cameras, their order, the layout and the rotation.',
  saved: (name: string) => `View “${name}” saved.`,
  deleted: (name: string) => `View “${name}” deleted.`,
  remove: (name: string) => `Delete view “${name}”`,
};
