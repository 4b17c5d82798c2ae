/**
 * Everything that changes the database goes through here: changes that come at the same time share
 * one transaction, and so one wait for the disk. Each is whole or not at all, and is told that it
 * is done once all are on the disk.
 */

import { sql } from "kysely";
import { isBusy } from "./failures.js";
import { leaveLockToOthers, lockWaitDefaultMilliseconds, pause } from "./lock-wait.js";
import type { Database } from "./schema.js";

export type Work<T> = (database: Database) => Promise<T>;

export interface Writer {
	/** Runs `work` in a transaction; it must wait for nothing but the database. */
	write<T>(work: Work<T>): Promise<T>;
}

/** A few milliseconds of work, in which nobody is answered. */
const groupMaximum = 64;

interface Job {
	readonly since: number;
	run(database: Database): Promise<void>;
	/** Its work has succeeded, and is on the disk. */
	done(): void;
	fail(error: unknown): void;
	readonly isFailed: boolean;
}

/** Who has waited for the lock of another process for `lockWait` milliseconds fails as busy. */
export function createWriter(database: Database, lockWait = lockWaitDefaultMilliseconds): Writer {
	const waiting: Job[] = [];
	let isRunning = false;
	const runAll = async (): Promise<void> => {
		while (waiting.length > 0) {
			const group = waiting.splice(0, groupMaximum);
			try {
				await runGroup(database, group);
				if (waiting.length > 0) await leaveLockToOthers();
			} catch (error) {
				const now = performance.now();
				const isPatient = ({ since }: Job) => now - since < lockWait;
				const patient = isBusy(error) ? group.filter(isPatient) : [];
				for (const job of group) if (!patient.includes(job)) job.fail(error);
				waiting.unshift(...patient);
				if (patient.length > 0) await pause();
			}
		}
		isRunning = false;
	};
	return {
		write: (work) =>
			new Promise((resolve, reject) => {
				waiting.push(jobOf(work, resolve, reject));
				if (isRunning) return;
				isRunning = true;
				// What else has arrived by now, its handler runs before this does.
				setImmediate(() => void runAll());
			}),
	};
}

async function runGroup(database: Database, group: readonly Job[]): Promise<void> {
	await database.transaction().execute(async (transaction) => {
		for (const job of group) await runJob(transaction, job, group.length > 1);
	});
	for (const job of group) if (!job.isFailed) job.done();
}

/** A job that fails takes back its own changes, and leaves those of the others. */
async function runJob(database: Database, job: Job, isShared: boolean): Promise<void> {
	if (!isShared) return job.run(database);
	await sql`savepoint "job"`.execute(database);
	try {
		await job.run(database);
	} catch (error) {
		// Fails where SQLite has rolled back everything by itself, as on a full disk.
		await sql`rollback to "job"`.execute(database).catch(() => Promise.reject(error));
		job.fail(error);
	}
	await sql`release "job"`.execute(database);
}

function jobOf<T>(
	work: Work<T>,
	resolve: (value: T) => void,
	reject: (error: unknown) => void,
): Job {
	let result: { readonly value: T } | undefined;
	let isFailed = false;
	return {
		since: performance.now(),
		async run(database) {
			result = { value: await work(database) };
		},
		done() {
			if (result !== undefined) resolve(result.value);
		},
		fail(error) {
			isFailed = true;
			reject(error);
		},
		get isFailed() {
			return isFailed;
		},
	};
}
