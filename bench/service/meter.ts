/**
 * Comes before a server's own program (`node --import`): tells whoever has started it what
 * processor time it has taken, the most memory it has had, how often it waited for the disk.
 */

import { SqliteDriver } from "kysely";

export interface Meter {
	/** Of all its threads, since it began. */
	readonly microseconds: number;
	readonly peakBytes: number;
	/** Transactions of its database: with `synchronous = full` each ends with an fsync. */
	readonly commits: number;
}

let commits = 0;
const { commitTransaction } = SqliteDriver.prototype;
SqliteDriver.prototype.commitTransaction = function (connection) {
	commits++;
	return commitTransaction.call(this, connection);
};

process.on("message", () => {
	const { user, system } = process.cpuUsage();
	const meter: Meter = {
		microseconds: user + system,
		peakBytes: process.resourceUsage().maxRSS * 1024,
		commits,
	};
	process.send?.(meter);
});
// Only the server itself keeps its process alive.
process.channel?.unref();
