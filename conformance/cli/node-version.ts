import { oldestNode } from '../report/version.ts';

/** What a Node is told that is older than the package's `engines`, which npm does not enforce; undefined if it will do. */
export function nodeRefusal(version: string): string | undefined {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = oldestNode.split('.').map(Number);
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return undefined;
  return `this is Node ${version}, and chunkproof needs ${oldestNode} or newer; for this command alone: npx -p node@24 -p chunkproof chunkproof …`;
}
