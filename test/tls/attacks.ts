/**
 * What an attacker on the path can build: of all that goes over the wire, of a device that he owns,
 * and of keys that he makes himself. He has not the server's key, nor the CA's.
 */

import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
	Certificate,
	id_kp_clientAuth,
	id_kp_serverAuth,
	KeyUsageFlags,
} from "@peculiar/asn1-x509";
import { type Authority, createAuthority } from "../../hosts/dms/authority/authority.js";
import { type CertificateContent, signCertificate } from "../../hosts/dms/authority/certificate.js";
import { createPrivateKeyP256, publicPointOf } from "../../hosts/dms/authority/credential.js";
import { DmsResult } from "../../src/protocol/result.js";
import { message, type Play, record } from "./scripted-server.js";

export interface Attack {
	readonly name: string;
	readonly play: Play;
	/** What the device says of it. */
	readonly result: DmsResult;
}

const secondsPerDay = 86_400;
const reply = Buffer.from("HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n");

/** The genuine server of that name. */
export function genuine(authority: Authority, name: string, seconds = now()): Play {
	const { certificate, privateKey } = authority.issueServerCredential([name], seconds);
	const certificates = [certificate, authority.credential.certificate];
	return { certificates, key: privateKey, reply };
}

export function attacks(authority: Authority, name: string): Attack[] {
	const good = genuine(authority, name);
	const [server, ca] = good.certificates as [Uint8Array, Uint8Array];
	const own = createPrivateKeyP256();
	const device = authority.issueDeviceCertificate("ab".repeat(20), publicPointOf(own), now());
	const stranger = createAuthority(now());
	const forged = leaf(own, own, { name, issuer: "ab".repeat(20) });
	const { HelloForged, WrongAuthority, BadReply, NameMismatch, CertificateExpired } = DmsResult;
	const attack = (what: string, play: Partial<Play>, result: DmsResult = HelloForged): Attack => ({
		name: what,
		play: { ...good, ...play },
		result,
	});
	const signature = Buffer.from("300602010102010a", "hex");
	const mine = { key: own };
	const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
	return [
		...[
			[0, 0],
			[0, 3],
			[4, 0],
			[9, 3],
			[4, 1],
			[4, 2],
			[2, 3],
			[6, 3],
			[4, 9],
		].map(([hash = 0, algorithm = 0]) =>
			attack(`a key exchange of algorithms ${hash} and ${algorithm}, by a key of his own`, {
				...mine,
				algorithms: [hash, algorithm],
			}),
		),
		...[
			[6, 3],
			[4, 1],
		].map(([hash = 0, algorithm = 0]) =>
			attack(`the server's own key exchange, of algorithms ${hash} and ${algorithm}`, {
				algorithms: [hash, algorithm],
			}),
		),
		attack("a key exchange with no signature at all", { ...mine, signature: Buffer.alloc(0) }),
		attack("a key exchange with a made-up signature", { ...mine, signature }),
		attack("a key exchange signed by a key of his own", mine),
		attack("a key exchange signed with RSA", { key: rsa, algorithms: [4, 1] }),
		attack("the signature with something behind", {
			...mine,
			signature: Buffer.concat([signature, Buffer.alloc(3)]),
		}),
		attack("no certificate", { certificates: [] }, WrongAuthority),
		attack("the server's certificate alone", { certificates: [server] }, WrongAuthority),
		attack("the CA's certificate twice", { certificates: [ca, ca] }),
		attack("the genuine chain with one more behind", { certificates: [server, ca, ca] }),
		attack("another CA of the same name", genuine(stranger, name), WrongAuthority),
		attack("a server of another CA in front of the pinned CA", {
			...genuine(stranger, name),
			certificates: [...strangersLeaf(stranger, name), ca],
		}),
		attack(
			"his device's certificate as an intermediate",
			{ ...mine, certificates: [forged, device.certificate] },
			WrongAuthority,
		),
		attack(
			"his device's certificate as an intermediate, with the CA behind",
			{
				...mine,
				certificates: [forged, device.certificate, ca],
			},
			WrongAuthority,
		),
		attack("a certificate by his device's key, in front of the pinned CA", {
			...mine,
			certificates: [forged, ca],
		}),
		attack("his device's certificate as the server's", {
			...mine,
			certificates: [device.certificate, ca],
		}),
		...(
			[
				["a certificate of the CA's for a client", { purposes: [id_kp_clientAuth] }],
				["a certificate of the CA's for no purpose", { purposes: [] }],
				["a certificate of the CA's that is a CA", { isAuthority: true }],
			] as const
		).map(([what, content]) =>
			attack(what, {
				...mine,
				certificates: [leaf(own, authority.credential.privateKey, { name, ...content }), ca],
			}),
		),
		...["3006020100020100", "3006020101020100", "3006020100020101"].map((hex) =>
			attack("a certificate with the signature " + hex, {
				certificates: [withSignature(server, Buffer.from(hex, "hex")), ca],
			}),
		),
		attack("another server's certificate", genuine(authority, "other.test"), NameMismatch),
		attack(
			"a certificate that has expired",
			genuine(authority, name, now() - 500 * secondsPerDay),
			CertificateExpired,
		),
		...[0x0302, 0x0301, 0x0300, 0x0304].map((version) =>
			attack(`the hello of version ${version.toString(16)}`, { version }, BadReply),
		),
		...[0xc02f, 0x002f, 0x0000, 0x009e].map((suite) =>
			attack(`a cipher suite that was not offered: ${suite.toString(16)}`, { suite }, BadReply),
		),
		attack("no certificate message", { leaveOut: [11] }),
		attack("no key exchange", { leaveOut: [12] }),
		attack("neither certificate nor key exchange", { leaveOut: [11, 12] }),
		attack("the handshake's end in place of its beginning", {
			instead: record(22, message(20, Buffer.alloc(12))),
		}),
		attack("a change of keys before there are any", { before: { hello: record(20, one()) } }),
		attack(
			"the end of the connection in place of a handshake",
			{ instead: record(21, Buffer.from([1, 0])) },
			BadReply,
		),
		attack("a reply in the clear in place of a handshake", { instead: record(23, reply) }),
		attack("a reply in the clear before the handshake", { before: { hello: record(23, reply) } }),
		attack("a reply in the clear in the middle of it", { before: { finished: record(23, reply) } }),
		attack("a point that is none of the curve", { point: offCurve() }),
		attack("a wrong end", { wrongFinished: true }),
		attack(
			"a record without content",
			{ before: { hello: record(22, Buffer.alloc(0)) } },
			BadReply,
		),
	];
}

