/**
 * The settings: named texts that `set` changes in memory and `save` keeps in flash. Beside them, in
 * the same record, are profiles: maps of settings under a name, which only flash holds.
 */

import { encodeMap, isMap, type MessagePackMap } from "../protocol/message-pack.js";
import { DmsError, DmsResult } from "../protocol/result.js";
import type { RecordStore } from "./record-store.js";

/** All settings together, in bytes of their record: NVS holds three copies of it for a moment. */
const lengthMaximum = 2500;
/** With the app's and profiles it is up to here: what is left is enough for the device's own. */
const appLengthMaximum = 1800;
const noRoomSentence =
	"All settings and profiles together take at most " +
	appLengthMaximum +
	" bytes. Delete a profile: file_delete <name>";
/** Stands before a profile's name, as before no variable's. */
const profileMark = ":";

export class Settings {
	private readonly store: RecordStore;
	private readonly own: readonly { readonly name: string }[];
	/** What differs from the defaults. Names of a later firmware's are kept. */
	private values: MessagePackMap = {};
	/** What the profiles take of the record, in bytes. */
	private profilesLength = 0;
	/** Flash may hold settings that could not be read yet: they are not to be written over. */
	private isUnread = true;

	/** Reads the record if it can; `own` are the device's own variables, not the app's. */
	constructor(store: RecordStore, own: readonly { readonly name: string }[]) {
		this.store = store;
		this.own = own;
		this.catchUp();
		this.catchUp(); // A failure of a moment must not cost the network.
	}

	/** The value of a setting, or `initial` when nobody has set it. */
	get(name: string, initial = ""): string {
		this.catchUp();
		const value = this.values[name];
		return typeof value === "string" && Object.hasOwn(this.values, name) ? value : initial;
	}

	/** Throws `OutOfBuffers` when all settings together would be more than flash has room for. */
	set(name: string, value: string): void {
		const values = { ...this.values, [name]: value };
		const isOwn = this.own.some((variable) => variable.name === name);
		const maximum = isOwn ? lengthMaximum : appLengthMaximum;
		const { length } = encodeMap(values);
		if (length + this.profilesLength > maximum && length > encodeMap(this.values).length) {
			throw new DmsError(
				DmsResult.OutOfBuffers,
				"All settings together take at most " + maximum + " bytes. Shorten one, or clear it.",
			);
		}
		this.values = values;
	}

	/** Keeps all settings over a reset. Throws `StorageFailed`. */
	save(): void {
		this.catchUp();
		if (this.isUnread) throw new DmsError(DmsResult.StorageFailed);
		const profiles = this.profilesLength > 0 ? profilesOf(this.store.read()) : {};
		this.store.write({ ...this.values, ...profiles });
	}

	/** Back to what is kept. Throws `StorageFailed`. */
	load(): void {
		this.values = this.settingsOf(this.store.read());
		this.isUnread = this.store.isDoubtful;
	}

	/** The names of all profiles. Throws `StorageFailed`. */
	get profiles(): string[] {
		return Object.keys(profilesOf(this.store.read())).map((key) => key.slice(profileMark.length));
	}

	/**
	 * Keeps all settings as a profile; what is saved without a name stays as it is. Throws
	 * `StorageFailed`, and `OutOfBuffers` when flash has no room for it.
	 */
	saveProfile(name: string): void {
		this.catchUp();
		this.changeProfile(name, { ...this.values });
	}

	/** Makes the settings those of a profile. Whether there is one. Throws `StorageFailed`. */
	loadProfile(name: string): boolean {
		const profile = this.store.read()[profileMark + name];
		if (!isMap(profile)) return false;
		this.values = { ...profile };
		return true;
	}

	/** Whether there was one. Throws `StorageFailed`. */
	deleteProfile(name: string): boolean {
		if (!this.profiles.includes(name)) return false;
		this.changeProfile(name, undefined);
		return true;
	}

	private changeProfile(name: string, profile: MessagePackMap | undefined): void {
		const { [profileMark + name]: before, ...record } = this.store.read();
		const changed = profile === undefined ? record : { ...record, [profileMark + name]: profile };
		// The settings in memory are to find room beside it: `save` and `set` must not fail.
		const taken = encodeMap({ ...this.values, ...profilesOf(changed) }).length;
		if (before === undefined && Math.max(taken, encodeMap(changed).length) > appLengthMaximum) {
			throw new DmsError(DmsResult.OutOfBuffers, noRoomSentence);
		}
		this.store.write(changed);
		this.settingsOf(changed);
	}

	/**
	 * Back to the defaults in flash, but for the settings named, whatever flash holds; memory follows
	 * with the next reset. Throws `StorageFailed`.
	 */
	reset(kept: readonly string[] = []): void {
		this.catchUp();
		const values: MessagePackMap = {};
		for (const name of kept) {
			const value = this.values[name];
			if (value !== undefined) values[name] = value;
		}
		this.store.replace(values);
	}

	/** Reads what could not be read before; what has been set since then counts. */
	private catchUp(): void {
		if (!this.isUnread) return;
		try {
			this.values = { ...this.settingsOf(this.store.read()), ...this.values };
			this.isUnread = this.store.isDoubtful;
		} catch (error) {
			if (!(error instanceof DmsError)) throw error;
		}
	}

	/** A record without its profiles, whose size is noted. */
	private settingsOf(record: MessagePackMap): MessagePackMap {
		const settings: MessagePackMap = {};
		let count = 0;
		for (const [name, value] of Object.entries(record)) {
			if (name.startsWith(profileMark)) count++;
			else settings[name] = value;
		}
		this.profilesLength = count > 0 ? encodeMap(profilesOf(record)).length : 0;
		return settings;
	}
}

function profilesOf(record: MessagePackMap): MessagePackMap {
	const profiles: MessagePackMap = {};
	for (const [name, value] of Object.entries(record)) {
		if (name.startsWith(profileMark)) profiles[name] = value;
	}
	return profiles;
}
