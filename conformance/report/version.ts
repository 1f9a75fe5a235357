import { createRequire } from 'node:module';
import openapi from '../../generated/openapi.json' with { type: 'json' };

/** By its own name, which is the same in a checkout and as installed; an import would be copied into the build. */
const packageJson: { readonly version: string; readonly engines: { readonly node: `>=${string}` } } = createRequire(
  import.meta.url,
)('chunkproof/package.json');

/** The version of the suite. */
export const suiteVersion: string = packageJson.version;

/** The oldest Node that the suite runs on: `22.13`. */
export const oldestNode: string = packageJson.engines.node.replace('>=', '');

/** The version of the contract that this suite judges by. */
export const contractVersion: string = openapi.info.version;
