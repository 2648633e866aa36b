/** What `npm start -- …` runs: a command as it is; options alone belong to the gateway, with its demo unless a config names the cameras. */
export function commandOf(args) {
  const [first] = args;
  if (first !== undefined && (!first.startsWith('-') || first === '--help' || first === '-h')) return args;
  const hasConfig = args.some((arg) => arg === '--config' || arg.startsWith('--config='));
  const isAskedFor = args.includes('--demo');
  return ['serve', ...(hasConfig || isAskedFor ? [] : ['--demo']), ...args];
}