interface Leaf {
	readonly name: string;
	readonly issuer?: string;
	readonly purposes?: CertificateContent["purposes"];
	readonly isAuthority?: boolean;
}

/** A certificate for a key of the attacker's, by whoever's key. */
function leaf(own: KeyObject, issuerKey: KeyObject, content: Leaf): Uint8Array {
	const {
		name,
		issuer = "opendms CA",
		purposes = [id_kp_serverAuth],
		isAuthority = false,
	} = content;
	return signCertificate(
		{
			subject: "opendms",
			issuer: { name: issuer, publicKey: publicPointOf(issuerKey) },
			publicKey: publicPointOf(own),
			notBefore: now() - 3600,
			notAfter: now() + secondsPerDay,
			isAuthority,
			usage: KeyUsageFlags.digitalSignature,
			purposes,
			alternativeNames: [name],
		},
		issuerKey,
	).certificate;
}

/** The certificate as it is, with other bytes for its signature. */
function withSignature(certificate: Uint8Array, signature: Uint8Array): Uint8Array {
	const parsed = AsnConvert.parse(certificate, Certificate);
	parsed.signatureValue = Uint8Array.from(signature).buffer;
	return new Uint8Array(AsnConvert.serialize(parsed));
}

function strangersLeaf(stranger: Authority, name: string): Uint8Array[] {
	return genuine(stranger, name).certificates.slice(0, 1);
}

function offCurve(): Buffer {
	return Buffer.concat([Buffer.from([4]), Buffer.alloc(64, 1)]);
}

function one(): Buffer {
	return Buffer.from([1]);
}

function now(): number {
	return Math.floor(Date.now() / 1000);
}
