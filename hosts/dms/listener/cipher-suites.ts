/**
 * The cipher suites of both listeners, in OpenSSL's names and in order: those that RFC 9325 section
 * 4.2 recommends. Node's default has suites without authenticated encryption too.
 */
export const cipherSuites = [
	...["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"],
	// What every device offers. PROTOCOL.md section 1 names it.
	"ECDHE-ECDSA-AES128-GCM-SHA256",
	...["ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"],
	// For a page whose certificate has an RSA key.
	...["ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-RSA-AES256-GCM-SHA384"],
	"ECDHE-RSA-CHACHA20-POLY1305",
].join(":");
