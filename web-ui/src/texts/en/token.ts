// Asking for the token of the node.
export const token = {
  label: 'Token of this node',
  hint: 'The content of the file api-token in the data folder of the node. It is kept until this tab is closed.',
  use: 'Use it',
  held: 'The token is entered, until this tab is closed.',
  forget: 'Forget it',
  badForm: 'This cannot be a token: it has no spaces and only plain letters, digits and marks.',
  wrong: 'The node does not know this token. Its own is in the file api-token of its data folder: <data>/api-token',
  failed: (reason: string) => `The node refused: ${reason}`,
  offline: 'The node does not answer; nothing was changed.',
};

export type TokenTexts = typeof token;
