/** TLS as a device speaks it, and as both servers are to. */

export const tlsOptionsDefault = Object.freeze({ minVersion: "TLSv1.2" });

/** What PROTOCOL.md names: a device offers nothing else. */
export const deviceTls = Object.freeze({
	maxVersion: "TLSv1.2",
	ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256",
	ecdhCurve: "prime256v1",
	rejectUnauthorized: false,
});
