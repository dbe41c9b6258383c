// What `npm start` loads of the lock file: everything else (the compiler, the linters, jest, cdktf-cli) is four fifths of an installation, and waits until a
// command asks for it.

/** Development packages that a start loads, beside all `dependencies`: to synthesize, to deploy to the emulator, to bundle the pages. A test holds the list. */
export const START_PACKAGES = [
  '@aws-sdk/client-apigatewayv2',
  '@aws-sdk/client-iam',
  '@aws-sdk/client-kinesis',
  '@aws-sdk/client-kms',
  '@aws-sdk/client-pipes',
  '@cdktf/provider-aws',
  '@codemirror/commands',
  '@codemirror/lang-json',
  '@codemirror/language',
  '@codemirror/lint',
  '@codemirror/state',
  '@codemirror/view',
  '@lezer/highlight',
  '@tanstack/virtual-core',
  'cdktf',
  'constructs',
  'diff',
  'oauth4webapi',
  'rhea',
  'tsx',
  'uplot',
];

/** Where Node finds a package that is asked for from another one's folder. */
function found(packages, from, name) {
  for (let folder = from; ; folder = folder.replace(/\/?node_modules\/(?:@[^/]+\/)?[^/]+$/, '')) {
    const path = `${folder && `${folder}/`}node_modules/${name}`;
    if (packages[path] || folder === '') return path;
  }
}

/** The part of a lock file that a start needs, in the same versions and with the same checksums. */
export function startLock(lock) {
  const { dependencies, devDependencies } = lock.packages[''];
  const asked = { ...dependencies, ...Object.fromEntries(START_PACKAGES.map((name) => [name, devDependencies[name]])) };
  const own = { name: 'spillway-start', version: '0.0.0', private: true, dependencies: asked };
  const kept = { '': own };
  const keep = (path) => {
    const entry = lock.packages[path];
    // A peer that is optional may be there or not.
    if (!entry || kept[path]) return;
    kept[path] = entry;
    for (const name of Object.keys({ ...entry.dependencies, ...entry.optionalDependencies, ...entry.peerDependencies }))
      keep(found(lock.packages, path, name));
  };
  for (const name of Object.keys(asked)) keep(found(lock.packages, '', name));
  return { ...lock, name: own.name, version: own.version, packages: kept };
}
