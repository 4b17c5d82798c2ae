/**
 * Key-value storage in files: a folder for each path, a file for each key. A value is written
 * beside its file and then takes its place, so that a cut leaves the old one or the new one.
 */

import { Directory, File, Iterator as FileIterator } from "file";
import type { KeyValueDomain, KeyValueStorage } from "../../src/host.js";
import { appEntries, entriesOf, storagePath } from "../../src/storage/room.js";

/** The limits of the chip's NVS, so that what works here works there. */
const nameMaximumLength = 15;
const valueMaximumBytes = 4000;

/** No key of a program ends like this: it would be too long by then. */
const unfinished = "unfinished-value";

export class FileKeyValueStorage implements KeyValueStorage {
	private readonly folder: string;

	constructor(folder: string) {
		this.folder = folder;
		Directory.create(folder);
	}

	open(options: { readonly path: string; readonly format: "buffer" }): KeyValueDomain {
		checkName(options.path);
		const isApp = options.path !== storagePath;
		return new FileKeyValueDomain(this.folder + "/" + options.path, (value) => {
			if (isApp) this.checkRoom(value);
		});
	}

	erase(): void {
		for (const { name, length } of listed(this.folder)) {
			const path = this.folder + "/" + name;
			if (length !== undefined) File.delete(path);
			else for (const file of listed(path)) File.delete(path + "/" + file.name);
		}
	}

	/** An app gets as much room as the chip has for it. */
	private checkRoom(value: Uint8Array): void {
		let entries = entriesOf(value.length);
		for (const { name } of listed(this.folder)) {
			if (name === storagePath) continue;
			entries++;
			for (const file of listed(this.folder + "/" + name)) entries += entriesOf(file.length ?? 0);
		}
		if (entries > appEntries) throw new Error("no space");
	}
}

class FileKeyValueDomain implements KeyValueDomain {
	private readonly folder: string;
	private readonly check: (value: Uint8Array) => void;

	/** `check` throws when a value is not to be written. */
	constructor(folder: string, check: (value: Uint8Array) => void) {
		this.folder = folder;
		this.check = check;
		Directory.create(folder);
	}

	read(key: string): ArrayBuffer | undefined {
		const path = this.pathOf(key);
		if (!File.exists(path)) return undefined;
		const file = new File(path);
		const value = file.length === 0 ? new ArrayBuffer(0) : file.read(ArrayBuffer);
		file.close();
		return value;
	}

	write(key: string, value: Uint8Array): void {
		checkName(key);
		if (value.length > valueMaximumBytes) throw new RangeError("the value is too long");
		this.check(value);
		const temporary = this.folder + "/" + unfinished;
		File.delete(temporary);
		const file = new File(temporary, true);
		file.write(value.slice().buffer);
		file.close();
		// The new name is one in the same folder.
		if (!File.rename(temporary, key)) throw new Error("the value could not be written");
	}

	delete(key: string): void {
		File.delete(this.pathOf(key));
	}

	close(): void {
		// No file stays open.
	}

	[Symbol.iterator](): Iterator<string> {
		const names = listed(this.folder).map(({ name }) => name);
		return names.filter((name) => name !== unfinished)[Symbol.iterator]();
	}

	private pathOf(key: string): string {
		checkName(key);
		return this.folder + "/" + key;
	}
}

interface Entry {
	readonly name: string;
	readonly length: number | undefined;
}

/** What is in a folder; a folder has no length. */
function listed(folder: string): Entry[] {
	const entries: Entry[] = [];
	const iterator = new FileIterator(folder);
	for (let entry = iterator.next(); entry !== undefined; entry = iterator.next()) {
		if (!entry.name.startsWith(".")) entries.push(entry);
	}
	return entries;
}

function checkName(name: string): void {
	const isName = name.length > 0 && name.length <= nameMaximumLength && !name.includes("/");
	if (!isName || name.startsWith(".")) throw new RangeError("a name has 1 to 15 characters");
}
