import openapi from '../../generated/openapi.json' with { type: 'json' };
import packageJson from '../../package.json' with { type: 'json' };

/** The version of the suite. */
export const suiteVersion: string = packageJson.version;

/** The version of the contract that this suite judges by. */
export const contractVersion: string = openapi.info.version;
