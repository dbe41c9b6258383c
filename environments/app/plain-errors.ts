/** Loaded before anything that may refuse: what a person wrote wrong is told as it is, without a stack that hides it. */
const TOLD = ['SettingsError', 'PropsError', 'MissingBundleError'];

process.once('uncaughtException', (error) => {
  console.error(TOLD.includes(error.name) ? error.message : error);
  process.exit(1);
});
