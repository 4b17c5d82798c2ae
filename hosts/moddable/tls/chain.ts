/** Whom a device speaks to: the holder of a certificate for that name, by the CA that it pins. */

import { isIssuedBy, isValidAt, parseCertificate } from "../../../src/dms/certificate.js";
import { equal } from "../../../src/encoding/bytes.js";
import type { Crypto } from "../../../src/host.js";
import { DmsError, DmsResult } from "../../../src/protocol/result.js";

/** What the server's certificates are held against. */
export interface Trust {
	/** DER of the pinned CA. */
	readonly authority: Uint8Array;
	/** DNS name or IPv4 address, in lower case. */
	readonly name: string;
	/** Seconds since 1970. */
	readonly time: number;
}

/**
 * The server's public key. Just two certificates: the server's, then the pinned CA's, byte for
 * byte. Each device has one by the same CA, so what is in it decides: it is no CA, and it serves.
 */
export function checkChain(
	certificates: readonly Uint8Array[],
	{ authority, name, time }: Trust,
	crypto: Crypto,
): Uint8Array {
	const [serverDer, authorityDer] = certificates;
	if (!serverDer || !authorityDer || !equal(authorityDer, authority)) {
		throw new DmsError(DmsResult.WrongAuthority);
	}
	if (certificates.length !== 2) throw new DmsError(DmsResult.HelloForged);
	const pinned = parseCertificate(authority);
	const server = parseCertificate(serverDer);
	if (!pinned || !server) throw new DmsError(DmsResult.HelloForged);
	if (!server.isServer || server.isAuthority || !isIssuedBy(server, pinned, crypto)) {
		throw new DmsError(DmsResult.HelloForged);
	}
	if (!isValidAt(server, time) || !isValidAt(pinned, time)) {
		throw new DmsError(DmsResult.CertificateExpired);
	}
	if (!server.names.includes(name)) throw new DmsError(DmsResult.NameMismatch);
	return server.publicKey;
}
