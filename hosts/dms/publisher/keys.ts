/**
 * A publisher's private keys: files in a folder that is nobody else's business, and never the
 * service's. `platform-<platform>.key`, `product-<code>.key` and, beside that, what the platform's
 * publisher has stated of it: `product-<code>.statement`. Where several people sign, each of them
 * has `signer-<code>.key` instead, and `product-<code>.signers`.
 */

import { createPrivateKey, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createPrivateKeyP256, privateKeyPem, publicPointOf } from "../authority/credential.js";
import { openKeyFolder, writeDurably } from "../authority/key-folder.js";
import { isKeySet } from "../../../src/protocol/key-set.js";
import { requirePlatform, requireProductCode } from "../names.js";
import { OperatorError } from "../operator-error.js";
import { keepKeySet, type KeySet, nameOfSet, readKeySet } from "./key-set.js";
import { readKeyStatement, signKeyStatement, withSignersOf } from "./statements.js";

/** Only its owner reads a key; a statement is no secret. */
const keyMode = 0o600;
const statementMode = 0o644;

export interface ProductKey {
	readonly product: string;
	readonly generation: number;
	/** Path of the signed key statement. */
	readonly statement: string;
}

/** Makes the key whose public half goes into a platform's firmware; resolves with that half. */
export function createPlatformKey(folder: string, platform: string): Uint8Array {
	return publicPointOf(createKey(folder, platformKeyPath(folder, platform)));
}

/** The public half of a platform's key: 65 bytes. */
export function platformKeyOf(folder: string, platform: string): Uint8Array {
	return publicPointOf(readKey(platformKeyPath(folder, platform)));
}

/** Makes the key that a product's bundles are signed with, or the next one in its place. */
export function createProductKey(
	folder: string,
	product: string,
	platform: string,
	isReplacement: boolean,
	set?: KeySet,
): ProductKey {
	const platformKey = readKey(platformKeyPath(folder, platform));
	const statement = statementPath(folder, product);
	const before = existsSync(statement) ? readKeyStatement(readFileSync(statement)) : undefined;
	if (before !== undefined && !isReplacement) {
		const message = product + " has a key. To make the next one: --replace";
		throw new OperatorError("key", message);
	}
	const generation = (before?.generation ?? 0) + 1;
	const consenting = before && isKeySet(before.key) ? signersOf(folder, product) : undefined;
	if (before && isKeySet(before.key) && consenting === undefined) {
		const message = "There is no " + signersPath(folder, product) + ". Copy it from a signer.";
		throw new OperatorError("key", message);
	}
	openKeyFolder(folder);
	let key: Uint8Array;
	if (set === undefined) {
		const privateKey = createPrivateKeyP256();
		key = publicPointOf(privateKey);
		writeDurably(productKeyPath(folder, product), privateKeyPem(privateKey), keyMode);
	} else key = nameOfSet(set);
	const about = { product, platform, generation, key };
	const signed = signKeyStatement(about, platformKey, consenting?.keys);
	writeDurably(statement, signed, statementMode);
	keepKeySet(signersPath(folder, product), set);
	return { product, generation, statement };
}

/** Makes the key of one of those who sign for a product; its public half. */
export function createSignerKey(folder: string, product: string): Uint8Array {
	return publicPointOf(createKey(folder, signerKeyPath(folder, product)));
}

export function signerKeyOf(folder: string, product: string): KeyObject {
	return readKey(signerKeyPath(folder, product));
}

/** Who signs for a product, where that is more than one. */
export function signersOf(folder: string, product: string): KeySet | undefined {
	return readKeySet(signersPath(folder, product));
}

/** Has the key of a platform that follows another say the same of a product's key. */
export function restateProductKey(folder: string, product: string, platform: string): ProductKey {
	const platformKey = readKey(platformKeyPath(folder, platform));
	const statement = statementPath(folder, product);
	const stated = existsSync(statement) ? readFileSync(statement) : undefined;
	const before = stated && readKeyStatement(stated);
	if (before === undefined) {
		const message = statement + " is no statement. Copy it from where the product's key was made.";
		throw new OperatorError("key", message);
	}
	const { generation } = before;
	const isSet = isKeySet(before.key);
	const key = isSet ? before.key : publicPointOf(productKeyOf(folder, product));
	const about = { product, platform, generation, key };
	// What the former signers have said to it is about the same body.
	const signed = withSignersOf(signKeyStatement(about, platformKey), stated);
	writeDurably(statement, signed, statementMode);
	return { product, generation, statement };
}

/** The platform that a product's key was made for. */
export function platformOf(folder: string, product: string): string | undefined {
	const path = statementPath(folder, product);
	return existsSync(path) ? readKeyStatement(readFileSync(path))?.platform : undefined;
}

/** The private key that a product's bundles are signed with. */
export function productKeyOf(folder: string, product: string): KeyObject {
	return readKey(productKeyPath(folder, product));
}

function createKey(folder: string, path: string): KeyObject {
	if (existsSync(path)) {
		const message = path + " is there already. Devices trust it: it is never made anew.";
		throw new OperatorError("key", message);
	}
	openKeyFolder(folder);
	const key = createPrivateKeyP256();
	writeDurably(path, privateKeyPem(key), keyMode);
	return key;
}

function readKey(path: string): KeyObject {
	if (!existsSync(path)) {
		throw new OperatorError("key", "There is no " + path + ". Make it: opendms key --help");
	}
	const text = readFileSync(path);
	try {
		return createPrivateKey(text);
	} catch {
		throw new OperatorError("key", path + " is no private key. Restore it from a copy.");
	}
}

function platformKeyPath(folder: string, platform: string): string {
	requirePlatform(platform);
	return join(folder, "platform-" + platform + ".key");
}

function productKeyPath(folder: string, product: string): string {
	requireProductCode(product);
	return join(folder, "product-" + product + ".key");
}

function signerKeyPath(folder: string, product: string): string {
	requireProductCode(product);
	return join(folder, "signer-" + product + ".key");
}

function signersPath(folder: string, product: string): string {
	requireProductCode(product);
	return join(folder, "product-" + product + ".signers");
}

function statementPath(folder: string, product: string): string {
	requireProductCode(product);
	return join(folder, "product-" + product + ".statement");
}
