/** When devices were last seen: noted in memory, and written for many at a time. */

import { updateDevice } from "./devices.js";
import type { Database } from "./schema.js";
import type { Writer } from "./writer.js";

export interface LastSeen {
	note(uuid: string, time: number): void;
	/** Writes what was noted. A device that is seen twice meanwhile is written once. */
	flush(): Promise<void>;
}

/** What a crash may lose, in seconds and in devices. */
const ageSecondsMaximum = 10;
const countMaximum = 500;

export function createLastSeen(writer: Writer, onError: (error: unknown) => void): LastSeen {
	let noted = new Map<string, number>();
	let since = 0;
	const flush = async (): Promise<void> => {
		if (noted.size === 0) return;
		const batch = noted;
		noted = new Map();
		await writer.write((database) => writeAll(database, batch));
	};
	return {
		note(uuid, time) {
			if (noted.size === 0) since = time;
			noted.set(uuid, time);
			const isDue = noted.size >= countMaximum || Math.abs(time - since) >= ageSecondsMaximum;
			// Nobody waits for it, and a device that was not noted is seen again.
			if (isDue) flush().catch(onError);
		},
		flush,
	};
}

async function writeAll(database: Database, seen: ReadonlyMap<string, number>): Promise<void> {
	for (const [uuid, lastSeenAt] of seen) await updateDevice(database, uuid, { lastSeenAt });
}
