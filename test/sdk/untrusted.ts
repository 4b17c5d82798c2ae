/** TLS servers that a device must not speak to, whatever they show it. */

import type { TlsOptions } from "node:tls";
import { AsnConvert } from "@peculiar/asn1-schema";
import { Certificate } from "@peculiar/asn1-x509";
import { type Authority, createAuthority } from "../../hosts/dms/authority/authority.js";
import { certificatePem, privateKeyPem } from "../../hosts/dms/authority/credential.js";
import { tlsFiles } from "../../hosts/dms/authority/server-identity.js";

const name = "localhost";
const secondsPerDay = 86_400;

/** Each with what is wrong with it. `authority` is the one that the device trusts. */
export function untrusted(authority: Authority): [fault: string, options: TlsOptions][] {
	const now = Math.floor(Date.now() / 1000);
	const good = authority.issueServerCredential([name], now);
	const key = privateKeyPem(good.privateKey);
	const other = createAuthority(now);
	const late = now - 500 * secondsPerDay;
	return [
		["another CA", tlsFiles(other, other.issueServerCredential([name], now))],
		["another name", tlsFiles(authority, authority.issueServerCredential(["other.test"], now))],
		["expired", tlsFiles(authority, authority.issueServerCredential([name], late))],
		["the leaf alone", { key, cert: certificatePem(good.certificate) }],
		...["3006020100020100", "3006020101020100", "3006020100020101"].map(
			(signature): [string, TlsOptions] => [
				"a certificate with the signature " + signature,
				tlsFiles(authority, {
					...good,
					certificate: withSignature(good.certificate, Buffer.from(signature, "hex")),
				}),
			],
		),
	];
}

function withSignature(certificate: Uint8Array, signature: Uint8Array): Uint8Array {
	const parsed = AsnConvert.parse(certificate, Certificate);
	parsed.signatureValue = Uint8Array.from(signature).buffer;
	return new Uint8Array(AsnConvert.serialize(parsed));
}
