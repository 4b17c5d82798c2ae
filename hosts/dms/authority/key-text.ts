/**
 * The text in which a private key is kept. A CA's is encrypted (PKCS#8, RFC 8018) where there is a
 * passphrase for it: who reads a disk, a dump or a backup then isn't the service.
 */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { OperatorError } from "../operator-error.js";
import { type Credential, parseCredential, privateKeyPem } from "./credential.js";

export type KeyName = "ca" | "server" | `ca-${number}`;

const passphraseLengthMinimum = 12;
/** What systemd hands to the service: `LoadCredentialEncrypted=ca-passphrase:...`. */
const systemdName = "ca-passphrase";
const encryptedLine = "-----BEGIN ENCRYPTED PRIVATE KEY-----";

/**
 * The passphrase of the CA's key: of the file `OPENDMS_CA_PASSPHRASE_FILE`, of a credential of
 * systemd's, or of `OPENDMS_CA_PASSPHRASE`; `undefined` without one.
 */
export function authorityPassphrase(
	environment: NodeJS.ProcessEnv = process.env,
): string | undefined {
	const folder = environment["CREDENTIALS_DIRECTORY"];
	const given = folder === undefined ? undefined : join(folder, systemdName);
	const credential = given !== undefined && existsSync(given) ? given : undefined;
	const file = environment["OPENDMS_CA_PASSPHRASE_FILE"] || credential;
	const text = file ? readFileSync(file, "utf8") : environment["OPENDMS_CA_PASSPHRASE"];
	const passphrase = text?.replace(/\r?\n$/, "");
	if (passphrase === undefined || passphrase === "") return undefined;
	if (passphrase.length >= passphraseLengthMinimum) return passphrase;
	const message = `The passphrase of the CA's key has at least ${passphraseLengthMinimum} letters.`;
	throw new OperatorError("authority", message);
}

/** PEM of a key, encrypted if it is a CA's and there is a passphrase. */
export function keyText(name: KeyName, { privateKey }: Credential): string {
	const passphrase = name === "server" ? undefined : authorityPassphrase();
	if (passphrase === undefined) return privateKeyPem(privateKey);
	const cipher = { cipher: "aes-256-cbc", passphrase } as const;
	return privateKey.export({ type: "pkcs8", format: "pem", ...cipher }).toString();
}

/**
 * The credential of two PEM texts; `undefined` when they don't belong together. Throws when the key
 * is encrypted and the passphrase isn't there, or isn't the right one.
 */
export function credentialOf(
	name: KeyName,
	certificate: string,
	key: string,
): Credential | undefined {
	if (!key.includes(encryptedLine)) return parseCredential(certificate, key);
	const passphrase = authorityPassphrase();
	const file = "OPENDMS_CA_PASSPHRASE_FILE=<file>";
	if (passphrase === undefined) {
		const message = `The key of the CA (${name}) is encrypted. Say its passphrase: ${file}`;
		throw new OperatorError("authority", message);
	}
	const credential = parseCredential(certificate, key, passphrase);
	if (credential !== undefined) return credential;
	const message = `The passphrase doesn't open the key of the CA (${name}). The right one: ${file}`;
	throw new OperatorError("authority", message);
}
