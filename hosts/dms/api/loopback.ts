/** What never leaves the machine, and so needs no TLS. */

/** Whether a host is this machine: an IP address, in brackets or not, or `localhost`. */
export function isLoopback(host: string): boolean {
	return /^(localhost|\[?::1\]?|127(\.\d{1,3}){3})$/.test(host);
}
