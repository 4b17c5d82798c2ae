/** How many connections a process may have: each is an open file, of which there is a limit. */

import { readFileSync } from "node:fs";

/** For the database, images, the log, the page and what Node has open itself. */
const otherFiles = 128;
const leastConnections = 16;

/** At most `wanted`, and fewer where the system allows the process no more; only Linux tells. */
export function connectionsWithin(wanted: number): number {
	return Math.min(wanted, Math.max(leastConnections, openFilesMaximum() - otherFiles));
}

function openFilesMaximum(): number {
	try {
		const limits = readFileSync("/proc/self/limits", "utf8");
		return Number(/^Max open files +(\d+)/m.exec(limits)?.[1] ?? Infinity);
	} catch {
		return Infinity;
	}
}
