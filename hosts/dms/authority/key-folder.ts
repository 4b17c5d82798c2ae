/**
 * The key files of a data folder: `ca.key`, `ca.crt`, `server.key` and `server.crt`, in PEM.
 *
 * A file is written beside its place, brought to the disk and renamed, so that a crash leaves the
 * old one or the new one. A crash between two files leaves a key that isn't its certificate's: that
 * counts as none.
 */

import {
	chmodSync,
	closeSync,
	fsyncSync,
	openSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { makeFolder } from "../../command/folder.js";
import { certificateIn, certificatePem, type Credential } from "./credential.js";
import { credentialOf, type KeyName, keyText } from "./key-text.js";
import type { CredentialStore } from "./server-identity.js";

/** Only its owner enters the folder or reads a key. */
const folderMode = 0o700;
const keyMode = 0o600;
const certificateMode = 0o644;

export function openKeyFolder(path: string): void {
	makeFolder(path, folderMode);
	chmodSync(path, folderMode);
}

export interface CredentialFiles extends CredentialStore {
	/** Without the key, where that isn't there. */
	writeCertificate(credential: Pick<Credential, "certificate">): Promise<void>;
}

/** The store of the credential whose files are `name`.key and `name`.crt. */
export function credentialFiles(
	folder: string,
	name: KeyName,
	chain: readonly Uint8Array[] = [],
): CredentialFiles {
	const keyPath = join(folder, name + ".key");
	const certificatePath = join(folder, name + ".crt");
	return {
		async read() {
			const certificate = readText(certificatePath);
			const key = readText(keyPath);
			if (certificate === undefined || key === undefined) return undefined;
			return credentialOf(name, certificate, key);
		},
		async readCertificate() {
			return certificateIn(readText(certificatePath));
		},
		async forgetKey() {
			rmSync(keyPath, { force: true });
			sync(folder);
		},
		async write(_, credential) {
			writeDurably(keyPath, keyText(name, credential), keyMode);
			await this.writeCertificate(credential);
		},
		async writeCertificate({ certificate }) {
			const certificates = [certificate, ...chain].map(certificatePem);
			writeDurably(certificatePath, certificates.join(""), certificateMode);
			sync(folder);
		},
	};
}

function readText(path: string): string | undefined {
	try {
		return readFileSync(path, "utf8");
	} catch (error) {
		if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
		throw error;
	}
}

/**
 * Writes a file beside its place, brings it to the disk, and puts it there. One that has no room
 * leaves nothing: a full disk isn't the place for the half of it.
 */
export function writeDurably(
	path: string,
	content: string | Uint8Array | Iterable<Uint8Array>,
	mode: number,
): void {
	const pieces = typeof content === "string" || content instanceof Uint8Array ? [content] : content;
	const newPath = path + ".new";
	const file = openSync(newPath, "w", mode);
	try {
		chmodSync(newPath, mode);
		for (const piece of pieces) writeFileSync(file, piece);
		fsyncSync(file);
	} catch (error) {
		rmSync(newPath);
		throw error;
	} finally {
		closeSync(file);
	}
	renameSync(newPath, path);
}

/** The same for one that is there, and has its mode. */
export function rewriteDurably(path: string, content: Uint8Array): void {
	writeDurably(path, content, statSync(path).mode & 0o777);
}

/**
 * Brings a file or a folder to the disk: a rename is there only once its folder is. Windows opens
 * no folder, and has no need to.
 */
export function sync(path: string): void {
	if (process.platform === "win32" && statSync(path).isDirectory()) return;
	const file = openSync(path, "r");
	try {
		fsyncSync(file);
	} finally {
		closeSync(file);
	}
}
