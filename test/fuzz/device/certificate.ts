/** The certificate reader: what it takes has its parts where they belong. */

import {
	type Certificate,
	isIssuedBy,
	isValidAt,
	parseCertificate,
} from "../../../src/dms/certificate.js";
import { equal, isTrue } from "../../device/check.js";
import type { Probe } from "./probe.js";
import { service } from "./service.js";

const namesMaximum = 16;

export const certificateProbe: Probe = Object.freeze<Probe>({
	lengthMaximum: 700,
	allocationBase: 4096,
	allocationFactor: 32,
	run: (input, { crypto }) => {
		const certificate = parseCertificate(input);
		if (certificate === undefined) return "none of " + Math.min(input.length >> 4, 9);
		check(certificate, input);
		const authority = parseCertificate(service.authority());
		isTrue(authority !== undefined, "the CA is one");
		const isIssued = authority !== undefined && isIssuedBy(certificate, authority, crypto);
		const { isAuthority, isServer, names, commonName } = certificate;
		const facts = [isIssued, isAuthority, isServer, names.length, commonName.length];
		return facts.join() + "," + isValidAt(certificate, service.time);
	},
});

function check(certificate: Certificate, input: Uint8Array): void {
	const { signed, issuer, subject, publicKey, signature, names } = certificate;
	equal(publicKey.length, 65, "a point");
	equal(signature.length, 64, "a signature");
	for (const part of [signed, issuer, subject, publicKey]) {
		isTrue(part.buffer === input.buffer && part.length < input.length, "a part is a view");
	}
	isTrue(names.length <= namesMaximum, "names have their limit");
	for (const time of [certificate.notBefore, certificate.notAfter]) {
		isTrue(!Number.isNaN(time), "a time is one");
	}
}
