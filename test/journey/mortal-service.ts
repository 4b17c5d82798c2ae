/** A service in a folder that can be killed, restored from a backup, and have a wrong clock. */

import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { restoreBackup } from "../../hosts/dms/administration/backup.js";
import type { Log } from "../../hosts/dms/log.js";
import { openService, type Service } from "../../hosts/dms/service.js";
import { isBusy } from "../../hosts/dms/storage/failures.js";
import { databaseFile } from "../../hosts/dms/storage/database.js";

/** A file system in memory, where there is one: no test pulls the plug of this machine. */
const memoryFolder = "/dev/shm";

/** Any answer that is kept to be given again is kept last in its transaction. */
const dieAtCommit =
	"create trigger die before insert on answers begin select raise(abort, 'killed'); end";

/** Far more than a transaction takes. */
const turnsMaximum = 10_000;

/** A folder of its own, in memory where that can be. */
function newFolder(): string {
	return mkdtempSync(join(existsSync(memoryFolder) ? memoryFolder : tmpdir(), "opendms-"));
}

/** What a new service keeps before anybody has asked it: made once, and copied for the others. */
let newborn: { readonly folder: string; readonly address: string; readonly at: number } | undefined;

/** The folder of a new service of this moment, which is not to be changed. */
async function newbornOf(address: string, now: () => number): Promise<string> {
	const at = now();
	if (newborn?.address === address && newborn.at === at) return newborn.folder;
	const folder = newFolder();
	process.once("exit", () => rmSync(folder, { recursive: true }));
	const service = await openService({ data: folder, addresses: [address], now, log: () => {} });
	await service.serverFiles(); // It makes its key and certificate only when it needs them.
	await service.close();
	newborn = { folder, address, at };
	return folder;
}

export class MortalService {
	/** How far its clock is from the right time. */
	clockErrorMilliseconds = 0;
	readonly #folder: string;
	readonly #now: () => number;
	readonly #address: string;
	readonly #log: Log;
	#data: string;
	#service: Service | undefined;
	#restores = 0;

	static async open(address: string, now: () => number, log: Log): Promise<MortalService> {
		const mortal = new MortalService(address, now, log);
		cpSync(await newbornOf(address, now), mortal.#data, { recursive: true });
		await mortal.#open();
		return mortal;
	}

	private constructor(address: string, now: () => number, log: Log) {
		this.#address = address;
		this.#now = () => now() + this.clockErrorMilliseconds;
		this.#log = log;
		this.#folder = newFolder();
		this.#data = join(this.#folder, "data");
	}

	get current(): Service {
		if (this.#service === undefined) throw new Error("the service is dead");
		return this.#service;
	}

	/** Ends it where it is, and starts another one on what it has committed. */
	async kill(): Promise<void> {
		await this.#close();
		await this.#open();
	}

	/** Has it die with this request's transaction done but for the commit. */
	async dieOf(request: Request): Promise<void> {
		await this.#execute(dieAtCommit);
		await this.current.fetch(request);
		await this.#close();
		await this.#execute("drop trigger die");
		await this.#open();
	}

	/** Keeps a copy of what it has now, as the one to go back to. */
	async backUp(): Promise<void> {
		rmSync(this.#backup, { recursive: true, force: true });
		await this.current.backUp(this.#backup);
	}

	/** Goes back to that copy; where a fault has prevented it, to one of this moment. */
	async restore(): Promise<void> {
		if (!existsSync(this.#backup)) await this.backUp();
		await this.#close();
		this.#data = join(this.#folder, "restored-" + ++this.#restores);
		await restoreBackup(this.#backup, this.#data, Math.floor(this.#now() / 1000));
		await this.#open();
	}

	/** How often it has gone back to a backup. */
	get restores(): number {
		return this.#restores;
	}

	async close(): Promise<void> {
		await this.#close();
		rmSync(this.#folder, { recursive: true });
	}

	get #backup(): string {
		return join(this.#folder, "backup");
	}

	async #open(): Promise<void> {
		const addresses = [this.#address];
		this.#service = await openService({
			data: this.#data,
			// Its operator vouches for a clock that is years after the last entry: nobody was there.
			acceptsClock: true,
			addresses,
			now: this.#now,
			log: this.#log,
		});
	}

	async #close(): Promise<void> {
		await this.#service?.close();
		this.#service = undefined;
	}

	/** The service may be writing: then it has its turns until it is done. */
	async #execute(sql: string): Promise<void> {
		const connection = new DatabaseSync(join(this.#data, databaseFile));
		try {
			for (let turns = turnsMaximum; ; turns--) {
				try {
					return connection.exec(sql);
				} catch (error) {
					if (turns === 0 || !isBusy(error)) throw error;
					await new Promise((resolve) => setImmediate(resolve));
				}
			}
		} finally {
			connection.close();
		}
	}
}
