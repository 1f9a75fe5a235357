/** Whether a URL's host can only be this machine. Names are not looked up: only `localhost` is one (RFC 6761 6.3). */
export function isLoopback({ hostname }: Pick<URL, 'hostname'>): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  if (name === 'localhost' || name.endsWith('.localhost')) return true;
  if (name === '[::1]' || /^\[::ffff:7f[0-9a-f]{2}:[0-9a-f]{1,4}\]$/.test(name)) return true;
  return /^127(\.\d{1,3}){3}$/.test(name);
}
